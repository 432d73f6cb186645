import { test as base } from '@playwright/test';
import { Api } from './api';
import { Server } from './server';
import type { Backend } from './storage';

export interface WorkerOptions {
  /** Set by the Playwright project. */
  backend: Backend;
}

interface WorkerFixtures {
  servers: ServerPerFile;
}

interface TestFixtures {
  /**
   * The server of this test file: fresh at its first test, shared by the others, which run in order. After a failed
   * test Playwright starts a new worker, and with it a fresh server, so a test makes the rows it needs itself.
   */
  server: Server;
  /** A client nobody signed in. */
  api: Api;
  /** The first administrator of this file's server, signed in once for all its tests: sign-ins are rate limited. */
  admin: Api;
}

/** Keeps one server alive and replaces it when the worker goes on to the next file. */
class ServerPerFile {
  private current: { file: string; server: Server; admin?: Api } | undefined;

  constructor(private readonly backend: Backend) {}

  async of(file: string): Promise<Server> {
    if (this.current?.file !== file) {
      await this.stop();
      this.current = { file, server: await Server.start({ backend: this.backend }) };
    }
    return this.current.server;
  }

  /** Makes the first administrator of the file's server the first time. */
  async admin(file: string): Promise<Api> {
    const server = await this.of(file);
    const current = this.current ?? { file, server };
    if (!current.admin) {
      current.admin = new Api(server.url);
      await current.admin.setUp();
    }
    return current.admin;
  }

  async stop(): Promise<void> {
    await this.current?.server.stop();
    this.current = undefined;
  }
}

export const test = base.extend<TestFixtures, WorkerOptions & WorkerFixtures>({
  backend: ['sqlite', { option: true, scope: 'worker' }],

  servers: [
    async ({ backend }, use) => {
      const servers = new ServerPerFile(backend);
      await use(servers);
      await servers.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  server: [
    async ({ servers }, use, info) => {
      const server = await servers.of(info.file);
      const before = server.log.length;
      await use(server);
      if (info.status !== info.expectedStatus) {
        await info.attach('server.log', { body: server.log.slice(before), contentType: 'text/plain' });
      }
    },
    { timeout: 90_000 },
  ],

  // page.goto('/mes') goes to this file's server.
  baseURL: async ({ server }, use) => use(server.url),

  api: async ({ server }, use) => use(new Api(server.url)),

  admin: async ({ servers }, use, info) => use(await servers.admin(info.file)),
});

export { expect } from '@playwright/test';
