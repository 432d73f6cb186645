import { writeFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { Gate } from '../support/pages/gate';
import { Server } from '../support/server';

interface Network {
  name: string;
  kbit_per_second: number;
  latency_ms: number;
}

/** One file as the browser's own timing tells it; times from the beginning of the visit. */
interface Loaded {
  path: string;
  /** Over the wire, with the head of the answer. */
  transferred: number;
  encoded: number;
  decoded: number;
  began_ms: number;
  ended_ms: number;
}

interface Round {
  painted_ms: number;
  sign_in_usable_ms: number;
  /** What had arrived by then. */
  transferred_by_then: number;
  /** Whether what was typed at once was still there when everything had arrived. */
  typing_kept: boolean;
  sign_in: Loaded[];
  /** From the click on the button. */
  home_usable_ms: number;
  home: Loaded[];
}

declare global {
  interface Window {
    /** When something was usable first, in milliseconds since 1970. */
    usable: { sign_in: Promise<number>; home: Promise<number> };
  }
}

const NETWORKS: Network[] = [
  { name: '1.6 Mbit/s, 150 ms', kbit_per_second: 1_600, latency_ms: 150 },
  { name: '400 kbit/s, 400 ms', kbit_per_second: 400, latency_ms: 400 },
];
const PATIENCE_MS = 180_000;
/** As `esteira serve --demo` makes it. */
const USER = { email: 'admin@demo.example', password: 'esteira-demo' };

/**
 * A first visit over a slow network, by a browser that has nothing yet: what it loads, when the form can be filled in, and
 * when Início shows its figures after signing in. `cargo xtask bench visit` runs this; it is no test.
 */
test('a first visit over slow networks', async ({ browser, backend }) => {
  const file = required('ESTEIRA_BENCH');
  const rounds = Number(required('ESTEIRA_BENCH_ROUNDS'));
  const server = await Server.start({ backend, demo: true, environment: { ESTEIRA_LOG: 'warn' } });
  try {
    const measured = [];
    for (const network of NETWORKS) {
      const taken: Round[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const visit = await one(browser, server.url, network);
        console.log(
          `${network.name}, round ${round}: painted ${visit.painted_ms.toFixed(0)} ms, ` +
            `sign-in ${visit.sign_in_usable_ms.toFixed(0)} ms, Início ${visit.home_usable_ms.toFixed(0)} ms`,
        );
        taken.push(visit);
      }
      measured.push(summary(network, taken));
    }
    const report = {
      what: 'a first visit to the sign-in and to Início, each time in a browser that has nothing yet; bytes over the wire',
      browser: `Chromium ${browser.version()}, headless`,
      rounds,
      networks: measured,
    };
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    console.log(table(measured));
  } finally {
    await server.stop();
  }
});

async function one(browser: Browser, url: string, network: Network): Promise<Round> {
  const context = await browser.newContext({ baseURL: url });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch);
    const tools = await context.newCDPSession(page);
    await slow(tools, network);
    const quiet = settling(tools);

    const page_itself = await page.goto('/', { waitUntil: 'commit', timeout: PATIENCE_MS });
    if (!page_itself?.ok()) throw new Error(`there is no page: ${page_itself?.status()}; the binary was built without it`);
    const visible = await page.evaluate(() => window.usable.sign_in);
    const gate = new Gate(page);
    await gate.email.click();
    await page.keyboard.type(USER.email);
    // Whoever types is slower than the rest of the files, and those belong to the page too.
    await quiet();
    const typing_kept = (await gate.email.inputValue()) === USER.email;
    const origin = await page.evaluate(() => performance.timeOrigin);
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
    if (painted === undefined) throw new Error('the browser did not say when it painted');
    const sign_in = await loaded(page);

    if (!typing_kept) await gate.email.fill(USER.email);
    await gate.password.fill(USER.password);
    const clicked = Date.now();
    await gate.enter.click();
    const shown = await page.evaluate(() => window.usable.home);
    await expect(gate.email).toHaveCount(0);
    await quiet();
    const before = new Set(sign_in.map(key));
    const home = (await loaded(page)).filter((one) => !before.has(key(one)));
    const sign_in_usable_ms = visible - origin;
    return {
      painted_ms: painted,
      sign_in_usable_ms,
      transferred_by_then: sum(sign_in.filter((one) => one.ended_ms <= sign_in_usable_ms)),
      typing_kept,
      sign_in,
      home_usable_ms: shown - clicked,
      home,
    };
  } finally {
    await context.close();
  }
}

