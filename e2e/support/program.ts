import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** One program under test: started, its output collected, stopped. */
export class Program {
  private readonly child: ChildProcess;
  private readonly ended: Promise<string>;
  private ending: string | undefined;
  private output = '';
  private readonly killOnExit = () => this.child.kill('SIGKILL');

  constructor(
    private readonly name: string,
    command: string,
    args: string[],
    environment: Record<string, string>,
  ) {
    // Settings of the machine must not reach the program under test.
    const inherited = Object.entries(process.env).filter(([key]) => !/^(ESTEIRA_|MINIO_|AWS_|PG|CARGO)/.test(key));
    this.child = spawn(command, args, {
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => (this.output += chunk.toString());
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve((this.ending = `could not start: ${error.message}`)));
      this.child.once('exit', (code, signal) => resolve((this.ending = `ended with ${signal ?? code}`)));
    });
    process.once('exit', this.killOnExit);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Everything printed so far. */
  get log(): string {
    return this.output;
  }

  /** Waits until `ready` gives a value; fails at once when the program ends. */
  async until<T>(what: string, ready: () => Promise<T | undefined> | T | undefined, limitMs = 30_000): Promise<T> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      if (this.ending) throw new Error(`${this.name} ${this.ending} before ${what}\n${this.tail()}`);
      const value = await ready();
      if (value !== undefined) return value;
      if (Date.now() > deadline) throw new Error(`${this.name}: no ${what} after ${limitMs} ms\n${this.tail()}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** SIGTERM, and SIGKILL when that is not enough. Returns how the program ended. */
  async stop(limitMs = 15_000): Promise<string> {
    process.off('exit', this.killOnExit);
    if (!this.ending) this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  /** SIGKILL, for tests of crashes. */
  async kill(): Promise<void> {
    process.off('exit', this.killOnExit);
    this.child.kill('SIGKILL');
    await this.ended;
  }

  tail(lines = 40): string {
    return this.output.split('\n').slice(-lines).join('\n');
  }
}

/** A port of 127.0.0.1 nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
