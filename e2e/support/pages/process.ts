import { type Locator, type Page, expect } from '@playwright/test';
import { Shell } from './shell';

export interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A file as the person has it on the computer. */
export function file(name: string, bytes: Uint8Array, mimeType = 'application/pdf'): File {
  return { name, mimeType, buffer: Buffer.from(bytes) };
}

/** The page of one process. */
export class ProcessPage extends Shell {
  /** The input behind the drop zone. */
  readonly input: Locator;
  readonly zone: Locator;
  readonly choose: Locator;
  readonly files: Locator;
  readonly history: Locator;

  constructor(page: Page) {
    super(page);
    this.input = page.getByLabel('Solte os PDFs aqui ou');
    this.zone = page.getByText('Solte os PDFs aqui ou');
    this.choose = page.getByRole('button', { name: 'escolha no computador' });
    this.files = page.getByRole('list', { name: 'Arquivos enviados' });
    this.history = this.card('Histórico').getByRole('listitem');
  }

  status(word: string): Locator {
    return this.main.getByText(word, { exact: true });
  }

  /** How one of the dropped files stands. */
  fileRow(name: string): Locator {
    return this.files.getByRole('listitem').filter({ hasText: name });
  }

  /** Newest first; each line must hold its two parts. */
  async expectHistory(lines: [what: string, who: string][]): Promise<void> {
    await expect(this.history).toHaveCount(lines.length);
    for (const [index, [what, who]] of lines.entries()) {
      const line = this.history.nth(index);
      await expect(line).toContainText(what);
      await expect(line).toContainText(who);
      await expect(line.locator('time')).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/);
    }
  }

  /** Drags files of this machine onto the drop zone, as the operating system does. */
  async drag(paths: string[]): Promise<void> {
    await this.zone.scrollIntoViewIfNeeded();
    const box = await this.zone.boundingBox();
    if (!box) throw new Error('the drop zone is not on the screen');
    const session = await this.page.context().newCDPSession(this.page);
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...place, data });
    }
    await session.detach();
  }
}
