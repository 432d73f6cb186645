import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { ADMIN } from '../support/api';
import { Complaints } from '../support/console';
import { expect, test } from '../support/fixtures';
import { Gate } from '../support/pages/gate';
import { Shell } from '../support/pages/shell';
import { hold, partOf } from '../support/parts';
import { settled } from '../support/settled';
import { month, openedMonth } from '../support/world';

interface Budgets {
  sign_in: number;
  home: number;
  shared: number;
  part: number;
}

const BUDGETS = JSON.parse(readFileSync(new URL('../../frontend/budgets.json', import.meta.url), 'utf8')) as Budgets;

/** Bytes of the bodies over the wire, by path. */
async function weigh(page: Page): Promise<Map<string, number>> {
  const session = await page.context().newCDPSession(page);
  const under = new Map<string, { path: string; head: number }>();
  const bytes = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response }) => {
    under.set(requestId, { path: new URL(response.url).pathname, head: response.encodedDataLength });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const of = under.get(requestId);
    if (of) bytes.set(of.path, (bytes.get(of.path) ?? 0) + Math.max(0, encodedDataLength - of.head));
  });
  await session.send('Network.enable');
  return bytes;
}

/** What was fetched of the page itself, without the parts of applications and the server's answers. */
const ofSignIn = (path: string) => !path.startsWith('/api/') && !partOf(path);

test('the sign-in page is painted before the program arrives', async ({ page, admin }) => {
  await admin.get('/session');
  const program = await hold(page, '**/*.wasm');
  const answer = await hold(page, '**/api/v1/session');
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.getByText('Carregando…')).toBeVisible();
  const painted = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length);
  await expect.poll(painted).toBe(1);
  const gate = new Gate(page);
  await expect(gate.email, 'it is not known yet whether somebody is signed in').toHaveCount(0);
  answer.release();
  await expect(gate.email).toBeVisible();
  await expect(page.getByText('Carregando…')).toHaveCount(0);
  program.release();
});

test('a first visit is light, quiet and leads in', async ({ page, admin }, info) => {
  await admin.get('/session');
  const complaints = new Complaints(page);
  const bytes = await weigh(page);
  const sum = (wanted: (path: string) => boolean) =>
    [...bytes].filter(([path]) => wanted(path)).reduce((sum, [, size]) => sum + size, 0);
  await page.goto('/');
  const gate = new Gate(page);
  await expect(gate.email).toBeFocused();
  const interactive = await page.evaluate(() => performance.now());
  const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN);
  await page.evaluate(() => document.fonts.ready);
  const program = (path: string) => path.endsWith('_bg.wasm');
  await expect.poll(() => sum(program), 'the program came over the wire').toBeGreaterThan(0);
  const signIn = sum(ofSignIn);
  expect([...bytes.keys()].filter(partOf), 'no application before sign-in').toEqual([]);
  expect([...bytes.keys()].join(), 'the PDF reader waits until a document is opened').not.toContain('.mjs');

  await gate.signIn(ADMIN.email, ADMIN.password);
  const part = (name: string) => sum((path) => partOf(path) === name);
  await expect.poll(() => part('home')).toBeGreaterThan(0);
  await expect.poll(() => part('shared')).toBeGreaterThan(0);
  const home = sum(ofSignIn) + part('home') + part('shared');
  const kB = (size: number) => `${(size / 1000).toFixed(1)} kB`;
  const lines = [
    `first visit: sign-in ${kB(signIn)} (program ${kB(sum(program))}), with the first page ${kB(home)}`,
    `first paint ${painted.toFixed(0)} ms, sign-in ready to type ${interactive.toFixed(0)} ms`,
  ];
  for (const line of lines) {
    console.log(`[${info.project.name}] ${line}`);
    info.annotations.push({ type: 'measurement', description: line });
  }
  expect(signIn, 'sign-in with all its files').toBeLessThanOrEqual(BUDGETS.sign_in);
  expect(home, 'the first page with all its files').toBeLessThanOrEqual(BUDGETS.home);

  const shell = new Shell(page);
  for (const name of ['Mês', 'Revisão', 'Processos', 'Operadoras', 'Clientes', 'Usuários', 'Tokens', 'Webhooks', 'Auditoria', 'Configurações', 'Início']) {
    await shell.link(name).click();
    await expect(shell.link(name)).toHaveAttribute('aria-current', 'page');
    await settled(page);
  }
  expect(part('shared') + part('rest'), 'what the parts share').toBeLessThanOrEqual(BUDGETS.shared);
  for (const [path, size] of bytes) {
    const name = partOf(path);
    if (name && !['shared', 'rest'].includes(name)) expect(size, name).toBeLessThanOrEqual(BUDGETS.part);
  }
  complaints.expectNone();
});

test('the content security policy allows no inline script and no evaluation', async ({ server }) => {
  const answer = await fetch(`${server.url}/`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toMatch(/'unsafe-(inline|eval)'/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(await answer.text(), 'inline scripts').not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
});

test('a link into the middle opens where it leads, before and after sign-in', async ({ page, admin }) => {
  const [process] = await openedMonth(admin, month(-80), ['Link Fundo'], ['VIVO']);
  const places: [string, string | RegExp][] = [
    [`/processos/${process?.id}`, 'Link Fundo'],
    [`/clientes/${process?.client_id}`, 'Link Fundo'],
    [`/processos?month=${month(-80)}&status=AGUARDANDO_DOWNLOAD`, 'Processos'],
    [`/mes/${month(-80)}`, /^Mês de /],
  ];
  await page.goto(places[0]?.[0] ?? '');
  await new Gate(page).signIn(ADMIN.email, ADMIN.password);
  const shell = new Shell(page);
  for (const [index, [path, heading]] of places.entries()) {
    if (index > 0) await page.goto(path);
    await expect(shell.heading(heading)).toBeVisible();
    expect(page.url().endsWith(path)).toBe(true);
  }
});

test('an address that leads nowhere says so, and a missing file is never the page', async ({ page, admin, server }) => {
  const shell = await Shell.open(page, admin, '/nada/disto');
  await expect(page.getByRole('heading', { name: 'Esta página não existe' })).toBeVisible();
  await page.getByRole('link', { name: 'Ir para o início' }).click();
  await expect(page).toHaveURL(/\/$/);
  for (const path of ['/processos/isto-nao-e-um-id', '/mes/2026-13', '/processos/01890000-0000-7000-8000-000000000000', '/clientes/01890000-0000-7000-8000-000000000000']) {
    await page.goto(path);
    await expect(shell.main.getByText(/Esta página não existe|não existe ou foi excluído/), path).toBeVisible();
  }
  for (const path of ['/nothing-here.js', '/esteira-frontend-0000000000000000_bg.wasm', '/fonts/none.woff2', '/api/v1/nothing']) {
    const answer = await fetch(server.url + path);
    expect(answer.status, path).toBe(404);
    expect(await answer.text(), path).not.toContain('<html');
  }
});

test('when the program cannot be loaded the page says so and offers a reload', async ({ page, admin }) => {
  await admin.get('/session');
  await page.route('**/*.wasm', (route) => route.abort(), { times: 1 });
  await page.goto('/');
  await expect(page.getByRole('alertdialog')).toContainText('Não foi possível carregar a página');
  await page.getByRole('button', { name: 'Recarregar' }).click();
  await expect(new Gate(page).email).toBeVisible();
});
