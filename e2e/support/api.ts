import type { BrowserContext } from '@playwright/test';

/** What the API answers to a refused request. */
export interface ApiProblem {
  code: string;
  message: string;
  fields: { field: string; code: string; message: string }[];
  details: unknown;
  request_id: string;
}

/** A refused request. */
export class ApiError extends Error {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly status: number,
    readonly problem: ApiProblem | undefined,
    body: string,
  ) {
    super(`${method} ${path} answered ${status}: ${problem ? `${problem.code}, ${problem.message}` : body.slice(0, 300)}`);
  }
}

export type Role = 'viewer' | 'analyst' | 'manager' | 'admin';

export interface FirstAdmin {
  organization_name: string;
  name: string;
  email: string;
  password: string;
}

/** What the first visit to a server of these tests must show. */
export const SETUP_CODE = 'codigo-dos-testes';

export const ADMIN: FirstAdmin = {
  organization_name: 'Telecom Exemplo',
  name: 'Ana Administradora',
  email: 'ana@example.com',
  password: 'correta bateria cavalo grampo',
};

/** The API as the browser uses it: session cookie, Origin and the header against forged requests. */
export class Api {
  private readonly cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  /** Creates the organisation and its first administrator, and is signed in as that user afterwards. */
  async setUp(admin: FirstAdmin = ADMIN): Promise<void> {
    await this.post('/setup', { code: SETUP_CODE, ...admin });
  }

  async signIn(email = ADMIN.email, password = ADMIN.password): Promise<void> {
    await this.post('/session', { email, password });
  }

  /** A second client of the same server, signed in as somebody else. */
  async as(email: string, password: string): Promise<Api> {
    const other = new Api(this.url);
    await other.signIn(email, password);
    return other;
  }

  /** Makes a user of the organisation and returns a client signed in as that user. */
  async colleague(name: string, role: Role): Promise<Api> {
    const email = `${name.toLowerCase().replaceAll(/[^a-z]/g, '')}@example.com`;
    const password = `frase comprida de ${email}`;
    await this.post('/users', { name, email, role, password });
    return this.as(email, password);
  }

  /** Gives a browser this client's session. */
  async lendTo(context: BrowserContext): Promise<void> {
    const cookies = [...this.cookies].map(([name, value]) => ({ name, value, url: this.url, httpOnly: true }));
    await context.addCookies(cookies);
  }

  get = <T>(path: string) => this.json<T>('GET', path);
  post = <T>(path: string, body?: unknown) => this.json<T>('POST', path, body);
  put = <T>(path: string, body?: unknown) => this.json<T>('PUT', path, body);
  patch = <T>(path: string, body?: unknown) => this.json<T>('PATCH', path, body);
  delete = <T>(path: string) => this.json<T>('DELETE', path);

  /**
   * Sends and returns the answer whatever its status. `path` is below /api/v1 unless it starts with /api/. Bytes are
   * sent as a PDF and text as CSV, which are the only such bodies the API takes.
   */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = new Headers();
    if (method !== 'GET') {
      headers.set('x-esteira-csrf', '1');
      headers.set('origin', this.url);
    }
    if (this.cookies.size > 0) {
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    }
    let content: Uint8Array<ArrayBuffer> | string | undefined;
    if (body instanceof Uint8Array) {
      headers.set('content-type', 'application/pdf');
      content = new Uint8Array(body);
    } else if (typeof body === 'string') {
      headers.set('content-type', 'text/csv; charset=utf-8');
      content = body;
    } else if (body !== undefined) {
      headers.set('content-type', 'application/json');
      content = JSON.stringify(body);
    }
    const target = path.startsWith('/api/') ? path : `/api/v1${path}`;
    const answer = await fetch(this.url + target, { method, headers, body: content });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    return answer;
  }

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new ApiError(method, path, answer.status, problem(text), text);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';', 1);
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    if (value === '' || /;\s*max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function problem(text: string): ApiProblem | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'code' in parsed ? (parsed as ApiProblem) : undefined;
  } catch {
    return undefined;
  }
}
