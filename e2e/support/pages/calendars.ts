import type { Locator, Page } from '@playwright/test';
import type { File } from './process';
import { Shell } from './shell';

/** Calendários and one calendar. */
export class Calendars extends Shell {
  readonly imports: Locator;
  /** The list of the days of the year on screen. */
  readonly days: Locator;

  constructor(page: Page) {
    super(page);
    this.imports = this.card('Importações');
    this.days = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Feriado' }) });
  }

  /** Leads to the new calendar's page. */
  async add(title: string, name: string): Promise<void> {
    await this.button('Novo calendário').first().click();
    const form = this.dialog('Novo calendário');
    await form.getByLabel('Título').fill(title);
    await form.getByLabel('Nome').fill(name);
    await form.getByRole('button', { name: 'Criar calendário' }).click();
    await this.heading(title).waitFor();
  }

  day(text: string | RegExp): Locator {
    return this.days.getByRole('row').filter({ hasText: text });
  }

  /** One of the twelve months. */
  month(name: string): Locator {
    return this.main.getByRole('region', { name, exact: true });
  }

  async addDay(date: string, name: string, yearly = false): Promise<void> {
    await this.button('Novo feriado').first().click();
    const form = this.dialog('Novo feriado');
    await form.getByLabel('Data').fill(date);
    await form.getByLabel('Feriado').fill(name);
    if (yearly) await form.getByRole('switch', { name: 'Repete todo ano' }).click();
    await form.getByRole('button', { name: 'Salvar feriado' }).click();
    await form.waitFor({ state: 'hidden' });
  }

  /** Chooses a file and waits for what it would change. */
  async compare(file: File): Promise<Locator> {
    await this.button('Importar').first().click();
    const dialog = this.dialog('Importar feriados de um arquivo');
    await dialog.getByLabel('Solte um arquivo CSV ou iCalendar aqui ou').setInputFiles(file);
    await dialog.getByRole('status').first().waitFor();
    return dialog;
  }
}
