import { type Locator, type Page, expect } from '@playwright/test';
import type { Api } from '../api';

/** What stands around every page. */
export class Shell {
  readonly main: Locator;
  readonly nav: Locator;
  readonly notices: Locator;
  readonly palette: Locator;
  readonly keyHelp: Locator;

  constructor(readonly page: Page) {
    this.main = page.getByRole('main');
    this.nav = page.getByRole('navigation', { name: 'Navegação principal' });
    this.notices = page.getByRole('region', { name: 'Avisos' });
    this.palette = page.getByRole('dialog', { name: 'Buscar e agir' });
    this.keyHelp = page.getByRole('dialog', { name: 'Atalhos de teclado' });
  }

  /** Opens `path` as the person `api` is signed in as. */
  static async open(page: Page, api: Api, path: string): Promise<Shell> {
    await api.lendTo(page.context());
    await page.goto(path);
    const shell = new Shell(page);
    await shell.nav.waitFor();
    return shell;
  }

  /** The button that says whether the page is kept fresh: `ao vivo`, `reconectando`, `pausado`. */
  live(state: string): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${state}`) });
  }

  link(name: string): Locator {
    return this.nav.getByRole('link', { name, exact: true });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.main.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** A titled part of the page. */
  card(title: string): Locator {
    return this.main.locator('section').filter({ has: this.page.getByRole('heading', { level: 2, name: title, exact: true }) });
  }

  /** What the page says beside what it is about: its title, its text and its buttons. */
  notice(title: string): Locator {
    return this.main.getByText(title, { exact: true }).locator('..');
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name });
  }

  row(text: string | RegExp): Locator {
    return this.main.getByRole('row').filter({ hasText: text });
  }

  /** Marks the page, so that it can be told from one that was loaded anew. */
  async remember(): Promise<void> {
    await this.page.evaluate(() => Object.assign(window, { esteiraSamePage: true }));
  }

  async expectSamePage(): Promise<void> {
    expect(await this.page.evaluate(() => 'esteiraSamePage' in window), 'still the page that was opened').toBe(true);
  }
}
