import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Api } from './support/api';
import { expect, test } from './support/fixtures';
import { Shell } from './support/pages/shell';
import { Server } from './support/server';
import { settled } from './support/settled';

const WIDTHS = [1440, 360];
const THEMES = ['light', 'dark'] as const;
/** Below a list, but no detail of one of its rows. */
const APART = ['/clientes/importar', '/agendamentos/novo', '/agendamentos/perdidos'];

/**
 * Photographs the sign-in page, every page the navigation leads to, one detail page behind each of them, and what no
 * link of the navigation reaches, at both widths and in both themes. Pages are found through their links, so a new one
 * (`execucoes`, `conexoes`, `webhooks`) is included without being listed here.
 */
test('photographs every page', async ({ browser, backend }) => {
  const folder = process.env.ESTEIRA_SCREENSHOTS;
  if (!folder) throw new Error('ESTEIRA_SCREENSHOTS must name the folder for the pictures');
  const server = await Server.start({ backend, demo: true });
  try {
    const api = new Api(server.url);
    const context = await browser.newContext({ baseURL: server.url, deviceScaleFactor: 1 });
    const page = await context.newPage();
    await page.goto('/');
    await expect(page.getByLabel('E-mail')).toBeVisible();
    await photograph(page, folder, 'sign-in');

    const { email, password } = credentials(server.log);
    await api.signIn(email, password);
    await api.lendTo(context);
    await visit(page, '/');
    const paths = await links(page, 'nav a[href^="/"]');
    expect(paths.length, 'pages in the navigation').toBeGreaterThan(0);

    const seen = new Set<string>();
    for (const path of [...paths, ...APART, '/conta']) {
      await visit(page, path);
      const behind = (await links(page, 'main a[href^="/"]')).find((link) => link.startsWith(`${path}/`) && !APART.includes(link));
      for (const target of [path, behind]) {
        if (!target || seen.has(target)) continue;
        seen.add(target);
        await visit(page, target);
        await photograph(page, folder, target === behind ? `${name(path)}-detail` : name(path));
      }
    }
    const { items } = await api.get<{ items: { id: string }[] }>('/processes?limit=1&status=AGUARDANDO_APROVACAO');
    await visit(page, `/processos/${items[0]?.id}`);
    await photograph(page, folder, 'process-to-approve');

    // Robots set out with the demonstration; one that is done has its whole log, which no longer changes.
    const done = async () => (await api.get<{ items: { id: string }[] }>('/executions?limit=1&status=CONCLUIDO')).items[0]?.id;
    await expect.poll(done, { timeout: 180_000 }).toBeDefined();
    await visit(page, `/execucoes/${await done()}`);
    await expect(page.locator('[data-seq]').first()).toBeVisible();
    await photograph(page, folder, 'execucao');

    await page.setViewportSize({ width: 1440, height: 900 });
    await visit(page, '/');
    await page.keyboard.press('Control+k');
    await expect(new Shell(page).palette).toBeVisible();
    await photograph(page, folder, 'palette');
    await context.close();
  } finally {
    await server.stop();
  }
});

async function visit(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(path);
  await new Shell(page).nav.waitFor();
  await settled(page);
  // A document is drawn after the page around it.
  const viewer = page.getByRole('region', { name: 'Documento' });
  if (await viewer.count()) await expect(viewer).toHaveAttribute('data-document-ready', /./);
}

async function photograph(page: Page, folder: string, file: string): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of THEMES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      await settled(page);
      await page.screenshot({
        path: join(folder, `${file}-${width}-${colorScheme}.png`),
        animations: 'disabled',
        caret: 'hide',
        scale: 'css',
      });
    }
  }
}

/** Paths without their query, each once, in the order of the page. */
async function links(page: Page, selector: string): Promise<string[]> {
  const all = await page.locator(selector).evaluateAll((nodes) => nodes.map((node) => (node as HTMLAnchorElement).pathname));
  return [...new Set(all)];
}

function name(path: string): string {
  return path === '/' ? 'home' : path.slice(1).replaceAll('/', '-');
}

/** With demonstration data the server prints how to sign in. */
function credentials(log: string): { email: string; password: string } {
  const email = /[\w.+-]+@[\w.-]+\w/.exec(log)?.[0];
  const password = /senha de todos é (\S+)/.exec(log)?.[1];
  if (!email || !password) throw new Error(`the server did not print how to sign in:\n${log}`);
  return { email, password };
}
