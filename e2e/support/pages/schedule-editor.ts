import { type Locator, type Page, expect } from '@playwright/test';
import { Shell } from './shell';

/** Novo agendamento, and the tabs Agendamento and Exceções of a saved one. */
export class ScheduleEditor extends Shell {
  readonly form: Locator;
  readonly preview: Locator;
  /** The rule in words. */
  readonly sentence: Locator;
  /** What runs, what does not, what is new and what goes, in the order of time. */
  readonly next: Locator;
  readonly exceptions: Locator;

  constructor(page: Page) {
    super(page);
    this.form = this.main.locator('form').first();
    this.preview = this.main.getByRole('region', { name: 'O que vai acontecer' });
    this.sentence = this.main.getByRole('status', { name: 'A regra em palavras' });
    this.next = this.preview.getByRole('list', { name: 'Próximas execuções' }).getByRole('listitem');
    this.exceptions = this.main.getByRole('list', { name: 'Exceções' }).getByRole('listitem');
  }

  /** What one types or chooses in; the entries of a list have its name too. */
  field(label: string | RegExp): Locator {
    const named = this.form.getByLabel(label, typeof label === 'string' ? { exact: true } : {});
    return named.and(this.page.locator('input, select, textarea'));
  }

  /** One of several exclusive choices. */
  choice(group: string, name: string): Locator {
    return this.form.getByRole('group', { name: group, exact: true }).getByRole('button', { name, exact: true });
  }

  /** Types into a list and takes it with Enter. */
  async add(list: string | RegExp, text: string): Promise<void> {
    await this.field(list).fill(text);
    await this.field(list).press('Enter');
  }

  async remove(name: string): Promise<void> {
    await this.form.getByRole('button', { name: `Remover ${name}`, exact: true }).click();
  }

  /** The answer to what was typed last is on the screen. */
  async upToDate(): Promise<void> {
    await expect(this.preview.getByText(/^atualizado às/)).toBeVisible();
  }

  /** A day of the calendar, `2026-10-31`. */
  day(date: string): Locator {
    return this.preview.locator(`[data-day="${date}"]`);
  }

  /** Days of the calendar on which something runs from now on. */
  runningDays(): Locator {
    return this.preview.locator('td .month__day.is-on:not(.is-past)');
  }

  async save(button = 'Criar agendamento'): Promise<void> {
    await this.main.getByRole('button', { name: button, exact: true }).click();
  }
}
