import type { Page } from '@playwright/test';
import { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test as base } from '../support/fixtures';
import { Shell } from '../support/pages/shell';
import { Server } from '../support/server';
import { settled } from '../support/settled';
import { fresh } from '../support/world';

/** Pages are looked at with much on them: the demonstration's four months. One server for all tests of a worker. */
const test = base.extend<object, { demo: { server: Server; admin: Api } }>({
  demo: [
    async ({ backend }, use) => {
      const server = await Server.start({ backend, demo: true });
      const admin = new Api(server.url);
      await admin.signIn('admin@demo.example', 'esteira-demo');
      await use({ server, admin });
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.server.url),
});

// By far the longest file: its tests are shared out among the workers.
test.describe.configure({ mode: 'parallel' });

/** axe in both themes at 1440 px, and no sideways scrolling at 360 px. */
async function look(page: Page, where: string): Promise<void> {
  await expectAccessibleInBothThemes(page, where);
  await page.setViewportSize({ width: 360, height: 780 });
  await settled(page);
  const wide = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    const clips = (one: Element) => one !== document.body && getComputedStyle(one).overflowX !== 'visible';
    const reaches = (one: Element) => {
      const { right, width } = one.getBoundingClientRect();
      if (width === 0 || right <= most + 1) return false;
      // What a box of its own scrolls or cuts off does not widen the page.
      for (let above = one.parentElement; above && above !== document.documentElement; above = above.parentElement) {
        if (clips(above)) return false;
      }
      return true;
    };
    const guilty = [...document.querySelectorAll('body *')].filter(reaches);
    const names = guilty.slice(0, 5).map((one) => `${one.tagName.toLowerCase()}.${one.getAttribute('class')}`);
    const { scrollWidth } = document.scrollingElement ?? document.documentElement;
    return guilty.length > 0 || scrollWidth > innerWidth ? `${scrollWidth} px wide: ${names.join(', ')}` : 'fits';
  });
  expect(wide, `${where} at 360 px`).toBe('fits');
  await page.setViewportSize({ width: 1440, height: 900 });
}

interface Demo {
  server: Server;
  admin: Api;
}

/** Addresses of the pages somebody signed in sees. */
const PAGES: [name: string, path: (demo: Demo) => Promise<string> | string][] = [
  ['Início', () => '/'],
  ['Mês', async ({ admin }) => `/mes/${(await admin.get<string[]>('/months'))[0]}`],
  ['Mês que não foi aberto', () => '/mes/2031-01'],
  ['Revisão', () => '/revisao'],
  ['Processos', () => '/processos'],
  ['Processos, nada encontrado', () => '/processos?q=ninguém-com-este-nome'],
  ['Processo para aprovar', ({ admin }) => oneProcess(admin, 'AGUARDANDO_APROVACAO')],
  ['Processo sem fatura', ({ admin }) => oneProcess(admin, 'AGUARDANDO_DOWNLOAD')],
  ['Processo que falhou', ({ admin }) => oneProcess(admin, 'ERRO_ENVIO_SAT')],
  ['Processo enviado', ({ admin }) => oneProcess(admin, 'UPLOAD_REALIZADO')],
  ['Execuções', () => '/execucoes'],
  ['Execução que falhou', ({ admin }) => failedExecution(admin)],
  ['Resultado de uma execução', async ({ admin }) => `${await failedExecution(admin)}?tab=result`],
  ['Monitor', () => '/monitor'],
  ['Workers', () => '/monitor?tab=workers'],
  ['Filas e limites', () => '/monitor?tab=queues'],
  ['Tarefa que falhou', async ({ admin }) => `/monitor/tarefas/${await first(admin, '/jobs?limit=1&status=dead')}`],
  ['Operadoras', () => '/operadoras'],
  ['Clientes', () => '/clientes'],
  ['Cliente', async ({ admin }) => `/clientes/${await first(admin, '/clients?limit=1')}`],
  ['Importar', () => '/clientes/importar'],
  ['Usuários', () => '/usuarios'],
  ['Tokens', () => '/tokens'],
  ['Conexões', () => '/conexoes'],
  ['Webhooks', ({ admin }) => webhook(admin).then(() => '/webhooks')],
  ['Webhook', ({ admin }) => webhook(admin).then(({ id }) => `/webhooks/${id}`)],
  ['Mensagem de webhook', ({ admin }) => webhook(admin).then(({ id, message }) => `/webhooks/${id}/mensagens/${message}`)],
  ['Auditoria', () => '/auditoria'],
  ['Configurações', () => '/configuracoes'],
  ['Minha conta', () => '/conta'],
  ['Página que não existe', () => '/nada'],
];

