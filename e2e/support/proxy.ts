import { type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a proxy serves of its host: everything, or what is below `path`, which it passes on (`keeps`) or takes away. */
export interface Below {
  path: string;
  keeps: boolean;
}

/** A reverse proxy in front of a server: passes each piece on at once, and hangs up where nothing comes for too long. */
export class Proxy {
  /** Answers that it gave up because their server said nothing for so long. */
  givenUp = 0;
  /** Live streams that were opened so far. */
  streams = 0;
  private readonly sockets = new Set<Socket>();
  private readonly open = new Set<ServerResponse>();

  private constructor(
    private readonly target: URL,
    private readonly idleMs: number,
    private readonly server: Server,
    private readonly below: Below,
  ) {}

  static async start(target: string, idleMs: number, below: Below = { path: '', keeps: true }, port = 0): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(new URL(target), idleMs, server, below);
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => proxy.pass(incoming, answer));
    server.on('connection', (socket: Socket) => {
      proxy.sockets.add(socket);
      socket.once('close', () => proxy.sockets.delete(socket));
    });
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection, in the middle of whatever it carries. Returns how many live streams were among them. */
  cut(): number {
    const live = this.open.size;
    for (const socket of this.sockets) socket.destroy();
    return live;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const path = incoming.url ?? '/';
    const { path: base, keeps } = this.below;
    if (!path.startsWith(`${base}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const outgoing = request({
      host: this.target.hostname,
      port: this.target.port,
      method: incoming.method,
      path: keeps ? path : path.slice(base.length),
      // With the browser's own Host, by which the server knows its own page.
      headers: { ...incoming.headers, connection: 'close' },
      agent: false,
    });
    outgoing.setTimeout(this.idleMs, () => {
      this.givenUp += 1;
      outgoing.destroy();
      answer.destroy();
    });
    outgoing.on('error', () => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    });
    outgoing.on('response', (from) => {
      const headers: OutgoingHttpHeaders = { ...from.headers };
      // About one connection only, which is not the browser's.
      delete headers.connection;
      answer.writeHead(from.statusCode ?? 502, headers);
      answer.flushHeaders();
      if (String(from.headers['content-type'] ?? '').startsWith('text/event-stream')) {
        this.streams += 1;
        this.open.add(answer);
      }
      from.on('error', () => answer.destroy());
      from.pipe(answer);
    });
    answer.on('error', () => outgoing.destroy());
    answer.on('close', () => {
      this.open.delete(answer);
      outgoing.destroy();
    });
    incoming.pipe(outgoing);
  }
}
