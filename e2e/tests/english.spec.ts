import type { Page } from '@playwright/test';
import { Api } from '../support/api';
import { type Demo, PAGES, first } from '../support/demo';
import { expect, test as base } from '../support/fixtures';
import { Receiver } from '../support/receiver';
import { Server } from '../support/server';
import { settled } from '../support/settled';
import { fresh } from '../support/world';

/** The demonstration with failures of each kind in it, and the names that are data. */
const test = base.extend<object, { demo: Demo & { names: string[]; more: string[] } }>({
  demo: [
    async ({ backend }, use) => {
      const server = await Server.start({ backend, demo: true });
      const admin = new Api(server.url);
      await admin.signIn('admin@demo.example', 'esteira-demo');
      const receiver = await Receiver.start();
      receiver.answer = 410;
      const more = [await robotNowhere(admin), await notSent(server, admin), ...(await webhookOff(admin, receiver))];
      await use({ server, admin, names: await names(admin), more });
      await receiver.stop();
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.server.url),
});

/** A robot that cannot be started: its run waits, and says why. */
async function robotNowhere(admin: Api): Promise<string> {
  type Settings = Record<'honours_keys' | 'max_minutes' | 'sat_transport' | 'version', unknown>;
  const { honours_keys, max_minutes, sat_transport, version } = await admin.get<Settings>('/robots/settings');
  // It must not wait for those that the demonstration set out.
  const limits = { max_running: 50, max_per_operator: 50 };
  await admin.put('/robots/settings', { url: 'http://127.0.0.1:9', honours_keys, max_minutes, ...limits, sat_transport, version });
  const run = await startable(admin);
  const cause = async () => (await admin.get<{ waiting_cause: string | null }>(`/executions/${run}`)).waiting_cause;
  await expect.poll(cause, { timeout: 30_000 }).not.toBeNull();
  return `/execucoes/${run}`;
}

/** Starts the first robot that can be started; for all that wait for their invoice one is under way, or there is none. */
async function startable(admin: Api): Promise<string> {
  const { items } = await admin.get<{ items: { id: string }[] }>('/processes?limit=200&status=ERRO_DOWNLOAD,REJEITADO');
  for (const { id } of items) {
    const answer = await admin.send('POST', '/executions', { process_id: id, tipo: 'DOWNLOAD_FATURA' });
    if (answer.ok) return ((await answer.json()) as { id: string }).id;
  }
  throw new Error('no robot of the demonstration can be started');
}

/** A document that met an address where there is no SAT. */
async function notSent(server: Server, admin: Api): Promise<string> {
  const settings = await admin.get<object>('/organization');
  await admin.put('/organization', { ...settings, sat_url: `${server.url}/api/nada` });
  const id = await first(admin, '/processes?limit=1&status=AGUARDANDO_ENVIO_SAT');
  const detail = () => admin.get<{ process: { status: string; version: number } }>(`/processes/${id}`);
  await admin.post(`/processes/${id}/send`, { version: (await detail()).process.version });
  await expect.poll(async () => (await detail()).process.status, { timeout: 30_000 }).toBe('ERRO_ENVIO_SAT');
  return `/processos/${id}`;
}

/** A webhook whose receiver wants no more, the message that it said so to, and the job of that. */
async function webhookOff(admin: Api, receiver: Receiver): Promise<string[]> {
  const { endpoint } = await admin.post<{ endpoint: { id: string } }>('/webhooks', {
    name: `ERP ${fresh()}`,
    url: receiver.url,
    events: ['job.failed'],
  });
  const { delivery } = await admin.post<{ delivery: { id: string; job_id: string } }>(`/webhooks/${endpoint.id}/test`);
  const active = async () => (await admin.get<{ active: boolean }>(`/webhooks/${endpoint.id}`)).active;
  await expect.poll(active, { timeout: 30_000 }).toBe(false);
  const { id, job_id } = delivery;
  return ['/webhooks', `/webhooks/${endpoint.id}`, `/webhooks/${endpoint.id}/mensagens/${id}`, `/monitor/tarefas/${job_id}`];
}

/** Of clients, operators, people, schedules and the organisation. */
async function names(admin: Api): Promise<string[]> {
  const clients: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const place = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: { items: { razao_social: string }[]; next_cursor: string | null } = await admin.get(`/clients?limit=200${place}`);
    clients.push(...page.items.map((client) => client.razao_social));
    cursor = page.next_cursor;
  }
  type Named = { items: { name: string }[] };
  const { items: operators } = await admin.get<Named>('/operators?limit=200');
  const { items: users } = await admin.get<Named>('/users?limit=200');
  const { items: schedules } = await admin.get<Named>('/schedules?limit=200');
  const { items: calendars } = await admin.get<{ items: { title: string }[] }>('/calendars?limit=200');
  const { name } = await admin.get<{ name: string }>('/organization');
  // The longest first: one may be a part of another.
  const named = [...operators, ...users, ...schedules].map((one) => one.name);
  const all = [...clients, ...named, ...calendars.map((one) => one.title), name];
  return all.sort((one, other) => other.length - one.length);
}

