import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Program } from './program';

export type Backend = 'sqlite' | 'postgres';

/** Where one server keeps its data, as settings for it, and how to remove what lies outside its folder. */
export interface Storage {
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/** Fresh storage below `folder`: SQLite and files, or a database and a bucket of its own. */
export async function createStorage(backend: Backend, folder: string): Promise<Storage> {
  return backend === 'sqlite' ? sqlite() : postgres(folder);
}

/** The server's defaults, inside its data folder. */
function sqlite(): Storage {
  return { environment: {}, remove: async () => {} };
}

async function postgres(folder: string): Promise<Storage> {
  const admin = required('ESTEIRA_TEST_POSTGRES_URL', 'the address of a PostgreSQL superuser');
  const program = required('ESTEIRA_S3_SERVER', 'the path of the built example s3_server');
  const name = `e2e_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
  await query(admin, `create database ${name}`);

  const root = join(folder, 's3');
  mkdirSync(root, { recursive: true });
  const s3 = new Program('s3_server', program, ['--root', root, '--port', '0', '--bucket', 'beg'], {});
  const [, endpoint, access, secret] = await s3.until('its address', () => {
    const match = /listening on (\S+)\naccess key (\S+), secret key (\S+)/.exec(s3.log);
    return match ? [...match] : undefined;
  });

  const database = new URL(admin);
  database.pathname = `/${name}`;
  return {
    environment: {
      ESTEIRA_DATABASE_URL: database.toString(),
      ESTEIRA_STORAGE_URL: `s3://beg?endpoint=${endpoint}&region=us-east-1`,
      MINIO_ACCESS_KEY: access ?? '',
      MINIO_SECRET_KEY: secret ?? '',
      // With PostgreSQL the server refuses to invent a key: replicas must share it. Bytes 0 to 31.
      ESTEIRA_SECRET_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
    },
    remove: async () => {
      await s3.stop();
      await query(admin, `drop database if exists ${name} with (force)`);
    },
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function required(name: string, what: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must hold ${what}; \`cargo xtask e2e --backend postgres\` sets it`);
  return value;
}
