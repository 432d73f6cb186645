import type { Page } from '@playwright/test';
import { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { PAGES } from '../support/demo';
import { expect, test as base } from '../support/fixtures';
import { Shell } from '../support/pages/shell';
import { Server } from '../support/server';
import { settled } from '../support/settled';

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
