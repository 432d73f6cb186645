import type { Page } from '@playwright/test';
import type { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { ProcessPage, file } from '../support/pages/process';
import { Shell } from '../support/pages/shell';
import { encryptedInvoice, invoice, invoiceOfSize, jpeg } from '../support/pdf';
import { type Process, detail, fresh, month, openedMonth, upload } from '../support/world';

const LIMIT = 64_000;

async function opened(page: Page, api: Api, process: Process | undefined): Promise<ProcessPage> {
  if (!process) throw new Error('a process was expected');
  await Shell.open(page, api, `/processos/${process.id}`);
  return new ProcessPage(page);
}

async function limitTo(admin: Api, bytes: number): Promise<void> {
  const settings = await admin.get<Record<string, unknown>>('/organization');
  await admin.put('/organization', { ...settings, max_document_bytes: bytes });
}

test('of several files dropped at once the good ones land and each other one says why not', async ({ page, admin }) => {
  await limitTo(admin, LIMIT);
  const [target] = await openedMonth(admin, month(-30), ['Vários Arquivos'], ['VIVO']);
  const process = await opened(page, admin, target);
  const [good, second] = [invoice(fresh()), invoice(fresh())];
  await process.input.setInputFiles([
    file('boa.pdf', good),
    file('foto.pdf', jpeg()),
    file('vazia.pdf', new Uint8Array()),
    file('cifrada.pdf', encryptedInvoice(fresh())),
    file('grande.pdf', invoiceOfSize(fresh(), 200_000)),
    file('cortada.pdf', invoice(fresh()).subarray(0, 200)),
    file('planilha.xlsx', jpeg(), 'application/vnd.ms-excel'),
    file('segunda.pdf', second),
  ]);

  const said: [string, string | RegExp][] = [
    ['boa.pdf', 'Enviado'],
    ['foto.pdf', /não é um PDF: parece ser JPEG/],
    ['vazia.pdf', 'O arquivo está vazio (0 bytes)'],
    ['cifrada.pdf', 'O PDF pede senha'],
    ['grande.pdf', 'O arquivo tem 200 kB e o limite é 64 kB.'],
    ['cortada.pdf', 'O PDF está danificado ou incompleto'],
    ['planilha.xlsx', 'Só aceitamos PDF'],
    ['segunda.pdf', 'Enviado'],
  ];
  for (const [name, words] of said) await expect(process.fileRow(name), name).toContainText(words);
  await expect(process.status('Para aprovar')).toBeVisible();
  const { documents } = await detail(admin, target?.id ?? '');
  expect(documents.map((document) => document.filename).sort()).toEqual(['boa.pdf', 'segunda.pdf']);
});

test('the server refuses what the page did not know to be too large', async ({ page, admin }) => {
  await limitTo(admin, LIMIT);
  const [target] = await openedMonth(admin, month(-31), ['Limite Baixado'], ['VIVO']);
  const process = await opened(page, admin, target);
  // Lowered after the page was opened, by somebody else, and the page is not told.
  await process.live('ao vivo').click();
  await expect(process.live('pausado')).toBeVisible();
  await limitTo(admin, 16_000);
  await process.input.setInputFiles([file('media.pdf', invoiceOfSize(fresh(), 32_000))]);
  await expect(process.fileRow('media.pdf')).toContainText('O arquivo passa do limite de 16 kB.');
  expect((await detail(admin, target?.id ?? '')).documents).toEqual([]);
  await limitTo(admin, LIMIT);
});

test('a document kept elsewhere is linked, and kept again only on purpose', async ({ page, admin }) => {
  const [first, second] = await openedMonth(admin, month(-32), ['Original', 'Repetida'], ['VIVO']);
  const bytes = invoice(fresh());
  await upload(admin, first?.id ?? '', bytes, 'original.pdf');
  const process = await opened(page, admin, second);

  await process.input.setInputFiles([file('copia.pdf', bytes)]);
  const row = process.fileRow('copia.pdf');
  await expect(row).toContainText('Este mesmo arquivo já foi enviado antes.');
  await expect(row.getByRole('link', { name: /^Original · VIVO · / })).toHaveAttribute('href', `/processos/${first?.id}`);
  expect((await detail(admin, second?.id ?? '')).documents).toEqual([]);

  await row.getByRole('button', { name: 'Descartar' }).click();
  await expect(row).toHaveCount(0);
  await process.input.setInputFiles([file('copia.pdf', bytes)]);
  await row.getByRole('button', { name: 'Guardar mesmo assim' }).click();
  await expect(process.status('Para aprovar')).toBeVisible();
  expect((await detail(admin, second?.id ?? '')).documents.map((document) => document.filename)).toEqual(['copia.pdf']);
});

test('the same bytes dropped twice at once are kept once', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-33), ['Mesmos Bytes'], ['VIVO']);
  const process = await opened(page, admin, target);
  const bytes = invoice(fresh());
  await process.input.setInputFiles([file('um.pdf', bytes), file('dois.pdf', bytes)]);
  const refused = process.files.getByRole('listitem').filter({ hasText: 'Este mesmo arquivo já foi enviado antes.' });
  const sent = process.files.getByRole('listitem').filter({ hasText: /Enviado$/ });
  await expect(refused).toHaveCount(1);
  await expect(sent).toHaveCount(1);
  expect((await detail(admin, target?.id ?? '')).documents).toHaveLength(1);
});

