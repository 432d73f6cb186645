import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SETUP_CODE } from './api';
import { Program, freePort } from './program';
import { type Backend, type Storage, createStorage } from './storage';

export interface ServerOptions {
  backend: Backend;
  /** Demonstration data and simulators. */
  demo?: boolean;
  environment?: Record<string, string>;
}

/** The real binary on fresh storage. */
export class Server {
  private constructor(
    private program: Program,
    private readonly start: () => Program,
    readonly url: string,
    readonly folder: string,
    private readonly storage: Storage,
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts `esteira serve` and waits for its health to be good. */
  static async start(options: ServerOptions): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'esteira-e2e-'));
    const storage = await createStorage(options.backend, folder);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const environment = {
      ESTEIRA_LISTEN: `127.0.0.1:${port}`,
      ESTEIRA_PUBLIC_URL: url,
      ESTEIRA_DATA_DIR: join(folder, 'data'),
      ESTEIRA_SETUP_CODE: SETUP_CODE,
      // The simulators of a test listen on this machine.
      ESTEIRA_OUTBOUND_ALLOW_PRIVATE: 'true',
      ...storage.environment,
      ...options.environment,
    };
    const args = options.demo ? ['serve', '--demo'] : ['serve'];
    const start = () => new Program('esteira serve', binary(), args, environment);
    const server = new Server(start(), start, url, folder, storage, environment);
    try {
      await server.healthy();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get log(): string {
    return this.program.log;
  }

  /** Runs `esteira …` with this server's settings beside it, and answers what it printed. Fails when the command does. */
  async command(...args: string[]): Promise<string> {
    const inherited = Object.entries(process.env).filter(([key]) => !/^(ESTEIRA_|MINIO_|AWS_|PG|CARGO)/.test(key));
    const env = { ...Object.fromEntries(inherited), ...this.environment };
    const { stdout, stderr } = await promisify(execFile)(binary(), args, { env, timeout: 60_000 });
    return stdout + stderr;
  }

  /** `kill -9`; nobody listens until `restart`. */
  async crash(): Promise<void> {
    await this.program.kill();
  }

  /** Starts again on the same storage, address and settings. */
  async restart(): Promise<void> {
    this.program = this.start();
    await this.healthy();
  }

  async crashAndRestart(): Promise<void> {
    await this.crash();
    await this.restart();
  }

  /** Ends the server and removes everything it kept. */
  async stop(): Promise<void> {
    await this.program.stop();
    await this.storage.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async healthy(): Promise<void> {
    const look = async () => {
      const answer = await fetch(`${this.url}/api/health`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    };
    // Demonstration data is made before the first answer; a debug build takes its time with four months of it.
    await this.program.until('a good health answer', look, 120_000);
  }
}

/** `esteira simulate <kind>` on a free port, for one test. */
export async function simulate(kind: string, args: string[] = []): Promise<{ url: string; log(): string; stop(): Promise<string> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = new Program(`esteira simulate ${kind}`, binary(), ['simulate', kind, '--port', String(port), ...args], {});
  // Any HTTP answer means that it listens.
  await program.until('an answer', async () => (await fetch(url).catch(() => undefined)) && true);
  return { url, log: () => program.log, stop: () => program.stop() };
}

/** ESTEIRA_BIN, or the release binary of this checkout. */
export function binary(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const path = process.env.ESTEIRA_BIN ?? resolve(here, '../../target/release/esteira');
  if (!existsSync(path)) throw new Error(`${path} does not exist; \`cargo xtask build\` makes it, or set ESTEIRA_BIN`);
  return path;
}
