import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** The browser to start: CHROMIUM_PATH, then the distribution's, then the one Playwright installed. */
export function browserPath(): string {
  const set = process.env.CHROMIUM_PATH;
  if (set) {
    if (existsSync(set)) return set;
    throw new Error(`CHROMIUM_PATH is ${set}, but there is no such file`);
  }
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', chromium.executablePath()];
  const found = known.find((path) => path && existsSync(path));
  if (found) return found;
  throw new Error(
    'No Chromium found. Install the package `chromium`, or run `npx playwright install chromium` in e2e/, ' +
      'or set CHROMIUM_PATH to a browser.',
  );
}
