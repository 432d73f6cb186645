import { type Page, expect } from '@playwright/test';

/** Live pages never go quiet on the network, so what counts is that nothing says it is still loading. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.getByText('Carregando…')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}
