import type { Locator, Page } from '@playwright/test';
import type { Api } from '../api';
import { Shell } from './shell';

export interface Schedule {
  id: string;
  name: string;
  state: string;
}

/** A schedule that opens months, every morning unless told otherwise. */
export function scheduled(admin: Api, name: string, rule: object = { type: 'daily', times: ['06:00'] }): Promise<Schedule> {
  return admin.post<Schedule>('/schedules', {
    name,
    kind: 'CRIAR_PROCESSOS_MENSAIS',
    parameters: { month_offset: 0 },
    schedule: { timezone: 'America/Sao_Paulo', rule },
  });
}

/** Agendamentos, what was missed, and one schedule. */
export class Schedules extends Shell {
  readonly total: Locator;
  readonly selection: Locator;

  constructor(page: Page) {
    super(page);
    this.total = page.getByRole('search', { name: 'Filtros' }).getByRole('status');
    this.selection = this.main.getByRole('region', { name: 'Ações' });
  }

  async choose(filter: string, option: string): Promise<void> {
    await this.button(`Filtrar por ${filter}`).click();
    const popover = this.page.getByRole('dialog', { name: `Filtrar por ${filter}` });
    await popover.getByLabel(option, { exact: true }).click();
    // One that takes several values stays open for the next.
    if (await popover.isVisible()) await this.page.keyboard.press('Escape');
  }

  async act(name: string | RegExp, action: string): Promise<void> {
    await this.row(name).getByRole('button', { name: /^Ações para/ }).click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  async select(text: string): Promise<void> {
    await this.row(text).getByRole('checkbox').check();
  }

  tab(name: string): Locator {
    return this.main.getByRole('tab', { name });
  }

  /** The button of an open dialog that does it. */
  confirm(dialog: Locator, word: string): Locator {
    return dialog.getByRole('button', { name: word, exact: true });
  }
}
