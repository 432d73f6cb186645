import type { Page } from '@playwright/test';

/** The application whose part of the program lies at `path`; `shared` and `rest` are what they share. */
export function partOf(path: string): string | undefined {
  return /^\/(\w+)-[0-9a-f]{16}\.wasm$/.exec(path)?.[1];
}

/** Every part that the page served at `url` may ask for. */
export async function allParts(url: string): Promise<string[]> {
  const text = async (path: string) => (await fetch(url + path)).text();
  const link = /\/link-[0-9a-f]{16}\.js/.exec(await text('/'))?.[0] ?? '';
  const files = (await text(link)).matchAll(/"\.(\/[^"]+)"/g);
  return [...files].flatMap(([, path = '']) => partOf(path) ?? []);
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

/** Waits until the program has drawn itself; before that there is only what index.html and door.js show. */
export async function programDrawn(page: Page): Promise<void> {
  // Its notices are in the page from the first moment, and hidden while there are none.
  await page.locator('.toasts').waitFor({ state: 'attached' });
}

/** Tells the page to spare the connection, so that it fetches no part before somebody goes near it. */
export async function saveData(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
  });
}