/** Runs in the page before anything of its own does; holds nothing of this module, which does not go with it. */
function watch(): void {
  const free = (node: Element | null) => node instanceof HTMLInputElement && node.checkVisibility() && !node.disabled && !node.readOnly;
  const figures = () => [...document.querySelectorAll('a.kpi b')];
  const there = {
    sign_in: () => free(document.querySelector('input[type="email"]')),
    home: () => document.querySelector('h1')?.checkVisibility() === true && figures().length >= 4 && figures().every((one) => /\d/.test(one.textContent ?? '')),
  };
  const frame = () => new Promise<number>((next) => requestAnimationFrame(next));
  const first = async (holds: () => boolean) => {
    while (!holds()) await frame();
    return performance.timeOrigin + performance.now();
  };
  window.usable = { sign_in: first(there.sign_in), home: first(there.home) };
}

async function slow(tools: CDPSession, network: Network): Promise<void> {
  const bytes = (network.kbit_per_second * 1_000) / 8;
  await tools.send('Network.enable');
  await tools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: network.latency_ms,
    downloadThroughput: bytes,
    uploadThroughput: bytes,
  });
}

/** Returns what waits until nothing has been under way for a second. The stream of events never ends and does not count. */
function settling(tools: CDPSession): () => Promise<void> {
  const open = new Map<string, string>();
  let changed = Date.now();
  const ended = ({ requestId }: { requestId: string }) => {
    open.delete(requestId);
    changed = Date.now();
  };
  tools.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
    if (type === 'EventSource' || !request.url.startsWith('http')) return;
    open.set(requestId, request.url);
    changed = Date.now();
  });
  tools.on('Network.loadingFinished', ended);
  tools.on('Network.loadingFailed', ended);
  tools.on('Network.requestServedFromCache', ended);
  // Nobody reads the rest of a refusal, so its end is never told.
  tools.on('Network.responseReceived', (answer) => {
    if (answer.response.status >= 400) ended(answer);
  });
  return async () => {
    const deadline = Date.now() + PATIENCE_MS;
    while (open.size > 0 || Date.now() - changed < 1_000) {
      if (Date.now() > deadline) throw new Error(`these do not end: ${[...open.values()].join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
}

/** Everything that has arrived, the page itself first. */
function loaded(page: Page): Promise<Loaded[]> {
  return page.evaluate(() => {
    const entries = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind) as PerformanceResourceTiming[]);
    return entries.map((entry) => ({
      path: new URL(entry.name).pathname,
      transferred: entry.transferSize,
      encoded: entry.encodedBodySize,
      decoded: entry.decodedBodySize,
      began_ms: entry.startTime,
      ended_ms: entry.responseEnd,
    }));
  });
}

function key(one: Loaded): string {
  return `${one.path} ${one.began_ms}`;
}

function sum(files: Loaded[]): number {
  return files.reduce((all, one) => all + one.transferred, 0);
}

function summary(network: Network, rounds: Round[]) {
  const over = (value: (round: Round) => number) => {
    const sorted = rounds.map(value).sort((one, other) => one - other);
    return { median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, range: [sorted[0], sorted.at(-1)] };
  };
  const last = rounds.at(-1);
  const largest = (files: Loaded[] = []) => [...files].sort((one, other) => other.transferred - one.transferred);
  return {
    ...network,
    painted_ms: over((round) => round.painted_ms),
    sign_in_usable_ms: over((round) => round.sign_in_usable_ms),
    home_usable_ms: over((round) => round.home_usable_ms),
    transferred_when_usable: over((round) => round.transferred_by_then),
    sign_in_transferred: over((round) => sum(round.sign_in)),
    home_transferred: over((round) => sum(round.sign_in) + sum(round.home)),
    typing_kept: rounds.every((round) => round.typing_kept),
    // Of the last round; names and sizes are the same in each.
    sign_in: largest(last?.sign_in),
    home: largest(last?.home),
    runs: rounds.map(({ sign_in, home, ...times }) => times),
  };
}

function table(networks: ReturnType<typeof summary>[]): string {
  const seconds = (value: { median: number }) => (value.median / 1_000).toFixed(1);
  const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1);
  const lines = [
    '| network | painted s | sign-in usable s | its files kB | Início usable s after the click | with its files kB | typing kept |',
    '|---|---|---|---|---|---|---|',
    ...networks.map(
      (one) =>
        `| ${one.name} | ${seconds(one.painted_ms)} | ${seconds(one.sign_in_usable_ms)} | ${kilobytes(one.sign_in_transferred.median)} ` +
        `| ${seconds(one.home_usable_ms)} | ${kilobytes(one.home_transferred.median)} | ${one.typing_kept ? 'yes' : 'no'} |`,
    ),
    '',
    '| file | for | over the wire kB | raw kB |',
    '|---|---|---|---|',
  ];
  const [first] = networks;
  for (const [name, files] of [['sign-in', first?.sign_in], ['Início', first?.home]] as const) {
    for (const one of files ?? []) {
      lines.push(`| ${one.path} | ${name} | ${kilobytes(one.transferred)} | ${kilobytes(one.decoded)} |`);
    }
  }
  return lines.join('\n');
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; \`cargo xtask bench visit\` sets it`);
  return value;
}
