import { type AddressInfo, type Server, createServer } from 'node:net';

/** A server that takes e-mails on this machine: RFC 5321, as far as one sender needs it. */
export class PostOffice {
  readonly letters: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PostOffice> {
    const office: PostOffice = new PostOffice(
      createServer((socket) => {
        let [rest, letter]: [string, string[] | undefined] = ['', undefined];
        const answer = (line: string): string | undefined => {
          if (letter && line === '.') {
            office.letters.push(letter.join('\n'));
            letter = undefined;
            return '250 taken';
          }
          if (letter) {
            letter.push(line);
            return undefined;
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
      }),
    );
    await new Promise<void>((listening) => office.server.listen(0, '127.0.0.1', listening));
    return office;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((closed) => this.server.close(closed));
  }
}
