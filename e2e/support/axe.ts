import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';
import { settled } from './settled';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Of what passed nothing is read; without frames in the page there is no need for a second one to gather the results. */
const look = (page: Page) => new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();

/** Fails with one readable line per violation of WCAG 2.2 AA on the page as it is now, or in the part of it `within`. */
export async function expectAccessible(page: Page, where = page.url(), within?: string): Promise<void> {
  await expectNone(look(page).withTags(RULES), where, within);
}

async function expectNone(builder: AxeBuilder, where: string, within?: string): Promise<void> {
  const { violations } = await (within ? builder.include(within) : builder).analyze();
  const lines = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help} at ${node.target.join(' ')}`),
  );
  expect(lines, `accessibility of ${where}`).toEqual([]);
}

/** The same in light, and its colours in dark: no other rule knows of themes. */
export async function expectAccessibleInBothThemes(page: Page, where = page.url(), within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await settled(page);
    const builder = look(page);
    const rules = colorScheme === 'light' ? builder.withTags(RULES) : builder.withRules(['color-contrast']);
    await expectNone(rules, `${where} (${colorScheme})`, within);
  }
}
