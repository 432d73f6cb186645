import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN, Api, SETUP_CODE } from '../support/api';
import { cnpj } from '../support/cnpj';
import { Complaints } from '../support/console';
import { expect, test as base } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { Gate } from '../support/pages/gate';
import { ProcessPage } from '../support/pages/process';
import { Registry } from '../support/pages/registry';
import { invoice } from '../support/pdf';
import { Server, simulate } from '../support/server';
import { month, monthInWords, processes } from '../support/world';

/** Both journeys begin with the first run, so each has a server of its own. */
const test = base.extend<{ sat: { url: string } }>({
  server: async ({ backend }, use, info) => {
    const server = await Server.start({ backend });
    await use(server);
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: server.log, contentType: 'text/plain' });
    await server.stop();
  },
  sat: async ({}, use) => {
    const sat = await simulate('sat', ['--latency-ms', '5', '20']);
    await use(sat);
    await sat.stop();
  },
});

const CLIENT = 'Clínica Saúde Total';
const PASSWORD = 'segredo-do-portal-77';
const MONTH = month();

/** What must be true afterwards, whoever went there: told by the page, by the API and by SAT. */
async function expectArrived(page: ProcessPage, server: Server, sat: { url: string }, pdf: Uint8Array): Promise<void> {
  await expect(page.status('No SAT')).toBeVisible({ timeout: 20_000 });
  await page.expectHistory([
    ['Recebido pelo SAT', 'Sistema'],
    ['Envio ao SAT iniciado', ADMIN.name],
    ['Aprovado', ADMIN.name],
    ['Fatura recebida', ADMIN.name],
    ['Mês aberto', ADMIN.name],
  ]);

  const api = new Api(server.url);
  await api.signIn();
  const [only, ...others] = await processes(api, `month=${MONTH}`);
  expect(others).toEqual([]);
  expect(only?.status).toBe('UPLOAD_REALIZADO');
  const { moves } = await api.get<{ moves: { move: string }[] }>(`/processes/${only?.id}`);
  expect(moves.map((one) => one.move)).toEqual(['finish_send', 'start_send', 'approve', 'receive', 'open']);

  const kept = (await (await fetch(`${sat.url}/documentos`)).json()) as { sha256: string }[];
  expect(kept.map((document) => document.sha256)).toEqual([createHash('sha256').update(pdf).digest('hex')]);
}

test('from the first run to SAT by mouse', async ({ page, server, sat }) => {
  const complaints = new Complaints(page);
  await page.goto('/');
  const gate = new Gate(page);
  await expect(gate.setUpHeading).toBeVisible();
  await gate.setUp(ADMIN);

  const registry = new Registry(page);
  await expect(page.getByRole('heading', { name: 'Primeiros passos' })).toBeVisible();
  await page.getByRole('link', { name: 'Cadastrar operadoras' }).click();
  await registry.addOperator('VIVO');
  await expect(registry.row('VIVO')).toBeVisible();

  await registry.link('Clientes').click();
  await registry.addClient(CLIENT, cnpj(fixed(1)));
  await registry.addAccount('VIVO', '0289341177', 'portal@example.com', PASSWORD);
  await expect(registry.row('VIVO')).toContainText('Definida');

  await registry.link('Configurações').click();
  await registry.main.getByLabel(/^Endereço/).fill(sat.url);
  await registry.button('Salvar configurações').click();
  await expect(registry.notices.getByText('Configurações salvas.')).toBeVisible();
  await registry.button('Testar conexão').click();
  await expect(registry.main.getByText(/O SAT respondeu em/)).toBeVisible();

  await registry.link('Mês').click();
  await expect(page).toHaveURL(new RegExp(`/mes/${MONTH}$`));
  await registry.button('Abrir o mês').click();
  await registry.dialog(`Abrir ${monthInWords(MONTH)}`).getByRole('button', { name: /^Abrir 1 processo/ }).click();
  await page.getByRole('gridcell', { name: new RegExp(`${CLIENT} · VIVO, Aguardando fatura`) }).dblclick();

  const process = new ProcessPage(page);
  await expect(process.status('Aguardando fatura')).toBeVisible();
  const pdf = invoice(1, { client: CLIENT });
  const path = join(server.folder, 'fatura de outubro.pdf');
  writeFileSync(path, pdf);
  await process.drag([path]);
  await expect(process.status('Para aprovar')).toBeVisible();
  await expect(process.card('Versões')).toContainText('fatura de outubro.pdf');

  await process.button('Aprovar').click();
  await process.button('Enviar ao SAT').click();
  await expectArrived(process, server, sat, pdf);
  expect(await page.content()).not.toContain(PASSWORD);
  complaints.expectNone();
});

