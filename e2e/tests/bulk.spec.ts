import { readFile } from 'node:fs/promises';
import type { Route } from '@playwright/test';
import type { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { ProcessesPage } from '../support/pages/processes';
import { Shell } from '../support/pages/shell';
import { simulate } from '../support/server';
import { type Process, month, openedMonth, processes, upload } from '../support/world';

const OPERATORS = ['VIVO', 'CLARO', 'OI', 'TIM', 'EMBRATEL'];

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${String(index + 1).padStart(3, '0')}`);
}

async function uploaded(admin: Api, all: Process[]): Promise<void> {
  for (let start = 0; start < all.length; start += 8) {
    await Promise.all(all.slice(start, start + 8).map((process) => upload(admin, process.id)));
  }
}

/** The list narrowed to one test's month and clients: opening a month opens it for the rows of the other tests too. */
function place(offset: number, prefix: string, more = ''): string {
  return `/processos?month=${month(offset)}&q=${prefix}${more}`;
}

test('everything that matches the filter is approved, then sent, and exported', async ({ page, admin }) => {
  test.setTimeout(150_000);
  const sat = await simulate('sat', ['--latency-ms', '0', '1']);
  try {
    const settings = await admin.get<Record<string, unknown>>('/organization');
    await admin.put('/organization', { ...settings, sat_url: sat.url });
    const all = await openedMonth(admin, month(-40), names('Lote', 24), OPERATORS);
    expect(all).toHaveLength(120);
    // Some have no invoice yet, so that the count has something to leave out.
    const withoutInvoice = all.slice(0, 5);
    await uploaded(admin, all.slice(5));

    await Shell.open(page, admin, place(-40, 'Lote'));
    const list = new ProcessesPage(page);
    await expect(list.total).toHaveText('120 resultados');
    await list.selectPage.check();
    await expect(list.selection.getByRole('status')).toHaveText('50 selecionados');
    await list.selectAll.click();
    await expect(list.selection.getByRole('status')).toHaveText('Todos os 120 que atendem ao filtro');

    // Counted first; nothing moves before the person says so.
    await list.selection.getByRole('button', { name: 'Aprovar' }).click();
    const approval = list.dialog('Aprovar processos');
    await expect(approval).toContainText('Podem ser aprovados: 115 de 120.');
    await expect(approval).toContainText('Ficam de fora, sem mudança: 5.');
    expect(await processes(admin, `month=${month(-40)}&q=Lote&status=AGUARDANDO_ENVIO_SAT`)).toEqual([]);
    await approval.getByRole('button', { name: 'Aprovar 115' }).click();
    await expect(approval.getByText('115 aprovados')).toBeVisible({ timeout: 30_000 });
    await approval.getByRole('button', { name: 'Fechar' }).last().click();
    expect(await processes(admin, `month=${month(-40)}&q=Lote&status=AGUARDANDO_ENVIO_SAT`)).toHaveLength(115);
    const left = await processes(admin, `month=${month(-40)}&q=Lote&status=AGUARDANDO_DOWNLOAD`);
    expect(left.map((process) => process.id).sort()).toEqual(withoutInvoice.map((process) => process.id).sort());

    // Sent, this time narrowed by the filter first.
    await list.choose('Status', 'A enviar ao SAT');
    await expect(list.total).toHaveText('115 resultados');
    await list.selectPage.check();
    await list.selectAll.click();
    await list.selection.getByRole('button', { name: 'Enviar ao SAT' }).click();
    const sending = list.dialog('Enviar processos ao SAT');
    await expect(sending).toContainText('Podem ser enviados ao SAT: 115 de 115.');
    await sending.getByRole('button', { name: 'Enviar 115 ao SAT' }).click();
    await expect(sending.getByText('115 na fila do SAT')).toBeVisible({ timeout: 30_000 });
    await sending.getByRole('button', { name: 'Fechar' }).last().click();
    const arrived = async () => (await processes(admin, `month=${month(-40)}&q=Lote&status=UPLOAD_REALIZADO`)).length;
    await expect.poll(arrived, { timeout: 60_000 }).toBe(115);
    const kept = (await (await fetch(`${sat.url}/documentos/contagem`)).json()) as { total: number };
    expect(kept.total, 'documents at SAT, each once').toBe(115);

    // What matches is what is exported.
    await page.goto(place(-40, 'Lote', '&status=UPLOAD_REALIZADO'));
    await expect(list.total).toHaveText('115 resultados');
    const download = page.waitForEvent('download');
    await list.main.getByRole('link', { name: 'Exportar CSV' }).click();
    const exported = await (await download).path();
    const lines = (await readFile(exported, 'utf8')).replace(/^\ufeff/, '').trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(116);
    expect(lines.slice(1).every((line) => line.includes('Lote '))).toBe(true);
  } finally {
    await sat.stop();
  }
});

test('chosen rows are rejected with one reason, and the others stay', async ({ page, admin }) => {
  const all = await openedMonth(admin, month(-41), names('Poucos', 4), ['VIVO']);
  await uploaded(admin, all);
  await Shell.open(page, admin, place(-41, 'Poucos'));
  const list = new ProcessesPage(page);
  for (const process of all.slice(0, 2)) await list.main.getByLabel(new RegExp(`^Selecionar ${process.client_name}`)).check();
  await list.selection.getByRole('button', { name: 'Rejeitar…' }).click();
  const dialog = list.dialog('Rejeitar processos');
  await expect(dialog).toContainText('Podem ser rejeitados: 2 de 2.');
  await dialog.getByRole('button', { name: 'Rejeitar 2' }).click();
  await expect(dialog).toContainText('Diga por quê');
  await dialog.getByLabel('Motivo', { exact: true }).fill('Fatura de outro mês');
  await dialog.getByRole('button', { name: 'Rejeitar 2' }).click();
  await expect(dialog.getByText('2 rejeitados')).toBeVisible();
  const after = await processes(admin, `month=${month(-41)}&q=Poucos`);
  expect(after.map((process) => [process.status, process.rejection_reason])).toEqual([
    ['REJEITADO', 'Fatura de outro mês'],
    ['REJEITADO', 'Fatura de outro mês'],
    ['AGUARDANDO_APROVACAO', null],
    ['AGUARDANDO_APROVACAO', null],
  ]);
});

test('a late answer to one action does not appear in the dialog of another', async ({ page, admin }) => {
  const all = await openedMonth(admin, month(-44), names('Tarde', 3), ['VIVO']);
  await uploaded(admin, all);
  await Shell.open(page, admin, place(-44, 'Tarde'));
  const list = new ProcessesPage(page);
  await list.selectPage.check();
  const approval = list.dialog('Aprovar processos');
  const rejection = list.dialog('Rejeitar processos');
  const lost = (route: Route) => route.abort();
  const arrives = (route: Route) => route.continue();
  for (const answer of [lost, arrives]) {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/processes/bulk/approve', async (route) => {
      const counts = (route.request().postDataJSON() as { dry_run: boolean }).dry_run;
      if (counts) return route.continue();
      await released;
      return answer(route);
    });
    await list.selection.getByRole('button', { name: 'Aprovar' }).click();
    await approval.getByRole('button', { name: 'Aprovar 3' }).click();
    await approval.getByRole('button', { name: 'Fechar' }).click();
    await list.selection.getByRole('button', { name: 'Rejeitar…' }).click();
    await expect(rejection).toContainText('Podem ser rejeitados: 3 de 3.');
    const reject = rejection.getByRole('button', { name: 'Rejeitar 3' });
    await expect(reject, 'the first is under way').toHaveAttribute('aria-busy', 'true');
    release();
    await expect(reject, 'its answer is here').not.toHaveAttribute('aria-busy', 'true');
    await expect(rejection).toContainText('Podem ser rejeitados: 3 de 3.');
    await expect(rejection.getByRole('alert')).toHaveCount(0);
    if (answer === lost) await expect(list.notices).toContainText('Não foi possível falar com o servidor');
    await rejection.getByRole('button', { name: 'Fechar' }).click();
  }
  const approved = async () => (await processes(admin, `month=${month(-44)}&q=Tarde&status=AGUARDANDO_ENVIO_SAT`)).length;
  await expect.poll(approved).toBe(3);
});

test('a filter is in the address, survives a reload and comes back with "back"', async ({ page, admin }) => {
  const all = await openedMonth(admin, month(-42), names('Filtro', 2), ['VIVO', 'CLARO']);
  await upload(admin, all[0]?.id ?? '');
  await Shell.open(page, admin, place(-42, 'Filtro'));
  const list = new ProcessesPage(page);
  await expect(list.total).toHaveText('4 resultados');
  await list.choose('Operadora', 'CLARO');
  await expect(list.total).toHaveText('2 resultados');
  await list.main.getByRole('searchbox', { name: 'Cliente ou CNPJ' }).fill('Filtro 001');
  await expect(list.total).toHaveText('1 resultado');
  await expect(page).toHaveURL(/[?&]q=Filtro(\+|%20)001/);
  await expect(page).toHaveURL(/[?&]operator_id=[0-9a-f-]{36}/);

  await page.reload();
  await expect(list.total).toHaveText('1 resultado');
  await expect(list.main.getByRole('searchbox', { name: 'Cliente ou CNPJ' })).toHaveValue('Filtro 001');
  await list.main.getByRole('link', { name: 'Filtro 001' }).click();
  await expect(page).toHaveURL(/\/processos\/[0-9a-f-]{36}$/);
  await page.goBack();
  await expect(list.total).toHaveText('1 resultado');
  await expect(list.filter('Operadora')).toContainText('CLARO');

  await list.button('Limpar filtros').click();
  await expect(page).toHaveURL(/\/processos$/);
  await expect(list.main.getByRole('searchbox', { name: 'Cliente ou CNPJ' })).toHaveValue('');
});

test('pages go forward and back, and "back" of the browser goes with them', async ({ page, admin }) => {
  await openedMonth(admin, month(-43), names('Folha', 12), OPERATORS);
  await Shell.open(page, admin, place(-43, 'Folha'));
  const list = new ProcessesPage(page);
  const rows = list.main.getByRole('row').filter({ hasText: 'Folha' });
  await expect(rows).toHaveCount(50);
  const first = await rows.allInnerTexts();
  await list.button('Próxima').click();
  await expect(rows).toHaveCount(10);
  const second = await rows.allInnerTexts();
  expect(second.filter((row) => first.includes(row)), 'rows on both pages').toEqual([]);
  await expect(list.total, 'stays known while paging').toHaveText('60 resultados');
  await page.goBack();
  await expect(rows).toHaveCount(50);
  await page.goForward();
  await expect(rows).toHaveCount(10);
  await list.button('Anterior').click();
  await expect(rows).toHaveCount(50);
});
