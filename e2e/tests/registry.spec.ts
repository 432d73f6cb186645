import { readFile } from 'node:fs/promises';
import { cnpj, formatted } from '../support/cnpj';
import { expect, test } from '../support/fixtures';
import { file } from '../support/pages/process';
import { Registry } from '../support/pages/registry';
import { Shell } from '../support/pages/shell';
import { fresh, month, openedMonth } from '../support/world';

interface Client {
  id: string;
  razao_social: string;
  cnpj: string;
  active: boolean;
}

test('an operator is added, changed, taken out of use and deleted', async ({ page, admin }) => {
  await Shell.open(page, admin, '/operadoras');
  const registry = new Registry(page);
  await registry.addOperator('nextel');
  await expect(registry.row('NEXTEL'), 'kept in capitals').toBeVisible();

  await registry.act('NEXTEL', 'Editar');
  const form = registry.form('Editar NEXTEL');
  await form.getByRole('switch', { name: 'Tem robô de download' }).click();
  await form.getByRole('switch', { name: 'O robô é de terceiros' }).click();
  await form.getByLabel(/^Endereço do robô/).fill('isto não é um endereço');
  await form.getByRole('button', { name: 'Salvar operadora' }).click();
  await expect(form.getByLabel(/^Endereço do robô/)).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel(/^Endereço do robô/).fill('https://rpa.example.com/nextel');
  await form.getByRole('button', { name: 'Salvar operadora' }).click();
  await expect(form).toBeHidden();
  await expect(registry.row('NEXTEL')).toContainText('De terceiros');
  await expect(registry.row('NEXTEL')).toContainText('https://rpa.example.com/nextel');

  await registry.act('NEXTEL', 'Desativar');
  await registry.dialog('Desativar a operadora NEXTEL?').getByRole('button', { name: 'Desativar operadora' }).click();
  await expect(registry.row('NEXTEL')).toContainText('Inativa');

  await registry.act('NEXTEL', 'Excluir');
  await registry.dialog('Excluir a operadora NEXTEL?').getByRole('button', { name: 'Excluir operadora' }).click();
  await expect(registry.notices).toContainText('Operadora NEXTEL excluída.');
  await expect(registry.row('NEXTEL')).toHaveCount(0);
});

