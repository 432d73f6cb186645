import { expect } from '@playwright/test';
import { Api } from './api';
import { cnpj } from './cnpj';
import { Server, simulate } from './server';
import type { Backend } from './storage';
import { type Process, fresh, processes } from './world';

/** What the simulator's API asks for with every call. */
export const TOKEN = 'token-dos-robos-42';

export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** A line that a robot prints. */
export interface Printed {
  level: Level;
  message: string;
}

/** An answer that goes wrong: a status, or a way to fail. */
type Fault = number | 'html' | 'hang' | 'cut' | 'not_json' | 'no_processes' | 'unknown_status' | 'no_status';

/** What happens to the robots of one execution, exactly; what is absent happens as the options say. */
export interface Script {
  duration_ms?: number;
  /** The result, byte for byte. */
  payload?: string;
  final_status?: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  logs?: string[];
  log_bytes_base64?: string;
  /** Answers to the next questions for the status. */
  http?: Fault[];
  /** Answers to the next starts. */
  start_http?: Fault[];
  progress?: number[];
  cancel?: 'refuse' | 'hang';
}

/** Options that may change while the simulator runs; pairs are the least and the most. */
export interface RpaOptions {
  pending_ms?: [number, number];
  duration_ms?: [number, number];
  log_lines?: [number, number];
  cancel_ms?: [number, number];
  /** Share of executions that fail until a person acts; which ones, and why, follows from their hashes. */
  business_rate?: number;
}

/** What the simulator was asked for, and what it started. */
export interface Counts {
  inicios: number;
  robos: number;
  por_chave: Record<string, number>;
  por_hash: Record<string, number>;
  /** Robots at work. */
  ativos: number;
}

/** `esteira simulate rpa`: robots that are done within a second, unless told otherwise. */
export class Rpa {
  private constructor(private readonly program: { url: string; log(): string; stop(): Promise<string> }) {}

  static async start(change: RpaOptions = {}): Promise<Rpa> {
    const quick = ['--latency-ms', '0', '10', '--pending-ms', '0', '100', '--duration-ms', '200', '600', '--log-lines', '14', '14'];
    // Long enough for the page to show that the end was asked for.
    const slow = ['--cancel-ms', '3000', '3000'];
    const rpa = new Rpa(await simulate('rpa', [...quick, ...slow, '--token', TOKEN]));
    await rpa.options(change);
    return rpa;
  }

  get url(): string {
    return this.program.url;
  }

  /** Settings of a server that fetches the invoices which these robots leave. */
  get environment(): Record<string, string> {
    return {
      ESTEIRA_ROBOT_S3_ENDPOINT: `${this.url}/s3`,
      ESTEIRA_ROBOT_S3_ACCESS_KEY: 'test',
      ESTEIRA_ROBOT_S3_SECRET_KEY: 'test',
    };
  }

  /** Changes options; robots at work go on as they began. */
  options = (change: RpaOptions) => this.put('/opcoes', change);

  /** What shall happen to the downloads of this process from the next start on. */
  script = (process: Process, script: Script) => this.put(`/roteiros/${encodeURIComponent(hash(process))}`, script);

  async counts(): Promise<Counts> {
    return (await (await fetch(`${this.url}/contagem`)).json()) as Counts;
  }

  /** Robots that were started for this process. */
  async startsOf(process: Process): Promise<number> {
    return (await this.counts()).por_hash[hash(process)] ?? 0;
  }

  stop = () => this.program.stop();

  private async put(path: string, body: unknown): Promise<void> {
    const answer = await fetch(this.url + path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`PUT ${path} of the robots' simulator answered ${answer.status}: ${await answer.text()}`);
  }
}

/** By which a robot and a process find each other. */
function hash(process: Process): string {
  return `${process.operator_name.toUpperCase()}-${process.client_cnpj}-DOWNLOAD-${process.mes_ano}`;
}

/** So many lines that tell each other apart. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `linha ${index + 1} de ${count}`);
}

/**
 * Lines with levels of their own. A script's `logs` are information, all of them; the rest, from the first line on that
 * is not, goes out as the data of the one event that may be anything, which ends itself and begins the others.
 */
