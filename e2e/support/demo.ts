import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { Api } from './api';
import type { Server } from './server';
import { fresh } from './world';

/** The demonstration, and its administrator. */
export interface Demo {
  server: Server;
  admin: Api;
}

type Entry = [name: string, path: (demo: Demo) => Promise<string> | string];

/** Pages whose address holds no id, from the page's own table: a new one is looked at without being listed here. */
function withoutId(): Entry[] {
  const table = readFileSync(new URL('../../frontend/src/routes/table.rs', import.meta.url), 'utf8');
  const paths = [...table.matchAll(/^ +address: (?:\w+ )?"([^":]+)",$/gm)].map(([, path = '']) => path);
  if (!paths.includes('/conta')) throw new Error('the table of pages has another form');
  return paths.map((path) => [path, () => path]);
}

/** Addresses of the pages somebody signed in sees. */
export const PAGES: Entry[] = [
  ...withoutId(),
  ['Mês que não foi aberto', () => '/mes/2031-01'],
  ['Processos, nada encontrado', () => '/processos?q=ninguém-com-este-nome'],
  ['Processo para aprovar', ({ admin }) => oneProcess(admin, 'AGUARDANDO_APROVACAO')],
  ['Processo sem fatura', ({ admin }) => oneProcess(admin, 'AGUARDANDO_DOWNLOAD')],
  ['Processo que falhou', ({ admin }) => oneProcess(admin, 'ERRO_ENVIO_SAT')],
  ['Processo enviado', ({ admin }) => oneProcess(admin, 'UPLOAD_REALIZADO')],
  ['Execução que falhou', ({ admin }) => failedExecution(admin)],
  ['Resultado de uma execução', async ({ admin }) => `${await failedExecution(admin)}?tab=result`],
  ['Agendamento', ({ admin }) => oneSchedule(admin, 'EXECUTAR_DOWNLOADS')],
  ['Agendamento, regra', async ({ admin }) => `${await oneSchedule(admin, 'EXECUTAR_DOWNLOADS')}?tab=schedule`],
  ['Agendamento, exceções', async ({ admin }) => `${await oneSchedule(admin, 'EXECUTAR_DOWNLOADS')}?tab=exceptions`],
  ['Agendamento, histórico', async ({ admin }) => `${await oneSchedule(admin, 'EXECUTAR_DOWNLOADS')}?tab=history`],
  ['Relatório agendado', ({ admin }) => oneSchedule(admin, 'ENVIAR_RELATORIOS')],
  ['Limpeza agendada', ({ admin }) => oneSchedule(admin, 'LIMPEZA_LOGS')],
  ['Limpeza agendada, regra', async ({ admin }) => `${await oneSchedule(admin, 'LIMPEZA_LOGS')}?tab=schedule`],
  ['Workers', () => '/monitor?tab=workers'],
  ['Filas e limites', () => '/monitor?tab=queues'],
  ['Tarefa que falhou', async ({ admin }) => `/monitor/tarefas/${await first(admin, '/jobs?limit=1&status=dead')}`],
  ['Cliente', async ({ admin }) => `/clientes/${await first(admin, '/clients?limit=1')}`],
  ['Manutenção planejada', ({ admin }) => plannedMaintenance(admin)],
  ['Lista de webhooks', ({ admin }) => webhook(admin).then(() => '/webhooks')],
  ['Webhook', ({ admin }) => webhook(admin).then(({ id }) => `/webhooks/${id}`)],
  ['Mensagem de webhook', ({ admin }) => webhook(admin).then(({ id, message }) => `/webhooks/${id}/mensagens/${message}`)],
  ['Calendário nacional', () => '/calendarios/br-national?year=2026'],
  ['Calendário próprio', ({ admin }) => ownCalendar(admin)],
  ['Página que não existe', () => '/nada'],
];

/** The first thing of a list; the demonstration has one of each that is looked at here. */
export async function first(admin: Api, list: string): Promise<string> {
  const { items } = await admin.get<{ items: { id: string }[] }>(list);
  if (!items[0]) throw new Error(`the demonstration has nothing in ${list}`);
  return items[0].id;
}

async function oneProcess(admin: Api, status: string): Promise<string> {
  return `/processos/${await first(admin, `/processes?limit=1&status=${status}`)}`;
}

async function failedExecution(admin: Api): Promise<string> {
  return `/execucoes/${await first(admin, '/executions?limit=1&status=FALHOU')}`;
}

/** One that is far away: nothing of the demonstration rests. */
async function plannedMaintenance(admin: Api): Promise<string> {
  const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  await admin.post('/maintenance', { area: 'robots', reason: 'Portal da operadora fora do ar', starts_at: at(40), ends_at: at(41) });
  return '/manutencao';
}

async function oneSchedule(admin: Api, kind: string): Promise<string> {
  return `/agendamentos/${await first(admin, `/schedules?limit=1&kind=${kind}`)}`;
}

/** A calendar with days of each kind, one of them from a file. */
async function ownCalendar(admin: Api): Promise<string> {
  const name = `filial-${fresh()}`;
  await admin.post('/calendars', { name, title: 'Feriados da filial de Campinas e Sorocaba' });
  for (const [date, yearly, holiday, kind] of [
    ['2026-07-09', true, 'Revolução Constitucionalista', 'local'],
    ['2026-12-24', false, 'Véspera de Natal', 'optional'],
  ]) {
    await admin.post(`/calendars/${name}/days`, { date, yearly, name: holiday, kind });
  }
  await admin.post(`/calendars/${name}/import`, { format: 'csv', text: '31/12/2026;Fim do ano', file_name: 'feriados.csv' });
  return `/calendarios/${name}?year=2026`;
}

/** A webhook that hears of everything, with a message to an address where nobody listens. */
async function webhook(admin: Api): Promise<{ id: string; message: string }> {
  const { endpoint } = await admin.post<{ endpoint: { id: string } }>('/webhooks', {
    name: `Sistema financeiro da matriz ${fresh()}`,
    url: 'http://127.0.0.1:9/integracoes/telecom/esteira/mensagens-recebidas',
    events: ['process.awaiting_approval', 'process.approved', 'process.rejected', 'process.sent', 'process.failed', 'job.failed'],
  });
  const { delivery } = await admin.post<{ delivery: { id: string } }>(`/webhooks/${endpoint.id}/test`);
  const tried = async () => (await admin.get<{ delivery: { tries: number } }>(`/webhook-deliveries/${delivery.id}`)).delivery.tries;
  await expect.poll(tried).toBeGreaterThan(0);
  return { id: endpoint.id, message: delivery.id };
}
