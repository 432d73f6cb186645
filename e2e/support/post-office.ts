import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';

/** A message as it came. */
export class Letter {
  constructor(
    /** The address that the envelope named. */
    readonly to: string,
    readonly raw: string,
  ) {}

  header(name: string): string | undefined {
    return header(this.raw, name);
  }

  /** The part of a type, decoded. */
  part(type: string): string {
    const found = parts(this.raw).find((part) => header(part, 'content-type')?.startsWith(type));
    if (!found) throw new Error(`no ${type} in:\n${this.raw}`);
    return decoded(found);
  }
}

function header(raw: string, name: string): string | undefined {
  const head = (raw.split('\n\n', 1)[0] ?? '').replaceAll('\n ', ' ');
  const start = `${name.toLowerCase()}:`;
  const line = head.split('\n').find((one) => one.toLowerCase().startsWith(start));
  return line?.slice(start.length).trim();
}

/** Those that hold something, however they nest. */
function parts(raw: string): string[] {
  const boundary = /boundary="([^"]+)"/.exec(header(raw, 'content-type') ?? '')?.[1];
  if (!boundary) return [raw];
  const inside = raw.split(`--${boundary}--`, 1)[0] ?? '';
  return inside.split(`--${boundary}\n`).slice(1).flatMap(parts);
}

function decoded(part: string): string {
  const body = part.slice(part.indexOf('\n\n') + 2);
  switch (header(part, 'content-transfer-encoding')) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable': {
      const bytes = body.replaceAll('=\n', '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      return Buffer.from(bytes, 'latin1').toString('utf8');
    }
    default:
      return body;
  }
}

/** A server that takes e-mails on this machine: RFC 5321, as far as one sender needs it. */
export class PostOffice {
  readonly received: Letter[] = [];
  /** What it answers to an address that it does not take. */
  readonly refused = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PostOffice> {
    const office: PostOffice = new PostOffice(createServer((socket) => office.serve(socket)));
    await new Promise<void>((listening) => office.server.listen(0, '127.0.0.1', listening));
    return office;
  }

  /** The messages as they came. */
  get letters(): string[] {
    return this.received.map((letter) => letter.raw);
  }

  to(address: string): Letter[] {
    return this.received.filter((letter) => letter.to === address);
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((closed) => this.server.close(closed));
  }

  private serve(socket: Socket): void {
    let [rest, to, letter]: [string, string, string[] | undefined] = ['', '', undefined];
    const answer = (line: string): string | undefined => {
      if (letter && line === '.') {
        this.received.push(new Letter(to, letter.join('\n')));
        letter = undefined;
        return '250 taken';
      }
      if (letter) {
        letter.push(line.replace(/^\./, ''));
        return undefined;
      }
      if (/^rcpt/i.test(line)) {
        to = /<([^>]*)>/.exec(line)?.[1] ?? '';
        return this.refused.get(to) ?? '250 ok';
      }
      if (/^data/i.test(line)) {
        letter = [];
        return '354 go on';
      }
      return /^quit/i.test(line) ? '221 bye' : '250 ok';
    };
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const told = answer(line);
        if (told) socket.write(`${told}\r\n`);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.write('220 post.example ESMTP\r\n');
  }
}
