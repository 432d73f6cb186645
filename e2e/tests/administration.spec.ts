import { ADMIN, Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { Gate } from '../support/pages/gate';
import { Registry } from '../support/pages/registry';
import { Shell } from '../support/pages/shell';
import { month, openedMonth, upload } from '../support/world';

const PASSWORD = 'uma frase que ninguém adivinha';

interface User {
  id: string;
  name: string;
  email: string;
  role: string;
  active: boolean;
  version: number;
}

async function user(admin: Api, name: string, email: string, role: string): Promise<User> {
  return admin.post<User>('/users', { name, email, role, password: PASSWORD });
}

test('a person is added and signs in; another role ends their session within seconds', async ({ page, admin, browser, server }) => {
  await Shell.open(page, admin, '/usuarios');
  const users = new Registry(page);
  await users.button('Novo usuário').click();
  const form = users.form('Novo usuário');
  await form.getByLabel('Nome').fill('Nara Nova');
  await form.getByLabel('E-mail').fill('nara@example.com');
  await form.getByLabel('Perfil').selectOption({ label: 'Analista' });
  await form.getByLabel('Senha', { exact: true }).fill('curta');
  await form.getByRole('button', { name: 'Salvar usuário' }).click();
  await expect(form.getByLabel('Senha', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Senha', { exact: true }).fill(PASSWORD);
  await form.getByRole('button', { name: 'Salvar usuário' }).click();
  await expect(users.row('Nara Nova')).toContainText('Analista');

  const hers = await browser.newContext({ baseURL: server.url });
  const tab = await hers.newPage();
  await tab.goto('/revisao');
  await new Gate(tab).signIn('nara@example.com', PASSWORD);
  // The address one wanted to go to is where one lands.
  await expect(tab).toHaveURL(/\/revisao$/);
  await expect(new Shell(tab).link('Revisão')).toBeVisible();

  await users.act('Nara Nova', 'Editar');
  const edit = users.form('Editar Nara Nova');
  await expect(edit).toContainText('As sessões podem terminar');
  await edit.getByLabel('Perfil').selectOption({ label: 'Consulta' });
  await edit.getByRole('button', { name: 'Salvar usuário' }).click();
  await expect(users.row('Nara Nova')).toContainText('Consulta');
  await expect(new Gate(tab).enter, 'thrown to the sign-in page').toBeVisible({ timeout: 5_000 });

  await new Gate(tab).signIn('nara@example.com', PASSWORD);
  await expect(new Shell(tab).link('Processos')).toBeVisible();
  await expect(new Shell(tab).link('Revisão'), 'no longer theirs').toHaveCount(0);

  await users.act('Nara Nova', 'Desativar');
  await users.dialog('Desativar Nara Nova?').getByRole('button', { name: 'Desativar usuário' }).click();
  await expect(users.row('Nara Nova')).toContainText('Inativo');
  await expect(new Gate(tab).enter).toBeVisible({ timeout: 5_000 });
  await new Gate(tab).signIn('nara@example.com', PASSWORD);
  await expect(new Gate(tab).alert).toContainText('E-mail ou senha não conferem.');
  await hers.close();
});

test('the only administrator stays one', async ({ page, admin }) => {
  await Shell.open(page, admin, '/usuarios');
  const users = new Registry(page);
  await users.act(ADMIN.name, 'Editar');
  const form = users.form(`Editar ${ADMIN.name}`);
  await form.getByLabel('Perfil').selectOption({ label: 'Gestor' });
  await form.getByRole('button', { name: 'Salvar usuário' }).click();
  await expect(form.getByRole('alert')).toContainText('Este é o único administrador ativo.');
});

test('a token is shown once, works within its scopes, and no longer after it was revoked', async ({ page, admin, server }) => {
  await Shell.open(page, admin, '/tokens');
  const tokens = new Registry(page);
  await tokens.button('Novo token').first().click();
  const form = tokens.form('Novo token');
  await form.getByLabel('Nome').fill('ERP financeiro');
  await form.getByRole('button', { name: 'Criar token' }).click();
  await expect(form).toContainText('Escolha pelo menos uma permissão.');
  await form.getByLabel('Ver operadoras e clientes').check();
  await form.getByRole('button', { name: 'Criar token' }).click();

  const shown = page.getByRole('status').filter({ hasText: 'Copie agora o token “ERP financeiro”' });
  const token = (await shown.locator('code').innerText()).trim();
  expect(token).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
  const call = (path: string) => fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect((await call('/operators')).status).toBe(200);
  expect((await call('/processes')).status).toBe(403);

  await page.reload();
  await expect(tokens.row('ERP financeiro')).toContainText('Ativo');
  expect(await page.content(), 'shown a second time').not.toContain(token);
  expect(await (await admin.send('GET', '/tokens')).text()).not.toContain(token);

  await tokens.act('ERP financeiro', 'Revogar token');
  const dialog = tokens.dialog('Revogar o token “ERP financeiro”?');
  await expect(dialog).toContainText('Último uso');
  await dialog.getByRole('button', { name: 'Revogar token' }).click();
  await expect(tokens.row('ERP financeiro')).toContainText('Revogado');
  await page.goto('/tokens?state=active');
  await expect(page.getByText('Nada atende a estes filtros')).toBeVisible();
  await page.goto('/tokens?state=revoked&q=erp');
  await expect(tokens.row('ERP financeiro')).toContainText('Revogado');
  expect((await call('/operators')).status).toBe(401);
});

test('the audit trail says who did what, and what changed', async ({ page, admin }) => {
  const bia = await admin.colleague('Bia Auditada', 'manager');
  const operator = await bia.post<{ id: string }>('/operators', { name: 'SERCOMTEL', possui_rpa: false, rpa_terceirizado: false, url_endpoint_rpa: null });
  const update = { name: 'SERCOMTEL', possui_rpa: true, rpa_terceirizado: false, url_endpoint_rpa: null, active: true, version: 1 };
  await bia.put(`/operators/${operator.id}`, update);

  await Shell.open(page, admin, '/auditoria');
  const audit = new Registry(page);
  await audit.main.getByRole('searchbox', { name: 'Quem fez (início do nome)' }).fill('Bia');
  const lines = audit.main.locator('ol').getByRole('listitem');
  await expect(lines.first()).toContainText('Alterou a operadora');
  await expect(lines.first()).toContainText('Bia Auditada');
  await expect(lines.first()).toContainText('SERCOMTEL');
  await expect(lines.nth(1)).toContainText('Cadastrou a operadora');
  await expect(lines.filter({ hasText: ADMIN.name })).toHaveCount(0);

  await lines.first().getByRole('button', { expanded: false }).first().click();
  const change = lines.first().getByRole('row').filter({ hasText: /rob|possui_rpa/i });
  await expect(change).toContainText(/não/i);
  await expect(change).toContainText(/sim/i);
  await expect(lines.first(), 'the request it was part of').toContainText('Pedido');
});

test('an approval stands in the audit trail with its person and process', async ({ page, admin }) => {
  const [process] = await openedMonth(admin, month(-60), ['Auditado'], ['VIVO']);
  const caio = await admin.colleague('Caio Aprovador', 'analyst');
  const { process: now } = await upload(caio, process?.id ?? '');
  await caio.post(`/processes/${now.id}/approve`, { version: now.version, sha256: now.fatura_sha256 });
  await Shell.open(page, admin, `/auditoria?subject_id=${now.id}`);
  const lines = new Shell(page).main.locator('ol').getByRole('listitem');
  await expect(lines).toHaveCount(2);
  await expect(lines.nth(0)).toContainText('Caio Aprovador');
  await expect(lines.nth(0)).toContainText('Aprovou');
  await expect(lines.nth(1)).toContainText('Recebeu a fatura');
  await expect(lines.nth(0).getByRole('link', { name: /Auditado/ })).toHaveAttribute('href', `/processos/${now.id}`);
  // Opening a month is one act for all its processes.
  await page.goto('/auditoria?action=month.open');
  await expect(lines.first()).toContainText(ADMIN.name);
  await expect(lines.first()).toContainText('Abriu o mês');
});

test('a setting out of range is told at its field, and nothing is saved', async ({ page, admin }) => {
  await Shell.open(page, admin, '/configuracoes');
  const settings = new Shell(page);
  const save = settings.button('Salvar configurações');
  await expect(save, 'nothing to save yet').toBeDisabled();
  await expect(settings.main.getByText('Este servidor não envia e-mails')).toBeVisible();
  const [days, size, address] = ['Em atraso depois de (dias)', 'Tamanho máximo do PDF (MiB)', /^Endereço/].map((label) => settings.main.getByLabel(label));
  if (!days || !size || !address) throw new Error('three fields were expected');
  await days.fill('90');
  await size.fill('0');
  await address.fill('ftp://sat.example.com');
  await save.click();
  for (const field of [days, size, address]) await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(settings.main.getByText('Fora do intervalo permitido.')).toHaveCount(2);

  await days.fill('muitos');
  await save.click();
  await expect(settings.main.getByText('Escreva um número.')).toBeVisible();
  expect(await admin.get('/organization')).toMatchObject({ late_after_days: expect.any(Number), sat_url: null, version: 1 });

  await days.fill('7');
  await size.fill('12,5');
  await address.fill('');
  await save.click();
  await expect(settings.notices).toContainText('Configurações salvas.');
  expect(await admin.get('/organization')).toMatchObject({ late_after_days: 7, max_document_bytes: 12.5 * 1024 * 1024 });
});

test('wrong credentials say the same for a known and an unknown address', async ({ page, admin }) => {
  await user(admin, 'Zeca Errado', 'zeca@example.com', 'viewer');
  await page.goto('/');
  const gate = new Gate(page);
  await gate.enter.click();
  await expect(gate.email).toHaveAttribute('aria-invalid', 'true');
  const said: string[] = [];
  for (const email of ['zeca@example.com', 'ninguem@example.com']) {
    await gate.signIn(email, 'não é esta');
    await expect(gate.alert).toContainText('E-mail ou senha não conferem.');
    said.push(await gate.alert.innerText());
    await page.reload();
  }
  expect(said[0]).toBe(said[1]);
  await gate.signIn('zeca@example.com', PASSWORD);
  await expect(new Shell(page).nav).toBeVisible();
});

test('signing out ends the session, and "back" shows nothing of it', async ({ page, admin }) => {
  const paulo = await admin.colleague('Paulo Saída', 'analyst');
  const shell = await Shell.open(page, paulo, '/processos');
  await expect(shell.heading('Processos')).toBeVisible();
  await page.getByRole('button', { name: 'Sua conta' }).click();
  await page.getByRole('menuitem', { name: 'Sair' }).click();
  await expect(new Gate(page).enter).toBeVisible();
  expect((await paulo.send('GET', '/session')).status, 'the cookie somebody may have kept').toBe(401);
  await page.goto('/clientes');
  await expect(new Gate(page).enter).toBeVisible();
  await expect(shell.nav).toHaveCount(0);
});

test('a session that ends elsewhere leads to the sign-in page at once, and at the next step without the live stream', async ({ page, admin }) => {
  const rosa = await admin.colleague('Rosa Sessão', 'analyst');
  const shell = await Shell.open(page, rosa, '/');
  await expect(shell.live('ao vivo')).toBeVisible();
  await rosa.delete('/session');
  await expect(new Gate(page).enter).toBeVisible({ timeout: 5_000 });

  await rosa.signIn('rosasesso@example.com', 'frase comprida de rosasesso@example.com');
  await Shell.open(page, rosa, '/');
  await shell.live('ao vivo').click();
  await expect(shell.live('pausado')).toBeVisible();
  await rosa.delete('/session');
  await shell.link('Clientes').click();
  await expect(new Gate(page).enter).toBeVisible();
});

test('the own password is changed, which ends the other sessions and not this one', async ({ page, admin, api }) => {
  const lia = await admin.colleague('Lia Senha', 'analyst');
  const elsewhere = await admin.as('liasenha@example.com', 'frase comprida de liasenha@example.com');
  const shell = await Shell.open(page, lia, '/conta');
  const current = shell.main.getByLabel('Senha atual');
  await current.fill('errada');
  await shell.main.getByLabel('Senha nova').fill(PASSWORD);
  await shell.main.getByLabel('Repita a senha').fill(`${PASSWORD}!`);
  await shell.button('Trocar senha').click();
  await expect(shell.main.getByText('As senhas não são iguais.')).toBeVisible();
  await shell.main.getByLabel('Repita a senha').fill(PASSWORD);
  await shell.button('Trocar senha').click();
  await expect(shell.main.getByText('A senha atual não confere.')).toBeVisible();
  await current.fill('frase comprida de liasenha@example.com');
  await shell.button('Trocar senha').click();
  await expect(shell.notices).toContainText('Senha trocada.');
  expect((await elsewhere.send('GET', '/session')).status).toBe(401);
  await page.reload();
  await expect(shell.nav).toBeVisible();
  await api.signIn('liasenha@example.com', PASSWORD);
});

test('theme, row height and language are kept', async ({ page, admin }) => {
  const shell = await Shell.open(page, admin, '/conta');
  const root = page.locator('html');
  await shell.main.getByRole('group', { name: 'Tema' }).getByRole('button', { name: 'Escuro' }).click();
  await shell.main.getByRole('group', { name: 'Altura das linhas' }).getByRole('button', { name: 'Compacta' }).click();
  await shell.main.getByRole('group', { name: 'Idioma' }).getByRole('button', { name: 'English' }).click();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await expect(root).toHaveAttribute('data-density', 'compact');
  await expect(root).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Operadoras' })).toHaveCount(0);

  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await expect(root).toHaveAttribute('data-density', 'compact');
  await expect(root).toHaveAttribute('lang', 'en');
  const language = page.getByRole('main').getByRole('group', { name: 'Language' });
  await expect(language.getByRole('button', { name: 'English' })).toHaveAttribute('aria-pressed', 'true');
  await language.getByRole('button', { name: 'Português' }).click();
  await expect(shell.link('Operadoras')).toBeVisible();
});

test('with a new password the tokens of an administrator are shown, and end when asked', async ({ page, admin, server }) => {
  const vera = await admin.colleague('Vera Chaves', 'admin');
  const create = { name: 'Painel da Vera', scopes: ['registry:read'], expires_in_days: 30 };
  const { token } = await vera.post<{ token: string }>('/tokens', create);
  const call = () => fetch(`${server.url}/api/v1/operators`, { headers: { authorization: `Bearer ${token}` } });
  expect((await call()).status).toBe(200);

  await Shell.open(page, admin, '/usuarios');
  const users = new Registry(page);
  await users.act('Vera Chaves', 'Editar');
  const form = users.form('Editar Vera Chaves');
  await form.getByRole('group', { name: 'Senha' }).getByRole('button', { name: 'Trocar' }).click();
  await form.getByLabel('Senha', { exact: true }).fill(PASSWORD);
  await expect(form.getByText('Painel da Vera')).toBeVisible();
  await form.getByLabel('Encerrar também os tokens da pessoa').check();
  await form.getByRole('button', { name: 'Salvar usuário' }).click();
  await form.waitFor({ state: 'hidden' });
  expect((await call()).status).toBe(401);
});
