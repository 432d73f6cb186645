import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './program';
import type { Below } from './proxy';

/** The machine's nginx: NGINX_PATH, or where distributions put it. */
export function nginxPath(): string | undefined {
  const known = [process.env.NGINX_PATH, '/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];
  return known.find((path) => path && existsSync(path));
}

/** nginx on `port`, as docs/OPERATIONS.md sets it up below a path. */
export async function startNginx(binary: string, port: number, target: string, below: Below): Promise<{ stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'esteira-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${join(folder, 'pid')};
error_log stderr;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location ${below.path}/ {
      proxy_pass ${target}${below.keeps ? '' : '/'};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      client_max_body_size 210m;
      proxy_request_buffering off;
      proxy_read_timeout 75s;
    }
    location / { return 404; }
  }
}
`,
  );
  const program = new Program('nginx', binary, ['-p', folder, '-e', 'stderr', '-c', file], {});
  const stop = async () => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await program.until('an answer', async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) && true);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
