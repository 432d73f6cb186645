import type { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { ProcessPage, file } from '../support/pages/process';
import { Shell } from '../support/pages/shell';
import { invoice } from '../support/pdf';
import { simulate } from '../support/server';
import { approve, detail, fresh, month, openedMonth, upload } from '../support/world';

async function sendTo(admin: Api, url: string): Promise<void> {
  const settings = await admin.get<Record<string, unknown>>('/organization');
  await admin.put('/organization', { ...settings, sat_url: url });
}

test('what SAT refuses is told with its cause and what to do, and is sent again', async ({ page, admin }) => {
  const sat = await simulate('sat', ['--latency-ms', '0', '1', '--business-rate', '1']);
  try {
    await sendTo(admin, sat.url);
    const [target] = await openedMonth(admin, month(-90), ['Recusado'], ['VIVO']);
    const id = target?.id ?? '';
    await upload(admin, id);
    await approve(admin, id);
    await Shell.open(page, admin, `/processos/${id}`);
    const process = new ProcessPage(page);
    await process.button('Enviar ao SAT').click();
    await expect(process.status('Falha no envio ao SAT')).toBeVisible();
    const notice = process.main.getByText('O envio ao SAT falhou').locator('..');
    const { process: failed } = await admin.get<{ process: { error: { cause: string; recommended_action: string } } }>(`/processes/${id}`);
    await expect(notice).toContainText(failed.error.cause);
    await expect(notice).toContainText(failed.error.recommended_action);
    await expect(process.history.first()).toContainText('Envio ao SAT falhou');

    await fetch(`${sat.url}/opcoes`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ business_rate: 0 }),
    });
    await process.button('Tentar enviar de novo').click();
    await expect(process.status('No SAT')).toBeVisible();
    expect((await detail(admin, id)).moves.map((one) => one.move).slice(0, 4)).toEqual(['finish_send', 'retry_send', 'fail_send', 'start_send']);
    const kept = (await (await fetch(`${sat.url}/documentos/contagem`)).json()) as { total: number };
    expect(kept.total).toBe(1);
  } finally {
    await sat.stop();
  }
});

test('value and due date are typed as people here write them, and wrong ones are told', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-91), ['Valores'], ['VIVO']);
  await upload(admin, target?.id ?? '');
  await Shell.open(page, admin, `/processos/${target?.id}`);
  const process = new ProcessPage(page);
  await process.card('Fatura').getByRole('button', { name: 'Editar' }).click();
  const form = process.dialog('Valor e vencimento');
  const value = form.getByLabel(/^Valor em R\$/);
  await expect(value).toBeFocused();
  await value.fill('mil reais');
  await form.getByRole('button', { name: 'Salvar' }).click();
  await expect(form).toContainText('Escreva assim: 1.284,90');
  await value.fill('1.284,90');
  await form.getByLabel(/^Vencimento/).fill('20/11/2026');
  await page.keyboard.press('Tab');
  await form.getByRole('button', { name: 'Salvar' }).click();
  await expect(form).toBeHidden();
  await expect(process.card('Fatura')).toContainText(/R\$\s1\.284,90/);
  await expect(process.card('Fatura')).toContainText('20/11/2026');
  const saved = await admin.get<{ process: object }>(`/processes/${target?.id}`);
  expect(saved.process).toMatchObject({ valor_fatura: '1284.90', data_vencimento: '2026-11-20' });
});

test('a new version takes the approval back, and every version stays', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-92), ['Versões Várias'], ['VIVO']);
  const id = target?.id ?? '';
  await upload(admin, id, invoice(fresh()), 'primeira.pdf');
  await approve(admin, id);
  await Shell.open(page, admin, `/processos/${id}`);
  const process = new ProcessPage(page);
  await expect(process.status('A enviar ao SAT')).toBeVisible();
  await process.input.setInputFiles([file('segunda.pdf', invoice(fresh(), { pages: 3 }))]);
  await expect(process.status('Para aprovar')).toBeVisible();
  const versions = process.card('Versões').getByRole('listitem');
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText('segunda.pdf');
  await expect(versions.first()).toContainText('3 pág.');

  // Each can be looked at and downloaded as it was sent.
  const viewer = page.getByRole('region', { name: 'Documento' });
  await expect(viewer.getByText('página 1 de 3')).toBeVisible();
  await versions.nth(1).getByRole('button', { name: 'Ver' }).click();
  await expect(viewer.getByText('página 1 de 1')).toBeVisible();
  const download = page.waitForEvent('download');
  await versions.nth(1).getByRole('link', { name: 'Baixar a versão 1' }).click();
  expect((await download).suggestedFilename()).toBe('primeira.pdf');
});

test('a rejection says by whom and why, and a corrected invoice mends it', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-93), ['Rejeitado'], ['VIVO']);
  const id = target?.id ?? '';
  await upload(admin, id);
  const hugo = await admin.colleague('Hugo Rigor', 'analyst');
  await Shell.open(page, hugo, `/processos/${id}`);
  const process = new ProcessPage(page);
  await process.main.getByRole('button', { name: 'Ações', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Rejeitar…' }).click();
  const dialog = process.dialog(/^Rejeitar Rejeitado/);
  await dialog.getByRole('button', { name: 'Fatura de outro mês' }).click();
  await dialog.getByRole('button', { name: 'Rejeitar', exact: true }).click();
  await expect(process.main.getByText('Rejeitado por Hugo Rigor')).toBeVisible();
  await expect(process.history.first()).toContainText('Fatura de outro mês');
  await process.input.setInputFiles([file('corrigida.pdf', invoice(fresh()))]);
  await expect(process.status('Para aprovar')).toBeVisible();
  await expect(process.main.getByText('Rejeitado por Hugo Rigor')).toHaveCount(0);
});

test('an approval is taken back before the document goes out', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-94), ['Desfeito'], ['VIVO']);
  const id = target?.id ?? '';
  await upload(admin, id);
  await approve(admin, id);
  await Shell.open(page, admin, `/processos/${id}`);
  const process = new ProcessPage(page);
  await process.main.getByRole('button', { name: 'Ações', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Desfazer a aprovação' }).click();
  await expect(process.status('Para aprovar')).toBeVisible();
  await expect(process.history.first()).toContainText('Aprovação desfeita');
  expect((await detail(admin, id)).process.status).toBe('AGUARDANDO_APROVACAO');
});