test('from the first run to SAT by keyboard alone', async ({ page, server, sat }) => {
  const keyboard = await Keyboard.of(page);
  const complaints = new Complaints(page);
  await page.goto('/');
  const gate = new Gate(page);
  await expect(gate.code).toBeFocused();
  await keyboard.type(SETUP_CODE);
  await keyboard.write(gate.organization, ADMIN.organization_name);
  await keyboard.write(gate.name, ADMIN.name);
  await keyboard.write(gate.email, ADMIN.email);
  await keyboard.write(gate.password, ADMIN.password);
  await keyboard.write(gate.again, ADMIN.password);
  await keyboard.press('Enter');

  const registry = new Registry(page);
  await expect(page.getByRole('heading', { name: 'Primeiros passos' })).toBeVisible();
  await keyboard.press('g');
  await keyboard.press('o');
  await expect(registry.heading('Operadoras')).toBeVisible();
  await keyboard.press('n');
  await expect(registry.form('Nova operadora').getByLabel('Nome')).toBeFocused();
  await keyboard.type('VIVO');
  await keyboard.press('Enter');
  await expect(registry.row('VIVO')).toBeVisible();

  await keyboard.press('g');
  await keyboard.press('c');
  await expect(registry.heading('Clientes')).toBeVisible();
  await keyboard.press('n');
  const client = registry.form('Novo cliente');
  await expect(client.getByLabel('Razão social')).toBeFocused();
  await keyboard.type(CLIENT);
  await keyboard.write(client.getByLabel('CNPJ'), cnpj(fixed(2)));
  await keyboard.press('Enter');
  await expect(registry.heading(CLIENT)).toBeVisible();

  await keyboard.activate(registry.button('Nova conta').first());
  const account = registry.form('Nova conta');
  await keyboard.reach(account.getByLabel('Operadora'));
  await keyboard.type('VIVO');
  await expect(account.getByLabel('Operadora').locator('option:checked')).toHaveText('VIVO');
  await keyboard.write(account.getByLabel('Número da conta'), '0289341177');
  await keyboard.write(account.getByLabel(/^Usuário do portal/), 'portal@example.com');
  await keyboard.activate(account.getByRole('button', { name: 'Definir' }));
  const password = account.getByLabel('Senha do portal', { exact: true });
  await expect(password).toBeFocused();
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');
  await expect(registry.row('VIVO')).toContainText('Definida');

  await keyboard.press('g');
  await keyboard.press('s');
  await expect(registry.heading('Configurações')).toBeVisible();
  await keyboard.write(registry.main.getByLabel(/^Endereço/), sat.url);
  await keyboard.press('Enter');
  await expect(registry.notices.getByText('Configurações salvas.')).toBeVisible();

  await keyboard.activate(registry.link('Mês'));
  await keyboard.activate(registry.button('Abrir o mês'));
  const opening = registry.dialog(`Abrir ${monthInWords(MONTH)}`);
  await keyboard.activate(opening.getByRole('button', { name: /^Abrir 1 processo/ }));
  await keyboard.activate(page.getByRole('gridcell', { name: new RegExp(`${CLIENT} · VIVO`) }));

  const process = new ProcessPage(page);
  await expect(process.status('Aguardando fatura')).toBeVisible();
  const pdf = invoice(2, { client: CLIENT });
  const asked = page.waitForEvent('filechooser');
  await keyboard.activate(process.choose);
  await (await asked).setFiles({ name: 'fatura.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf) });
  await expect(process.status('Para aprovar')).toBeVisible();
  await keyboard.press('a');
  await expect(process.status('A enviar ao SAT')).toBeVisible();
  await keyboard.activate(process.button('Enviar ao SAT'));

  await expectArrived(process, server, sat, pdf);
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
  complaints.expectNone();
});

/** The same rows each time: the server is fresh. */
function fixed(number: number): number {
  return 10_000_000 + number;
}
