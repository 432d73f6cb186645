import type { Page } from '@playwright/test';

/** The application whose part of the program lies at `path`; `shared` and `rest` are what they share. */
export function partOf(path: string): string | undefined {
  return /^\/(\w+)-[0-9a-f]{16}\.wasm$/.exec(path)?.[1];
}

/** Every part that the page asked for, in order, one entry for each request. */
export function partsAskedFor(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const part = partOf(new URL(request.url()).pathname);
    if (part) asked.push(part);
  });
  return asked;
}

/** Lets no request to `pattern` through until `release` is called. */
export async function hold(page: Page, pattern: string): Promise<{ release: () => void }> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return { release: () => release() };
}

/** Tells the page to spare the connection, so that it fetches no part before somebody goes near it. */
export async function saveData(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
  });
}