export function printed(lines: Printed[]): Pick<Script, 'logs' | 'log_bytes_base64'> {
  const first = lines.findIndex((line) => line.level !== 'INFO');
  const plain = first < 0 ? lines : lines.slice(0, first);
  const logs = plain.map((line) => line.message);
  if (first < 0) return { logs };
  // The simulator itself writes the first one's number, and the empty line after the last.
  const events = lines.slice(first).map((line, index) => `id: ${first + index + 1}\ndata: ${JSON.stringify(line)}`);
  const bytes = events.join('\n\n').replace(/^id: \d+\ndata: /, '');
  return { logs, log_bytes_base64: Buffer.from(bytes).toString('base64') };
}

/** The result of a robot that could not sign in, as real ones report it. */
export function wrongPassword(process: Process): string {
  return JSON.stringify({
    success: false,
    message: 'Processo interrompido: falha crítica na etapa de autenticação.',
    processes: [
      {
        hash_execucao: hash(process),
        status_final: 'FAILED',
        cliente: process.client_name,
        operadora: process.operator_name,
        servico: 'DOWNLOAD_FATURAS',
        detalhes: {
          etapa_falha: 'LOGIN_PORTAL',
          codigo_erro: 'AUTH-401',
          mensagem_erro: 'Credenciais inválidas ou sessão expirada.',
          tentativas: 3,
          acao_recomendada: `Atualizar senha no portal ${process.operator_name} e reenfileirar.`,
        },
      },
    ],
    timestamp: '2025-10-15T14:29:10.338Z',
  });
}

/** A server with robots of its own beside it. */
export interface Robots {
  rpa: Rpa;
  server: Server;
  /** The first administrator. */
  admin: Api;
  stop(): Promise<void>;
}