test('an operator that is in use cannot be deleted and says what to do instead', async ({ page, admin }) => {
  await openedMonth(admin, month(-50), ['Cliente da Algar'], ['ALGAR']);
  await Shell.open(page, admin, '/operadoras');
  const registry = new Registry(page);
  await registry.act('ALGAR', 'Excluir');
  const dialog = registry.dialog('Não é possível excluir');
  await expect(dialog).toContainText(/ALGAR tem contas de clientes \(1\)/);
  await expect(dialog.getByRole('button', { name: 'Excluir operadora' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Desativar' }).click();
  await expect(registry.row('ALGAR')).toContainText('Inativa');
  const { items } = await admin.get<{ items: { name: string; active: boolean }[] }>('/operators?q=ALGAR');
  expect(items).toMatchObject([{ name: 'ALGAR', active: false }]);
});

test('a client with its account is added and changed, and the password of the portal is never shown', async ({ page, admin }) => {
  const secret = `segredo-${fresh()}`;
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    // The live stream never ends.
    if (response.url().includes('/api/') && !response.url().endsWith('/events')) answers.push(response.text().catch(() => ''));
  });
  await admin.send('POST', '/operators', { name: 'VIVO', possui_rpa: false, rpa_terceirizado: false, url_endpoint_rpa: null });
  const number = cnpj(fresh());
  await Shell.open(page, admin, '/clientes');
  const registry = new Registry(page);

  // Wrong check digits are told at the field, before anything is sent.
  await registry.button('Novo cliente').first().click();
  const form = registry.form('Novo cliente');
  await form.getByLabel('Razão social').fill('Padaria do Zé');
  await form.getByLabel('CNPJ').fill('11.222.333/0001-82');
  await form.getByRole('button', { name: 'Salvar cliente' }).click();
  await expect(form).toContainText('Os dígitos verificadores não conferem.');
  await expect(form.getByLabel('CNPJ')).toHaveAttribute('aria-invalid', 'true');
  await form.getByRole('button', { name: 'Cancelar' }).click();

  await registry.addClient('Padaria do Zé', formatted(number));
  await registry.addAccount('VIVO', '0289341177', 'ze@example.com', secret);
  const row = registry.row('VIVO');
  await expect(row).toContainText('0289341177');
  await expect(row).toContainText('Definida');

  await registry.act('VIVO', 'Editar');
  const account = registry.form('Editar a conta VIVO');
  await expect(account.getByRole('group', { name: 'Senha do portal' })).toContainText('Definida');
  await expect(account.getByLabel('Senha do portal', { exact: true }).and(page.locator('input'))).toHaveCount(0);
  await account.getByLabel('Número da conta').fill('0289341188');
  await account.getByRole('button', { name: 'Salvar conta' }).click();
  await expect(row).toContainText('0289341188');
  await expect(row, 'unchanged when it was not touched').toContainText('Definida');

  await registry.act('VIVO', 'Editar');
  await account.getByRole('button', { name: 'Remover' }).click();
  await account.getByRole('button', { name: 'Salvar conta' }).click();
  await expect(row).toContainText('Não definida');

  expect(await page.content()).not.toContain(secret);
  expect((await Promise.all(answers)).filter((text) => text.includes(secret)), 'answers that hold the password').toEqual([]);
});

test('the same CNPJ twice is refused at its field', async ({ page, admin }) => {
  const number = cnpj(fresh());
  await admin.post('/clients', { razao_social: 'Primeira', cnpj: number });
  await Shell.open(page, admin, '/clientes');
  const registry = new Registry(page);
  await registry.button('Novo cliente').first().click();
  const form = registry.form('Novo cliente');
  await form.getByLabel('Razão social').fill('Segunda');
  await form.getByLabel('CNPJ').fill(formatted(number));
  await form.getByRole('button', { name: 'Salvar cliente' }).click();
  await expect(form).toContainText('Já está em uso.');
  await expect(form.getByLabel('Razão social'), 'nothing typed is lost').toHaveValue('Segunda');
});

test('what another person saved meanwhile is shown, and nothing typed is lost', async ({ page, admin }) => {
  const client = await admin.post<Client>('/clients', { razao_social: 'Conflito Antes', cnpj: cnpj(fresh()) });
  await Shell.open(page, admin, `/clientes/${client.id}`);
  const registry = new Registry(page);
  await registry.button('Editar').click();
  const form = registry.form(/^Editar Conflito/);
  await form.getByLabel('Razão social').fill('Conflito Meu');
  await admin.put(`/clients/${client.id}`, { razao_social: 'Conflito Deles', cnpj: client.cnpj, active: true, version: 1 });
  await form.getByRole('button', { name: 'Salvar cliente' }).click();
  await expect(form.getByRole('alert')).toContainText('Outra pessoa alterou este registro');
  await expect(form.getByLabel('Razão social')).toHaveValue('Conflito Meu');
  await form.getByRole('button', { name: 'Recarregar e manter o que digitei' }).click();
  await expect(form).toContainText('Conflito Deles');
  await expect(form.getByLabel('Razão social')).toHaveValue('Conflito Meu');
  await form.getByRole('button', { name: 'Salvar cliente' }).click();
  await expect(registry.heading('Conflito Meu')).toBeVisible();
});

test('an import names the bad row 7,002 of 7,100, writes nothing, and takes the corrected file', async ({ page, admin }) => {
  test.setTimeout(120_000);
  await admin.send('POST', '/operators', { name: 'VIVO', possui_rpa: false, rpa_terceirizado: false, url_endpoint_rpa: null });
  const first = 20_000_000;
  const numbers = Array.from({ length: 7_100 }, (_, index) => cnpj(first + index));
  const csv = (bad: boolean) => {
    const rows = numbers.map((number, index) => {
      const wrong = bad && index === 7_000;
      return `Importado ${String(index + 1).padStart(4, '0')};${wrong ? number.replace('0001', '0002') : number};vivo;${index + 1};;;sim`;
    });
    return Buffer.from(`razao_social;cnpj;operadora;conta;login;senha;ativo\n${rows.join('\n')}\n`);
  };
  const total = async () => (await admin.get<{ items: Client[] }>('/clients?q=Importado')).items.length;

  await Shell.open(page, admin, '/clientes/importar');
  const registry = new Registry(page);
  const input = page.getByLabel('Solte o CSV aqui ou');
  await input.setInputFiles(file('clientes.csv', csv(true), 'text/csv'));
  await expect(registry.main.getByText(/^1 problema/)).toBeVisible({ timeout: 30_000 });
  const bad = registry.main.getByRole('table').getByRole('row').nth(1);
  await expect(bad).toContainText('7.002');
  await expect(bad).toContainText('cnpj');
  await expect(bad).toContainText('Os dígitos verificadores não conferem.');
  await expect(registry.button(/^Importar 7/)).toHaveCount(0);
  expect(await total()).toBe(0);

  const download = page.waitForEvent('download');
  await registry.button('Baixar lista').click();
  const list = await readFile(await (await download).path(), 'utf8');
  expect(list).toContain('7002');

  await registry.button('Trocar arquivo').click();
  await input.setInputFiles(file('clientes-corrigido.csv', csv(false), 'text/csv'));
  await expect(registry.main.getByText('Tudo certo para importar')).toBeVisible({ timeout: 30_000 });
  expect(await total(), 'written by the check').toBe(0);
  await registry.button('Importar 7.100 linhas').click();
  await expect(registry.main.getByText('Tudo foi gravado de uma vez.')).toBeVisible({ timeout: 60_000 });
  await registry.main.getByRole('link', { name: 'Ver clientes' }).click();
  await registry.main.getByRole('searchbox').fill('Importado 7001');
  await expect(registry.row('Importado 7001')).toContainText(formatted(numbers[7_000] ?? ''));
});

test('a spreadsheet and a file without the columns are refused with the reason', async ({ page, admin }) => {
  await Shell.open(page, admin, '/clientes/importar');
  const input = page.getByLabel('Solte o CSV aqui ou');
  await input.setInputFiles(file('clientes.xlsx', Buffer.from('PK'), 'application/vnd.ms-excel'));
  await expect(page.getByRole('alert')).toContainText('É uma planilha. Salve-a como CSV');
  await input.setInputFiles(file('clientes.csv', Buffer.from('razao_social;cnpj;oprdora\n'), 'text/csv'));
  await expect(page.getByRole('alert')).toContainText('Falta a coluna operadora.');
  await expect(page.getByRole('alert')).toContainText('A coluna oprdora não existe.');
});

test('somebody who only reads sees no way to change anything', async ({ page, admin }) => {
  const [process] = await openedMonth(admin, month(-51), ['Só Leitura'], ['VIVO']);
  const viewer = await admin.colleague('Vítor Leitor', 'viewer');
  const shell = await Shell.open(page, viewer, '/operadoras');
  await expect(shell.row('VIVO')).toBeVisible();
  await expect(shell.main.getByRole('button', { name: /Nova operadora|Ações para/ })).toHaveCount(0);
  await page.keyboard.press('n');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.goto('/clientes?q=Só Leitura');
  await expect(shell.row('Só Leitura')).toBeVisible();
  await expect(shell.main.getByRole('button', { name: /Novo cliente|Ações para/ })).toHaveCount(0);
  await expect(shell.main.getByRole('link', { name: 'Importar CSV' })).toHaveCount(0);
  await page.goto(`/clientes/${process?.client_id}`);
  await expect(shell.row('VIVO')).toBeVisible();
  await expect(shell.main.getByRole('button', { name: /Nova conta|Editar|Ações para/ })).toHaveCount(0);

  await page.goto(`/processos/${process?.id}`);
  await expect(shell.main.getByText('Ainda não há fatura neste processo.')).toBeVisible();
  await expect(shell.main.getByRole('button', { name: /Aprovar|Enviar|escolha no computador|Editar/ })).toHaveCount(0);
  await page.goto(`/processos?month=${month(-51)}`);
  await shell.main.getByLabel('Selecionar todos desta página').check();
  await expect(shell.main.getByRole('button', { name: /^(Aprovar|Enviar ao SAT|Rejeitar…)$/ })).toHaveCount(0);

  // Pages of others are no pages for this person.
  for (const path of ['/clientes/importar', '/usuarios', '/tokens', '/webhooks', '/auditoria', '/configuracoes']) {
    await page.goto(path);
    await expect(shell.main.getByRole('heading', { name: /Esta página não existe|Sem acesso/ }).or(shell.main.getByText('Sem acesso')), path).toBeVisible();
  }
});
