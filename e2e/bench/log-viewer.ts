import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { Server } from '../support/server';
import { openedMonth } from '../support/world';
import { type Frames, probe } from './probe';

interface Round {
  first_visit_ms: number;
  from_list_ms: number;
  wheel: Frames;
  drag: Frames;
  elements: number;
  heap_bytes: number;
  wasm_bytes: number;
}

const LIST = '.log__list';
/** How long one scrolls, each way of scrolling for itself. */
const SCROLL_MS = 10_000;

/**
 * The viewer of a log that is as long as logs get, in a real browser against the release binary: how soon its end is
 * shown, how evenly it scrolls, and what of it is in the page. `cargo xtask bench logs` runs this; it is no test.
 */
test('the viewer of a very long log', async ({ browser, backend }) => {
  const file = required('ESTEIRA_BENCH');
  const lines = Number(required('ESTEIRA_BENCH_LINES'));
  const rounds = Number(required('ESTEIRA_BENCH_ROUNDS'));
  const server = await Server.start({ backend, environment: { ESTEIRA_LOG: 'warn' } });
  try {
    const admin = new Api(server.url);
    const run = await longLog(admin, server, lines);
    const measured: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const seen = await one(browser, admin, run, lines);
      console.log(`round ${round}: ${JSON.stringify(seen)}`);
      // The first warms up.
      if (round > 0) measured.push(seen);
    }
    writeFileSync(file, `${JSON.stringify(report(browser, lines, measured), null, 2)}\n`);
  } finally {
    await server.stop();
  }
});

/** Makes an organisation and a finished run with a log of so many lines; returns the run's id. */
async function longLog(admin: Api, server: Server, lines: number): Promise<string> {
  await admin.setUp();
  const operator = { name: 'BANCADA', possui_rpa: true, rpa_terceirizado: false, url_endpoint_rpa: null };
  await admin.post('/operators', operator);
  await openedMonth(admin, '2025-01', ['Cliente da bancada'], [operator.name]);
  const { token_set, token_refused_at, token_refused_endpoint, ...settings } = await admin.get<Record<string, unknown>>('/robots/settings');
  // Nobody calls it.
  await admin.put('/robots/settings', { ...settings, url: 'http://127.0.0.1:9' });
  const environment = { PATH: process.env.PATH ?? '', ESTEIRA_DATA_DIR: join(server.folder, 'data') };
  const { stdout } = await promisify(execFile)(required('ESTEIRA_GENERATE_LOG'), [String(lines)], { env: environment });
  const run = stdout.trim().split('\n').at(-1);
  if (!run) throw new Error('generate_log does not say which run it made');
  return run;
}

async function one(browser: Browser, admin: Api, run: string, lines: number): Promise<Round> {
  const context = await browser.newContext({ baseURL: admin.url });
  try {
    await admin.lendTo(context);
    const page = await context.newPage();
    const path = `/execucoes/${run}`;
    await page.addInitScript(probe, lines);

    // The end of the log in a browser that has nothing yet: page, program, lines.
    await page.goto(path, { waitUntil: 'commit' });
    const first = await page.evaluate(() => window.bench.first);

    // The end of the log for somebody who comes from the list.
    await page.goto('/execucoes');
    const link = page.locator(`a[href^="${path}"]`).first();
    await expect(link).toBeVisible();
    const opened = await link.evaluate((node) => {
      const clicked = performance.now();
      const shown = window.bench.shown();
      (node as HTMLElement).click();
      return shown.then((at) => at - clicked);
    });

    const box = await page.locator(LIST).boundingBox();
    if (!box) throw new Error('the log is not in sight');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.evaluate(() => window.bench.record());
    await turnWheel(page);
    const wheel = await page.evaluate(() => window.bench.recorded());
    const drag = await page.evaluate(([selector, length]) => window.bench.drag(selector, length), [LIST, SCROLL_MS] as const);
    const { elements, wasm } = await page.evaluate(() => window.bench.size());
    return {
      first_visit_ms: first,
      from_list_ms: opened,
      wheel,
      drag,
      elements,
      heap_bytes: await heap(page),
      wasm_bytes: wasm,
    };
  } finally {
    await context.close();
  }
}

/** From the end upwards, as fast as a wheel turns, and now and then back. */
async function turnWheel(page: Page): Promise<void> {
  const until = Date.now() + SCROLL_MS;
  for (let turn = 0; Date.now() < until; turn += 1) {
    await page.mouse.wheel(0, turn % 50 < 40 ? -240 : 240);
  }
}

/** What JavaScript holds after its garbage was collected. */
async function heap(page: Page): Promise<number> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('HeapProfiler.collectGarbage');
  await tools.send('Performance.enable');
  const { metrics } = await tools.send('Performance.getMetrics');
  return metrics.find((metric) => metric.name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}

/** Medians and ranges over the rounds, and the rounds themselves. */
function report(browser: Browser, lines: number, rounds: Round[]): unknown {
  const over = (value: (round: Round) => number) => {
    const sorted = rounds.map(value).sort((one, other) => one - other);
    return { median: sorted[Math.floor(sorted.length / 2)], range: [sorted[0], sorted.at(-1)] };
  };
  const frames = (of: (round: Round) => Frames) => ({
    p50_ms: over((round) => of(round).p50_ms),
    p95_ms: over((round) => of(round).p95_ms),
    p99_ms: over((round) => of(round).p99_ms),
    max_ms: over((round) => of(round).max_ms),
    frames: over((round) => of(round).frames),
    rows: over((round) => of(round).rows),
  });
  return {
    what: 'the viewer of a long log that has ended, on SQLite: time until its last line is shown, and times between frames',
    lines,
    browser: `Chromium ${browser.version()}, headless, without a graphics card`,
    viewport: '1440x900',
    first_visit_ms: over((round) => round.first_visit_ms),
    from_list_ms: over((round) => round.from_list_ms),
    wheel: frames((round) => round.wheel),
    drag: frames((round) => round.drag),
    elements: over((round) => round.elements),
    heap_bytes: over((round) => round.heap_bytes),
    wasm_bytes: over((round) => round.wasm_bytes),
    rounds,
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; \`cargo xtask bench logs\` sets it`);
  return value;
}
