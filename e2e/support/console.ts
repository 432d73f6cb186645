import { type Page, expect } from '@playwright/test';

/** Errors of the page, its console and its content security policy, from now on. */
export class Complaints {
  private readonly lines: string[] = [];

  /** `expected` drops what the test itself provokes, for example the browser's own line about a 401. */
  constructor(page: Page, expected: RegExp = /status of 401/) {
    page.on('pageerror', (error) => this.lines.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      const policy = /content security policy/i.test(message.text());
      if ((message.type() === 'error' && !expected.test(message.text())) || policy) {
        this.lines.push(`console: ${message.text()} ${message.location().url}`);
      }
    });
  }

  expectNone(): void {
    expect(this.lines, 'complaints of the page').toEqual([]);
  }
}
