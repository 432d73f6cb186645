import { type Locator, type Page, expect } from '@playwright/test';
import { Shell } from './shell';

/** The review desk. */
export class ReviewPage extends Shell {
  readonly viewer: Locator;
  readonly queue: Locator;
  readonly position: Locator;
  readonly facts: Locator;
  readonly finished: Locator;

  constructor(page: Page) {
    super(page);
    this.viewer = page.getByRole('region', { name: 'Documento' });
    this.queue = page.getByRole('navigation', { name: 'Para aprovar' });
    this.position = this.queue.getByRole('status');
    this.facts = page.getByRole('complementary');
    this.finished = page.getByRole('heading', { name: 'Fila revisada' });
  }

  /** Waits until a document is painted and returns its id. */
  async painted(other?: string): Promise<string> {
    const attribute = 'data-document-ready';
    await expect(this.viewer).toHaveAttribute(attribute, other ? new RegExp(`^(?!${other})[0-9a-f-]{36}$`) : /^[0-9a-f-]{36}$/);
    return (await this.viewer.getAttribute(attribute)) ?? '';
  }
}
