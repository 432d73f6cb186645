import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { ReviewPage } from '../support/pages/review';
import { Shell } from '../support/pages/shell';
import { invoice } from '../support/pdf';
import { type Process, approve, detail, fresh, month, openedMonth, processes, upload } from '../support/world';
import type { Api } from '../support/api';

/** Processes of a month of their own with a document each, in the order of the queue: longest waiting first. */
async function waiting(admin: Api, offset: number, clients: string[], operators: string[]): Promise<Process[]> {
  const all = await openedMonth(admin, month(offset), clients, operators);
  for (const process of all) await upload(admin, process.id, invoice(fresh(), { client: process.client_name, operator: process.operator_name }));
  return all;
}

async function desk(page: Page, api: Api, offset: number): Promise<ReviewPage> {
  await Shell.open(page, api, `/revisao?month=${month(offset)}`);
  return new ReviewPage(page);
}

/** Milliseconds from the key to the moment the next document is on the screen, measured inside the page. */
async function watchDecisions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const spans: number[] = [];
    let pressed: number | undefined;
    Object.assign(window, { esteiraSpans: spans });
    addEventListener('keydown', (event) => event.key === 'a' && (pressed = performance.now()), true);
    new MutationObserver((records) => {
      for (const { target } of records) {
        if (pressed !== undefined && (target as Element).getAttribute('data-document-ready')) {
          spans.push(performance.now() - pressed);
          pressed = undefined;
        }
      }
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-document-ready'] });
  });
}

function summary(spans: number[]): string {
  const sorted = [...spans].sort((one, other) => one - other);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN).toFixed(0);
  return `n=${sorted.length} p50=${at(0.5)} ms p95=${at(0.95)} ms max=${at(1)} ms`;
}

test('fifty invoices are approved without a pointer', async ({ page, admin }, info) => {
  test.setTimeout(180_000);
  const clients = Array.from({ length: 10 }, (_, index) => `Cinquenta ${String(index + 1).padStart(2, '0')}`);
  const all = await waiting(admin, -20, clients, ['VIVO', 'CLARO', 'OI', 'TIM', 'EMBRATEL']);
  expect(all).toHaveLength(50);
  const documents = new Map<string, string>();
  for (const process of all) documents.set((await detail(admin, process.id)).documents[0]?.id ?? '', process.id);

  const keyboard = await Keyboard.of(page);
  await watchDecisions(page);
  const review = await desk(page, admin, -20);
  const shown = new Set<string>();
  let now = await review.painted();
  for (let number = 1; number <= 50; number++) {
    shown.add(now);
    await keyboard.press('a');
    if (number < 50) now = await review.painted(now);
  }
  await expect(review.finished).toBeVisible();
  await expect(review.main.getByText(/50 aprovadas.* nesta sessão/)).toBeVisible();

  // Every document was on the screen once, and exactly these were approved.
  expect([...shown].sort()).toEqual([...documents.keys()].sort());
  await expect.poll(async () => (await processes(admin, `month=${month(-20)}&status=AGUARDANDO_ENVIO_SAT`)).length).toBe(50);
  expect(keyboard.presses, 'presses of a pointer').toBe(0);

  const spans = await page.evaluate(() => (window as unknown as { esteiraSpans: number[] }).esteiraSpans);
  const measured = await page.evaluate(() => performance.getEntriesByName('review-next', 'measure').map((entry) => entry.duration));
  expect(spans).toHaveLength(49);
  expect(measured, 'the page measures every document it shows').toHaveLength(50);
  for (const line of [`key A to next document: ${summary(spans)}`, `review-next: ${summary(measured.slice(1))}`]) {
    console.log(`[${info.project.name}] ${line}`);
    info.annotations.push({ type: 'measurement', description: line });
  }
});

test('J and K walk the queue, R rejects with a reason', async ({ page, admin }) => {
  const [first, second, third] = await waiting(admin, -22, ['Rejeição A', 'Rejeição B', 'Rejeição C'], ['VIVO']);
  if (!first || !second || !third) throw new Error('three processes were expected');
  const keyboard = await Keyboard.of(page);
  const review = await desk(page, admin, -22);
  const one = await review.painted();
  await expect(review.position).toHaveText('1 de 3');
  await expect(review.facts.getByRole('heading', { level: 2 })).toHaveText(first.client_name);

  await keyboard.press('j');
  const two = await review.painted(one);
  await expect(review.position).toHaveText('2 de 3');
  await expect(review.facts.getByRole('heading', { level: 2 })).toHaveText(second.client_name);
  await keyboard.press('k');
  expect(await review.painted(two)).toBe(one);
  await expect(review.position).toHaveText('1 de 3');

  await keyboard.press('r');
  const dialog = review.dialog(new RegExp(`^Rejeitar ${first.client_name}`));
  const reason = dialog.getByLabel('Motivo', { exact: true });
  await expect(reason).toBeFocused();
  await keyboard.press('Enter');
  await expect(dialog).toContainText('Diga por quê: quem for corrigir precisa saber.');
  expect((await detail(admin, first.id)).process.status).toBe('AGUARDANDO_APROVACAO');
  await keyboard.type('Valor não confere com o contrato');
  await keyboard.press('Enter');

  // On to the next by itself, and the decision is kept with its reason.
  await expect(dialog).toBeHidden();
  expect(await review.painted(one)).toBe(two);
  await expect(review.main.getByText(/1 rejeitada.* nesta sessão/)).toBeVisible();
  const { process, moves } = await detail(admin, first.id);
  expect(process).toMatchObject({ status: 'REJEITADO', rejection_reason: 'Valor não confere com o contrato' });
  expect(moves[0]).toMatchObject({ move: 'reject', reason: 'Valor não confere com o contrato' });
  expect((await detail(admin, second.id)).process.status).toBe('AGUARDANDO_APROVACAO');
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
});