/** Starts both; they do not know of each other until somebody connects them. */
export async function startRobots(backend: Backend, change: RpaOptions = {}): Promise<Robots> {
  const rpa = await Rpa.start(change);
  const environment = {
    ...rpa.environment,
    // All robots of a test at once, and after a crash they are taken up soon.
    ESTEIRA_WORKER_SLOTS: '24',
    ESTEIRA_LEASE_S: '5',
  };
  let server: Server | undefined;
  const stop = async () => {
    await server?.stop();
    await rpa.stop();
  };
  try {
    server = await Server.start({ backend, environment });
    const admin = new Api(server.url);
    await admin.setUp();
    return { rpa, server, admin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface RobotSettings {
  honours_keys: boolean;
  max_minutes: number;
  sat_transport: string;
  version: number;
}

/** Tells a server where its robots are, with room for many at once. */
export async function connect(admin: Api, rpa: Rpa, token = TOKEN): Promise<void> {
  const { honours_keys, max_minutes, sat_transport, version } = await admin.get<RobotSettings>('/robots/settings');
  const limits = { max_running: 100, max_per_operator: 100 };
  await admin.put('/robots/settings', { url: rpa.url, token, honours_keys, max_minutes, sat_transport, version, ...limits });
}

export interface Customer {
  name: string;
  cnpj?: string;
  /** The portal's. */
  password?: string;
}

/**
 * Each client gets an account, with login and password, with each operator, which has a robot; the month is opened and
 * the new processes are returned, by client and operator.
 */
export async function openedForRobots(admin: Api, month: string, clients: (string | Customer)[], operators: string[]): Promise<Process[]> {
  for (const name of operators) {
    const answer = await admin.send('POST', '/operators', { name, possui_rpa: true, rpa_terceirizado: false, url_endpoint_rpa: null });
    // A test before this one may have made it.
    if (!answer.ok && answer.status !== 422) throw new Error(`operator ${name}: ${answer.status} ${await answer.text()}`);
  }
  const customers: Customer[] = clients.map((one) => (typeof one === 'string' ? { name: one } : one));
  const rows = customers.flatMap((one) => {
    const [number, password] = [one.cnpj ?? cnpj(fresh()), one.password ?? 'segredo-do-portal'];
    return operators.map((operator) => [one.name, number, operator, fresh(), 'portal@example.com', password].join(';'));
  });
  const csv = `razao_social;cnpj;operadora;conta;login;senha\n${rows.join('\n')}\n`;
  const report = await admin.post<{ applied: boolean }>('/clients/import', csv);
  if (!report.applied) throw new Error(`the import was refused: ${JSON.stringify(report)}`);
  await admin.post(`/months/${month}/open`);
  const names = new Set(customers.map((one) => one.name));
  return (await processes(admin, `month=${month}`)).filter((process) => names.has(process.client_name));
}

/** One process of a client of its own, with a robot's operator. */
export async function oneForRobots(admin: Api, month: string, client: string, operator = 'VIVO'): Promise<Process> {
  const [only] = await openedForRobots(admin, month, [client], [operator]);
  if (!only) throw new Error(`${month} was opened without ${client}`);
  return only;
}

interface Account {
  id: string;
  operator_name: string;
  account_number: string;
  portal_login: string | null;
  active: boolean;
  version: number;
}

/** Changes what the robot signs in with, as somebody does under Clientes. */
export async function setPortalPassword(admin: Api, process: Process, password: string): Promise<void> {
  const accounts = await admin.get<Account[]>(`/clients/${process.client_id}/accounts`);
  const account = accounts.find((one) => one.operator_name === process.operator_name);
  if (!account) throw new Error(`${process.client_name} has no account with ${process.operator_name}`);
  const { account_number, portal_login, active, version } = account;
  await admin.put(`/accounts/${account.id}`, { account_number, portal_login, active, version, portal_password: password });
}

export type ExecutionStatus = 'PENDENTE' | 'EXECUTANDO' | 'CONCLUIDO' | 'FALHOU' | 'CANCELADO';

export interface Execution {
  id: string;
  process_id: string;
  client_name: string;
  status: ExecutionStatus;
  attempt: number;
  progress: number;
  outcome_unknown: boolean;
  mensagem_final: string | null;
  log_lines: number;
}

export interface ExecutionDetail {
  execution: Execution;
  parametros_entrada: Record<string, unknown>;
  parametros: Record<string, unknown>;
  chain: Execution[];
}

/** Has a robot download the invoice of a process. */
export function run(api: Api, process: Process, parametros: Record<string, unknown> = {}): Promise<Execution> {
  return api.post('/executions', { process_id: process.id, tipo: 'DOWNLOAD_FATURA', parametros });
}

export function executionDetail(api: Api, id: string): Promise<ExecutionDetail> {
  return api.get(`/executions/${id}`);
}

/** Waits until a run stands so. */
export async function reached(api: Api, id: string, status: ExecutionStatus, timeout = 30_000): Promise<void> {
  await expect.poll(async () => (await executionDetail(api, id)).execution.status, { timeout }).toBe(status);
}

/** Starts a robot and waits until its run is over. */
export async function ran(api: Api, process: Process, status: ExecutionStatus): Promise<Execution> {
  const started = await run(api, process);
  await reached(api, started.id, status);
  return started;
}

/** Ends a run that a test is done with, so that the next one meets no robot of it. */
export async function ended(api: Api, id: string): Promise<void> {
  await api.post(`/executions/${id}/cancel`, {});
  await expect.poll(async () => (await executionDetail(api, id)).execution.status, { timeout: 30_000 }).not.toMatch(/PENDENTE|EXECUTANDO/);
}

/** Executions that match the filter, all of them. */
export async function executions(api: Api, filter: string): Promise<Execution[]> {
  const all: Execution[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const place: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: { items: Execution[]; next_cursor: string | null } = await api.get(`/executions?limit=200&${filter}${place}`);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

export interface LogLine {
  seq: number;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

/** The whole log of a run, as it is kept. */
export async function keptLog(api: Api, id: string): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for (;;) {
    const page = await api.get<{ lines: LogLine[] }>(`/executions/${id}/log?from=${all.length + 1}&limit=1000`);
    if (page.lines.length === 0) return all;
    all.push(...page.lines);
  }
}