/** The first thing of a list; the demonstration has one of each that is looked at here. */
async function first(admin: Api, list: string): Promise<string> {
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

for (const [name, path] of PAGES) {
  test(`${name} can be used by everybody`, async ({ page, demo }) => {
    await demo.admin.lendTo(page.context());
    await page.goto(await path(demo));
    await new Shell(page).nav.waitFor();
    await look(page, name);
  });
}

test('the pages before sign-in can be used by everybody', async ({ page, demo, browser, backend }) => {
  await page.goto(demo.server.url);
  await expect(page.getByRole('heading', { name: 'Entrar' })).toBeVisible();
  await look(page, 'sign-in');
  await page.getByRole('button', { name: 'Entrar', exact: true }).click();
  await expect(page.getByText('Preencha este campo.')).toHaveCount(2);
  await look(page, 'sign-in with refused fields');

  const fresh = await Server.start({ backend });
  const context = await browser.newContext({ baseURL: fresh.url });
  const setup = await context.newPage();
  await setup.goto('/');
  await expect(setup.getByRole('heading', { name: 'Primeiro acesso' })).toBeVisible();
  await look(setup, 'setup');
  await context.close();
  await fresh.stop();
});

/** What opens over a page: where, and how to open it. */
const OVER: [name: string, path: string, open: (shell: Shell) => Promise<void>][] = [
  ['the command palette', '/', (shell) => shell.page.keyboard.press('Control+k')],
  ['the key help', '/', (shell) => shell.page.keyboard.press('?')],
  ['the account menu', '/', (shell) => shell.page.getByRole('button', { name: 'Sua conta' }).click()],
  ['the appearance menu', '/', (shell) => shell.page.getByRole('button', { name: 'Aparência' }).click()],
  ['a filter', '/processos', (shell) => shell.button('Filtrar por Status').click()],
  ['the column chooser', '/processos', (shell) => shell.button('Colunas').click()],
  ['a new operator', '/operadoras', (shell) => shell.button('Nova operadora').click()],
  ['a new client with refused fields', '/clientes', async (shell) => {
    await shell.button('Novo cliente').click();
    await shell.page.getByRole('button', { name: 'Salvar cliente' }).click();
  }],
  ['a new user', '/usuarios', (shell) => shell.button('Novo usuário').click()],
  ['a new token', '/tokens', (shell) => shell.button('Novo token').first().click()],
  ['a new webhook', '/webhooks', (shell) => shell.button('Novo webhook').first().click()],
  ['a rejection', '/revisao', async (shell) => {
    await shell.page.locator('[data-document-ready]').waitFor();
    await shell.page.keyboard.press('r');
  }],
  ['the month picker', '/mes', (shell) => shell.button(/^Escolher o mês/).click()],
  ['a selection and its bulk action', '/processos?status=AGUARDANDO_APROVACAO', async (shell) => {
    await shell.main.getByLabel('Selecionar todos desta página').check();
    await shell.main.getByRole('region', { name: 'Ações' }).getByRole('button', { name: 'Aprovar' }).click();
    await shell.dialog('Aprovar processos').getByRole('status').waitFor();
  }],
];

for (const [name, path, open] of OVER) {
  test(`${name} can be used by everybody`, async ({ page, demo }) => {
    const shell = await Shell.open(page, demo.admin, path);
    await settled(page);
    await open(shell);
    const over = page.getByRole('dialog').or(page.getByRole('menu')).filter({ visible: true });
    await expect(over.first()).toBeVisible();
    // The page below is looked at by itself.
    await expectAccessibleInBothThemes(page, name, 'dialog[open], [popover]:popover-open');
    // Escape leaves it.
    await page.keyboard.press('Escape');
    await expect(over).toHaveCount(0);
  });
}