test('Escape leaves the rejection undone', async ({ page, admin }) => {
  const [only] = await waiting(admin, -23, ['Desistência'], ['VIVO']);
  const keyboard = await Keyboard.of(page);
  const review = await desk(page, admin, -23);
  await review.painted();
  await keyboard.press('r');
  await expect(review.dialog(/^Rejeitar/)).toBeVisible();
  await keyboard.type('a'); // Typed into the reason: approves nothing.
  await keyboard.press('Escape');
  await expect(review.dialog(/^Rejeitar/)).toBeHidden();
  expect((await detail(admin, only?.id ?? '')).process.status).toBe('AGUARDANDO_APROVACAO');
});

test('what somebody else decided first is explained and not decided twice', async ({ page, admin }) => {
  const [first, second] = await waiting(admin, -24, ['Disputa A', 'Disputa B'], ['VIVO']);
  if (!first || !second) throw new Error('two processes were expected');
  const other = await admin.colleague('Bruno Disputa', 'analyst');
  const keyboard = await Keyboard.of(page);
  // The other person's decision arrives while ours is on its way.
  await page.route(`**/processes/${first.id}/approve`, async (route) => {
    await approve(other, first.id);
    await route.continue();
  });
  const answered = page.waitForResponse((response) => response.url().endsWith(`${first.id}/approve`));
  const review = await desk(page, admin, -24);
  const one = await review.painted();
  await keyboard.press('a');
  expect((await answered).status()).toBe(409);

  const alert = page.getByRole('alert').filter({ hasText: first.client_name });
  await expect(alert).toContainText(/Este processo já está em outro status|Outra pessoa mudou este registro/);
  // The next one is under work, and nothing of it was touched.
  await review.painted(one);
  await expect(review.facts.getByRole('heading', { level: 2 })).toHaveText(second.client_name);
  const item = review.queue.getByRole('button', { name: new RegExp(first.client_name) });
  await expect(item).toContainText('decidida por outra pessoa');
  const { moves } = await detail(admin, first.id);
  expect(moves.filter((one) => one.move === 'approve').map((one) => one.actor)).toEqual(['Bruno Disputa']);
  expect((await detail(admin, second.id)).process.status).toBe('AGUARDANDO_APROVACAO');
});

test('a document decided elsewhere says so on the screen and cannot be approved any more', async ({ page, admin }) => {
  const [first] = await waiting(admin, -25, ['Surpresa A', 'Surpresa B'], ['VIVO']);
  const other = await admin.colleague('Carla Surpresa', 'analyst');
  const keyboard = await Keyboard.of(page);
  const review = await desk(page, admin, -25);
  const one = await review.painted();
  await approve(other, first?.id ?? '');
  await expect(page.getByRole('alert')).toContainText('Este processo mudou: A enviar ao SAT');
  // What is on the screen stays there until the person moves on.
  expect(await review.painted()).toBe(one);
  await expect(review.button(/^Aprovar e ver próxima/)).toBeDisabled();
  await keyboard.press('a');
  await expect(review.position).toHaveText('1 de 2');
  await keyboard.press('j');
  await review.painted(one);
});

test('a new version that arrives during the review must be looked at before it is approved', async ({ page, admin }) => {
  const [only] = await waiting(admin, -26, ['Nova Versão'], ['VIVO']);
  const id = only?.id ?? '';
  const keyboard = await Keyboard.of(page);
  const review = await desk(page, admin, -26);
  const old = await review.painted();
  const later = await upload(admin, id);
  await expect(page.getByRole('alert')).toContainText('Chegou outra versão deste documento');
  await keyboard.press('a');
  expect((await detail(admin, id)).process.status).toBe('AGUARDANDO_APROVACAO');
  expect(await review.painted()).toBe(old);

  await keyboard.activate(review.button('Ver a versão atual'));
  expect(await review.painted(old)).toBe(later.documents[0]?.id);
  await keyboard.press('a');
  await expect(review.finished).toBeVisible();
  const approvals = async () => (await detail(admin, id)).moves.filter((one) => one.move === 'approve').length;
  await expect.poll(approvals).toBe(1);
});

test('somebody who only reads has no review', async ({ page, admin }) => {
  const viewer = await admin.colleague('Vera Leitora', 'viewer');
  const shell = await Shell.open(page, viewer, '/');
  await expect(shell.link('Processos')).toBeVisible();
  await expect(shell.link('Revisão')).toHaveCount(0);
});
