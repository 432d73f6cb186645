import { type Locator, type Page, expect } from '@playwright/test';

/** Works a page as somebody without a pointer does. */
export class Keyboard {
  private pointer = 0;

  private constructor(private readonly page: Page) {}

  /** Counts every real press of a pointer from now on, on every page of the tab. */
  static async of(page: Page): Promise<Keyboard> {
    const keyboard = new Keyboard(page);
    await page.exposeBinding('esteiraPointer', () => void keyboard.pointer++);
    const listen = () => {
      const tell = (event: Event) => {
        // A key on a button makes a click too, but without a press: its detail is 0.
        const pressed = event.type !== 'click' || (event as MouseEvent).detail > 0;
        if (event.isTrusted && pressed) (window as unknown as { esteiraPointer(): void }).esteiraPointer();
      };
      for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'click']) addEventListener(kind, tell, true);
    };
    await page.addInitScript(listen);
    return keyboard;
  }

  get presses(): number {
    return this.pointer;
  }

  press = (key: string) => this.page.keyboard.press(key);
  type = (text: string) => this.page.keyboard.type(text);

  /** Tab, or Shift+Tab, until the focus is there. */
  async reach(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await expect(target).toBeVisible();
    for (let step = 0; step < 120; step++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${target} was not reached by ${key}`);
  }

  /** Brings the focus there, then writes over what stands in it. */
  async write(field: Locator, text: string): Promise<void> {
    await this.reach(field);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(text);
    await expect(field).toHaveValue(text);
  }

  /** Brings the focus there and presses Enter. */
  async activate(target: Locator): Promise<void> {
    await this.reach(target);
    await this.page.keyboard.press('Enter');
  }
}
