import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { ProcessPage } from '../support/pages/process';
import { ProcessesPage } from '../support/pages/processes';
import { Shell } from '../support/pages/shell';
import { invoice } from '../support/pdf';
import { Receiver } from '../support/receiver';
import { approve, detail, fresh, month, openedMonth, upload } from '../support/world';

/** A SAT whose answers nobody understands: it says 200 and some words. */
async function strangeSat(admin: Api): Promise<Receiver> {
  const sat = await Receiver.start();
  const settings = await admin.get<Record<string, unknown>>('/organization');
  await admin.put('/organization', { ...settings, sat_url: sat.url });
  return sat;
}

async function approved(admin: Api, offset: number, clients: string[]): Promise<string[]> {
  const opened = await openedMonth(admin, month(offset), clients, ['VIVO']);
  for (const { id } of opened) {
    await upload(admin, id);
    await approve(admin, id);
  }
  return opened.map(({ id }) => id);
}

test('what SAT answered in words of its own is left to a person, who finds the document there', async ({ page, admin }) => {
  const sat = await strangeSat(admin);
  try {
    const [id = ''] = await approved(admin, -60, ['Duvidoso']);
    await Shell.open(page, admin, `/processos/${id}`);
    const process = new ProcessPage(page);
    await process.button('Enviar ao SAT').click();
    await expect(process.status('Falha no envio ao SAT')).toBeVisible();
    const notice = process.notice('O envio ao SAT falhou');
    await expect(notice).toContainText('o ERP diz 200');
    await expect(notice).toContainText('Conferir no SAT antes de enviar de novo.');

    // Sending again is asked about first, and there is another way out.
    await notice.getByRole('button', { name: 'Tentar enviar de novo' }).click();
    const doubt = process.dialog('Executar de novo sem saber como a anterior terminou?');
    await expect(doubt).toContainText('pode ter chegado ao SAT');
    await doubt.getByRole('button', { name: 'O SAT já tem…' }).click();
    await expect(doubt).toBeHidden();

    const found = process.dialog('O SAT já tem esta fatura?');
    const protocol = found.getByLabel('Protocolo no SAT');
    await expect(protocol).toBeFocused();
    await found.getByRole('button', { name: 'O SAT tem', exact: true }).click();
    await expect(protocol, 'it is needed').toHaveAttribute('aria-invalid', 'true');
    await protocol.fill('SAT-2026-0042');
    await found.getByLabel(/^Observação/).fill('Visto na tela de documentos do SAT');
    await found.getByRole('button', { name: 'O SAT tem', exact: true }).click();

    await expect(process.status('No SAT')).toBeVisible();
    await expect(found).toBeHidden();
    await expect(notice).toHaveCount(0);
    await expect(process.card('Fatura')).toContainText('SAT-2026-0042');
    await expect(process.history.first()).toContainText('Confirmado no SAT');
    await expect(process.history.first()).toContainText('Visto na tela de documentos do SAT');
    expect(sat.received, 'sent once').toHaveLength(1);
    const { moves } = await detail(admin, id);
    expect(moves.map((one) => one.move).slice(0, 3)).toEqual(['confirm_send', 'fail_send', 'start_send']);
  } finally {
    await sat.stop();
  }
});

test('a sending in doubt goes out again only when the person says so', async ({ page, admin }) => {
  const sat = await strangeSat(admin);
  try {
    const [id = ''] = await approved(admin, -61, ['De Novo']);
    await Shell.open(page, admin, `/processos/${id}`);
    const process = new ProcessPage(page);
    await process.button('Enviar ao SAT').click();
    const notice = process.notice('O envio ao SAT falhou');
    await expect(notice).toContainText('o ERP diz 200');
    await notice.getByRole('button', { name: 'Tentar enviar de novo' }).click();
    const doubt = process.dialog('Executar de novo sem saber como a anterior terminou?');
    await doubt.getByRole('button', { name: 'Cancelar' }).click();
    await expect(doubt).toBeHidden();
    expect(sat.received).toHaveLength(1);

    await notice.getByRole('button', { name: 'Tentar enviar de novo' }).click();
    await doubt.getByRole('button', { name: 'Tentar enviar de novo' }).click();
    await expect(doubt).toBeHidden();
    await expect.poll(() => sat.received.length).toBe(2);
  } finally {
    await sat.stop();
  }
});

test('before many are sent, those in doubt are counted apart and left to a choice', async ({ page, admin }) => {
  const sat = await strangeSat(admin);
  try {
    const [first = ''] = await approved(admin, -62, ['Duplo 001', 'Duplo 002']);
    const { process } = await detail(admin, first);
    await admin.post(`/processes/${first}/send`, { version: process.version });
    await expect.poll(async () => (await detail(admin, first)).process.status, { timeout: 30_000 }).toBe('ERRO_ENVIO_SAT');

    await Shell.open(page, admin, `/processos?month=${month(-62)}&q=Duplo`);
    const list = new ProcessesPage(page);
    await expect(list.total).toHaveText('2 resultados');
    await list.selectPage.check();
    await list.selection.getByRole('button', { name: 'Enviar ao SAT' }).click();
    const sending = list.dialog('Enviar processos ao SAT');
    await expect(sending).toContainText('Podem ser enviados ao SAT: 1 de 2.');
    await expect(sending.getByRole('button', { name: 'Enviar 1 ao SAT' })).toBeEnabled();
    await sending.getByRole('checkbox', { name: 'Enviar também 1 que talvez já esteja no SAT' }).check();
    await sending.getByRole('button', { name: 'Enviar 2 ao SAT' }).click();
    await expect(sending.getByText('2 na fila do SAT')).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => sat.received.length, { timeout: 30_000 }).toBe(3);
  } finally {
    await sat.stop();
  }
});

/** The file below a folder that holds these bytes. */
async function keptAt(folder: string, bytes: Uint8Array): Promise<string> {
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() && found.size === bytes.length && (await readFile(path)).equals(bytes)) return path;
  }
  throw new Error(`no file below ${folder} holds the document`);
}

test('a document that was changed in the store is shown nowhere, and told of on Início', async ({ page, admin, server }) => {
  const [target] = await openedMonth(admin, month(-63), ['Danificado'], ['VIVO']);
  const id = target?.id ?? '';
  const bytes = Buffer.from(invoice(fresh()));
  await upload(admin, id, bytes);
  const path = await keptAt(server.folder, bytes);
  const other = Buffer.from(bytes);
  other.writeUInt8(other.readUInt8(40) ^ 1, 40);
  await writeFile(path, other);

  await Shell.open(page, admin, `/processos/${id}`);
  const viewer = page.getByRole('region', { name: 'Documento' });
  await expect(viewer.getByRole('alert').first()).toContainText('O arquivo guardado não é mais o que foi recebido');
  await expect(viewer.locator('canvas'), 'nothing of it is drawn').toHaveCount(0);

  const shell = await Shell.open(page, admin, '/');
  const notice = shell.notice('O armazenamento não guarda mais o que foi recebido');
  await expect(notice).toBeVisible();
  const link = notice.getByRole('link', { name: /^Danificado · VIVO · .* \(v1\)$/ });
  await expect(link).toBeVisible();

  // Restored, it is read again, and nobody is told any more.
  await writeFile(path, bytes);
  await link.click();
  await expect(viewer.getByText('página 1 de 1')).toBeVisible();
  await page.goBack();
  await expect(shell.card('Robôs agora')).toBeVisible();
  await expect(notice).toHaveCount(0);
});
