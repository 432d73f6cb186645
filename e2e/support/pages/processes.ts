import type { Locator, Page } from '@playwright/test';
import { Shell } from './shell';

/** The list of processes and what is done to many. */
export class ProcessesPage extends Shell {
  readonly total: Locator;
  readonly selectPage: Locator;
  readonly selectAll: Locator;
  readonly selection: Locator;

  constructor(page: Page) {
    super(page);
    const filters = page.getByRole('search', { name: 'Filtros' });
    this.total = filters.getByRole('status');
    this.selectPage = this.main.getByLabel('Selecionar todos desta página');
    this.selectAll = this.button('Selecionar tudo o que atende ao filtro');
    this.selection = this.main.getByRole('region', { name: 'Ações' });
  }

  filter(name: string): Locator {
    return this.button(`Filtrar por ${name}`);
  }

  async choose(filter: string, option: string): Promise<void> {
    await this.filter(filter).click();
    const popover = this.page.getByRole('dialog', { name: `Filtrar por ${filter}` });
    await popover.getByLabel(option, { exact: true }).click();
    // One that takes several values stays open for the next.
    if (await popover.isVisible()) await this.page.keyboard.press('Escape');
  }
}