/** What an English page says in Portuguese. */
const ALLOWED = [
  // What the button for Portuguese is called.
  /^Português$/,
  // What a file may hold.
  /sim or não/,
  // Names of states.
  /Goiás|Pará and Amapá/,
];
const PORTUGUESE =
  /[áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ]|\b(uma|para|pelo|pela|foi|dos|das|quando|sem|com|enviar|executar|conferir|tentar|novamente|processo|fatura|tarefa|cancelad[oa]|resposta)\b/;

/** Texts on the screen, without what is quoted and what is data. */
async function texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // A document's own words lie over its picture.
    const skipped = '[data-quoted], [translate="no"], .textLayer, script, style, noscript, template';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = (node.textContent ?? '').trim();
      if (text && !node.parentElement?.closest(skipped)) found.push(text);
    }
    return found;
  });
}

async function expectEnglish(page: Page, demo: { admin: Api; names: string[] }, path: string): Promise<void> {
  await demo.admin.lendTo(page.context());
  await page.addInitScript(() => localStorage.setItem('esteira.locale', 'en'));
  await page.goto(path);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('main').locator('h1').first()).toBeVisible();
  await settled(page);
  const all = await texts(page);
  // A page that says nothing would pass.
  expect(all.length).toBeGreaterThan(10);
  const ours = (text: string) =>
    // File names and addresses are data too.
    demo.names.reduce((rest, name) => rest.replaceAll(name, ''), text).replace(/\S+\.pdf|\S+:\/\/\S+/g, '');
  const portuguese = all.filter((text) => PORTUGUESE.test(ours(text)) && !ALLOWED.some((allowed) => allowed.test(text)));
  expect(portuguese, path).toEqual([]);
}

for (const [name, path] of PAGES) {
  // What was typed into the address stands on this one.
  if (name === 'Processos, nada encontrado') continue;
  test(`${name}: in English nothing but quotes is in Portuguese`, async ({ page, demo }) => {
    await expectEnglish(page, demo, await path(demo));
  });
}

test('failures of each kind are told in English', async ({ page, demo }) => {
  test.setTimeout(120_000);
  for (const path of demo.more) await expectEnglish(page, demo, path);
});

test('what another system said stays as it said it, as a quote', async ({ page, demo }) => {
  type Failed = { items: { id: string; error: { cause: string; cause_coded: { code: string } } | null }[] };
  const { items } = await demo.admin.get<Failed>('/executions?limit=200&status=FALHOU');
  const quoted = items.find((one) => ['quoted', 'with_code'].includes(one.error?.cause_coded.code ?? ''));
  if (!quoted?.error) throw new Error('no robot of the demonstration said why it failed');
  await expectEnglish(page, demo, `/execucoes/${quoted.id}`);
  const quote = page.getByRole('main').locator('[data-quoted]').first();
  await expect(quote).toBeVisible();
  expect(quoted.error.cause).toContain(await quote.innerText());
});
