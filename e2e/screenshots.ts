import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Api } from './support/api';
import { expect, test } from './support/fixtures';
import { Server } from './support/server';

const WIDTHS = [1440, 360];
const THEMES = ['light', 'dark'] as const;

/**
 * Photographs the sign-in page, every page the navigation leads to, and one detail page behind each of them, at both
 * widths and in both themes. Pages are found through their links, so a new one is included without being listed here.
 */
test('photographs every page', async ({ browser, backend }) => {
  const folder = process.env.ESTEIRA_SCREENSHOTS;
  if (!folder) throw new Error('ESTEIRA_SCREENSHOTS must name the folder for the pictures');
  const server = await Server.start({ backend, demo: true });
  try {
    const api = new Api(server.url);
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await page.goto('/');
    await expect(page.getByRole('textbox').first()).toBeVisible();
    await photograph(page, folder, 'sign-in');

    const { email, password } = credentials(server.log);
    await api.signIn(email, password);
    await api.lendTo(context);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('/');
    await expect(page.getByRole('navigation').first()).toBeVisible();
    const paths = await links(page, 'nav a[href^="/"]');
    expect(paths.length, 'pages in the navigation').toBeGreaterThan(0);

    const seen = new Set<string>();
    for (const path of paths) {
      await visit(page, path);
      const behind = (await links(page, 'main a[href^="/"]')).find((link) => link.startsWith(`${path}/`));
      for (const target of [path, behind]) {
        if (!target || seen.has(target)) continue;
        seen.add(target);
        await visit(page, target);
        await photograph(page, folder, target === behind ? `${name(path)}-detail` : name(path));
      }
    }
    await context.close();
  } finally {
    await server.stop();
  }
});

async function visit(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(path);
  await settled(page);
}

/** Live pages never go quiet on the network, so what counts is that nothing says it is still loading. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}

async function photograph(page: Page, folder: string, file: string): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of THEMES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settled(page);
      await page.screenshot({ path: join(folder, `${file}-${width}-${colorScheme}.png`), animations: 'disabled' });
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
  const password = /(?:senha|password)\W+(\S+)/i.exec(log)?.[1];
  if (!email || !password) throw new Error(`the server did not print how to sign in:\n${log}`);
  return { email, password };
}