test('names are text and never paths', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-34), ['Nomes Estranhos'], ['VIVO']);
  const process = await opened(page, admin, target);
  let scripts = 0;
  page.on('dialog', (dialog) => {
    scripts++;
    void dialog.dismiss();
  });
  const names = ['../../etc/passwd.pdf', 'Fatura São José \u202efdp.exe.pdf', '<img src=x onerror=alert(1)>.pdf', 'ﬁm 🧾 отчёт.pdf'];
  for (const [index, name] of names.entries()) {
    await process.input.setInputFiles([file(name, invoice(fresh()))]);
    await expect.poll(async () => (await detail(admin, target?.id ?? '')).documents.length).toBe(index + 1);
  }
  const kept = await admin.get<{ process: { fatura_s3_key: string }; documents: { filename: string }[] }>(`/processes/${target?.id}`);
  expect(kept.process.fatura_s3_key).toMatch(/^pdfs\/VIVO\/NomesEstranhos_\d{4}_\d\d_\d{8}_\d{6}_[A-Za-z0-9_.-]+\.pdf$/);
  for (const { filename } of kept.documents) expect(filename, 'as it is kept').not.toMatch(/[/\\\u202e]/);
  await expect(process.card('Versões').getByRole('listitem')).toHaveCount(names.length);
  await expect(process.card('Versões')).toContainText('passwd.pdf');
  expect(scripts, 'scripts that ran out of a name').toBe(0);
});

test('an upload that was cut off is sent again by a click', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-35), ['Rede Caiu'], ['VIVO']);
  const process = await opened(page, admin, target);
  await page.route('**/documents?*', (route) => route.abort('connectionreset'), { times: 1 });
  await process.input.setInputFiles([file('fatura.pdf', invoice(fresh()))]);
  const row = process.fileRow('fatura.pdf');
  await expect(row).toContainText('Não foi possível falar com o servidor');
  await row.getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(process.status('Para aprovar')).toBeVisible();
  expect((await detail(admin, target?.id ?? '')).documents.map((document) => document.filename)).toEqual(['fatura.pdf']);
});

test('an upload to a server that is down succeeds once the server is back', async ({ page, admin, server }) => {
  const [target] = await openedMonth(admin, month(-36), ['Servidor Caiu'], ['VIVO']);
  const process = await opened(page, admin, target);
  await expect(process.input).toBeAttached();
  await server.crash();
  await process.input.setInputFiles([file('fatura.pdf', invoice(fresh()))]);
  const row = process.fileRow('fatura.pdf');
  await expect(row).toContainText('Não foi possível falar com o servidor');
  await server.restart();
  await row.getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(process.status('Para aprovar')).toBeVisible();
  expect((await detail(admin, target?.id ?? '')).documents).toHaveLength(1);
});
