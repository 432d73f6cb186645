import type { Locator, Page } from '@playwright/test';
import { ProcessesPage } from './processes';

/** The matrix of one month and what is done with chosen cells. */
export class MonthPage extends ProcessesPage {
  constructor(page: Page) {
    super(page);
  }

  cell(client: string, operator: string): Locator {
    return this.page.getByRole('gridcell', { name: new RegExp(`^${client} · ${operator}`) });
  }

  /** Every cell between these two. */
  async chooseRange(from: [client: string, operator: string], to: [client: string, operator: string]): Promise<void> {
    await this.cell(...from).click();
    await this.cell(...to).click({ modifiers: ['Shift'] });
  }
}
