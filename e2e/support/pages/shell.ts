import type { Locator, Page } from '@playwright/test';
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

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name });
  }

  row(text: string | RegExp): Locator {
    return this.main.getByRole('row').filter({ hasText: text });
  }
}
