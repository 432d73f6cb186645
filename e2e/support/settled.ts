import { type Page, expect } from '@playwright/test';

/** Live pages never go quiet on the network, so what counts is that nothing says it is still loading or moves. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.getByText(/Carregando…|Loading…/)).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    // A colour on its way to another theme's begins to move with the next frame.
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}
