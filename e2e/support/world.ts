import type { Api } from './api';
import { cnpj } from './cnpj';
import { invoice } from './pdf';

export interface Process {
  id: string;
  status: string;
  client_id: string;
  client_name: string;
  client_cnpj: string;
  operator_name: string;
  mes_ano: string;
  fatura_sha256: string | null;
  fatura_filename: string | null;
  rejection_reason: string | null;
  error: { cause: string; step: string | null; recommended_action: string | null } | null;
  version: number;
}

export interface ProcessDetail {
  process: Process;
  documents: { id: string; filename: string; number: number; sha256: string; uploaded_by: string }[];
  moves: { move: string; actor: string; from: string | null; to: string; reason: string | null }[];
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

let used = 0;

/** A number no other row of this worker uses, for names and CNPJs that must differ. */
export function fresh(): number {
  return (process.pid % 10_000) * 1_000 + ++used;
}

/** Each of `clients` gets an account with each operator; the month is opened and its new processes are returned. */
export async function openedMonth(admin: Api, month: string, clients: string[], operators: string[]): Promise<Process[]> {
  for (const name of operators) {
    const answer = await admin.send('POST', '/operators', { name, possui_rpa: false, rpa_terceirizado: false, url_endpoint_rpa: null });
    // A test before this one may have made it.
    if (!answer.ok && answer.status !== 422) throw new Error(`operator ${name}: ${answer.status} ${await answer.text()}`);
  }
  const rows = clients.flatMap((name) => {
    const number = cnpj(fresh());
    return operators.map((operator) => `${name};${number};${operator};${fresh()}`);
  });
  const report = await admin.post<{ applied: boolean }>('/clients/import', `razao_social;cnpj;operadora;conta\n${rows.join('\n')}\n`);
  if (!report.applied) throw new Error(`the import was refused: ${JSON.stringify(report)}`);
  await admin.post(`/months/${month}/open`);
  const all = await processes(admin, `month=${month}`);
  return all.filter((process) => clients.includes(process.client_name));
}

/** Every process that matches the filter, by client and operator. */
export async function processes(api: Api, filter: string): Promise<Process[]> {
  const all: Process[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const place = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: Page<Process> = await api.get(`/processes?limit=200&${filter}${place}`);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  const key = (process: Process) => `${process.client_name} ${process.operator_name}`;
  return all.sort((one, other) => key(one).localeCompare(key(other)));
}

export function detail(api: Api, id: string): Promise<ProcessDetail> {
  return api.get(`/processes/${id}`);
}

/** Sends a PDF to a process; its bytes are its own unless given. */
export async function upload(api: Api, id: string, bytes = invoice(fresh()), filename = 'fatura.pdf'): Promise<ProcessDetail> {
  return api.post(`/processes/${id}/documents?filename=${encodeURIComponent(filename)}`, bytes);
}

/** Approves the current document, as somebody else would meanwhile. */
export async function approve(api: Api, id: string): Promise<ProcessDetail> {
  const { process } = await detail(api, id);
  return api.post(`/processes/${id}/approve`, { version: process.version, sha256: process.fatura_sha256 });
}

/** The month of today in the organisation's zone, and others far enough away that no test's month is another's. */
export function month(offset = 0): string {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Sao_Paulo' }).format();
  const [year, number] = today.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + offset, 15)).toISOString().slice(0, 7);
}

/** `Outubro 2026`, as the screen says it. */
export function monthInWords(month: string): string {
  const words = new Intl.DateTimeFormat('pt-BR', { month: 'long', timeZone: 'UTC' }).format(new Date(`${month}-15T00:00:00Z`));
  return `${words[0]?.toUpperCase()}${words.slice(1)} ${month.slice(0, 4)}`;
}
