import { ADMIN, type Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test as base } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { Registry } from '../support/pages/registry';
import { Shell } from '../support/pages/shell';
import { Receiver, isSigned } from '../support/receiver';
import { approve, month, openedMonth, upload } from '../support/world';

/** Each test has a receiver of its own. */
const test = base.extend<{ receiver: Receiver }>({
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },
});

interface Made {
  secret: string;
  endpoint: { id: string; name: string };
}

function made(admin: Api, name: string, url: string, events = ['process.approved']): Promise<Made> {
  return admin.post<Made>('/webhooks', { name, url, events });
}

test('a webhook is made by keyboard, tells its secret once, and its test arrives signed', async ({ page, admin, receiver }) => {
  const keyboard = await Keyboard.of(page);
  await Shell.open(page, admin, '/webhooks');
  const webhooks = new Registry(page);
  await expect(webhooks.main.getByRole('heading', { name: 'Nenhum webhook' })).toBeVisible();
  await expectAccessibleInBothThemes(page, 'no webhook yet');

  await keyboard.press('n');
  const form = webhooks.form('Novo webhook');
  const create = form.getByRole('button', { name: 'Criar webhook' });
  await expect(form.getByLabel('Nome')).toBeFocused();
  await keyboard.type('ERP financeiro');
  await keyboard.write(form.getByLabel('Endereço'), 'exemplo-sem-esquema');
  await keyboard.activate(create);
  await expect(form.getByLabel('Endereço')).toHaveAttribute('aria-invalid', 'true');
  await expect(form).toContainText('Escolha pelo menos um evento.');
  await expect(form.getByLabel('Endereço'), 'what is wrong has the focus').toBeFocused();
  await expectAccessibleInBothThemes(page, 'a webhook with refused fields', 'dialog[open]');
  await keyboard.write(form.getByLabel('Endereço'), receiver.url);
  const approved = form.getByRole('group', { name: 'Processos' }).getByLabel('Aprovado');
  await expect(approved).toHaveAccessibleDescription('A fatura foi aprovada e vai para o SAT.');
  await keyboard.reach(approved);
  await keyboard.press('Space');
  await expect(approved).toBeChecked();
  await keyboard.activate(create);

  const once = page.getByRole('status').filter({ hasText: 'Copie agora o segredo de “ERP financeiro”' });
  await expect(once).toContainText('webhook-id, webhook-timestamp e webhook-signature, com HMAC-SHA256');
  const secret = (await once.locator('code').innerText()).trim();
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
  await expectAccessibleInBothThemes(page, 'a new secret');

  await page.reload();
  await expect(webhooks.row('ERP financeiro')).toContainText('Ativo');
  await expect(webhooks.row('ERP financeiro')).toContainText(receiver.url);
  expect(await page.content(), 'shown a second time').not.toContain(secret);
  expect(await (await admin.send('GET', '/webhooks')).text()).not.toContain(secret);

  await webhooks.main.getByRole('link', { name: 'ERP financeiro' }).click();
  await expect(webhooks.heading('ERP financeiro')).toBeVisible();
  await expect(webhooks.main.getByText('Nenhuma mensagem ainda')).toBeVisible();
  await webhooks.button('Enviar teste').first().click();
  const row = webhooks.row('Teste');
  await expect(row, 'without a reload').toContainText('Entregue');
  await expect(row).toContainText('200');
  expect(receiver.received).toHaveLength(1);
  const first = receiver.last;
  expect(isSigned(first, secret)).toBe(true);
  expect(isSigned({ ...first, body: `${first.body} ` }, secret), 'another body').toBe(false);
  expect(JSON.parse(first.body)).toMatchObject({ type: 'webhook.test', data: { webhook: 'ERP financeiro', requested_by: ADMIN.name } });
  await expectAccessibleInBothThemes(page, 'a webhook with a message');

  await row.getByRole('link', { name: 'Teste' }).click();
  await expect(webhooks.heading('Teste')).toBeVisible();
  await expect(webhooks.main.getByRole('region', { name: 'Conteúdo' })).toContainText('"type": "webhook.test"');
  await expect(webhooks.main.getByRole('region', { name: 'Última resposta' })).toContainText('o ERP diz 200');
  await expect(webhooks.main.getByText(first.id)).toBeVisible();
  await expectAccessibleInBothThemes(page, 'a message');

  await webhooks.button('Enviar de novo').click();
  await expect(webhooks.main.getByText('2 tentativas')).toBeVisible();
  await expect(webhooks.main.getByText('Entregue', { exact: true })).toBeVisible();
  expect(receiver.received.map((one) => one.id)).toEqual([first.id, first.id]);
  expect(isSigned(receiver.last, secret)).toBe(true);

  await webhooks.main.getByRole('link', { name: 'Ver no Monitor' }).click();
  await expect(webhooks.heading('Entregar mensagem de webhook')).toBeVisible();
});

test('an approval is told with the newest secret, and messages are narrowed in the address', async ({ page, admin, receiver }) => {
  const { secret: old, endpoint } = await made(admin, 'ERP fiscal', receiver.url);
  await Shell.open(page, admin, `/webhooks/${endpoint.id}`);
  const webhooks = new Registry(page);
  await webhooks.button('Ações').click();
  await page.getByRole('menuitem', { name: 'Trocar segredo' }).click();
  const dialog = webhooks.dialog('Trocar o segredo de “ERP fiscal”?');
  await expect(dialog).toContainText('Daqui em diante as mensagens são assinadas com o segredo novo');
  await expect(dialog).toContainText('Por um dia elas levam também a assinatura do segredo atual');
  await dialog.getByRole('button', { name: 'Trocar segredo' }).click();
  const once = page.getByRole('status').filter({ hasText: 'Copie agora o segredo de “ERP fiscal”' });
  const secret = (await once.locator('code').innerText()).trim();
  expect(secret).not.toBe(old);
  await once.getByRole('button', { name: 'Já copiei, ocultar' }).click();
  await expect(once).toHaveCount(0);
  // What comes next would otherwise stand under the pointer, where rows wait.
  await page.mouse.move(0, 0);

  const [process] = await openedMonth(admin, month(-90), ['Webhook Aprovado'], ['VIVO']);
  await upload(admin, process?.id ?? '');
  expect(receiver.received, 'nobody asked for what waits for approval').toHaveLength(0);
  await approve(admin, process?.id ?? '');
  await expect(webhooks.row('Aprovado')).toContainText('Entregue');
  expect(receiver.received).toHaveLength(1);
  expect(JSON.parse(receiver.last.body)).toMatchObject({ type: 'process.approved' });
  expect(isSigned(receiver.last, secret)).toBe(true);
  expect(isSigned(receiver.last, old), 'the secret that was changed, for a day').toBe(true);

  await webhooks.button('Enviar teste').click();
  await expect(webhooks.row('Teste')).toContainText('Entregue');
  await webhooks.button('Filtrar por Evento').click();
  await page.getByRole('dialog', { name: 'Filtrar por Evento' }).getByLabel('Aprovado', { exact: true }).click();
  await expect(page).toHaveURL(/\?event=process\.approved$/);
  await expect(webhooks.row('Teste')).toHaveCount(0);
  await expect(webhooks.row('Aprovado')).toBeVisible();
  await page.goto(`/webhooks/${endpoint.id}?status=failed`);
  await expect(webhooks.main.getByText('Nada atende a estes filtros')).toBeVisible();
  await webhooks.button('Limpar filtros').first().click();
  await expect(webhooks.row('Teste')).toBeVisible();

  await made(admin, 'ERP que já existe', receiver.url);
  await webhooks.button('Editar').click();
  const form = webhooks.form('Editar ERP fiscal');
  await form.getByLabel('Nome').fill('ERP que já existe');
  await form.getByRole('button', { name: 'Salvar webhook' }).click();
  await expect(form.getByLabel('Nome')).toHaveAttribute('aria-invalid', 'true');
  await expect(form).toContainText('Já está em uso.');
  await form.getByLabel('Nome').fill('ERP tributário');
  for (const event of ['Para aprovar', 'Rejeitado', 'Enviado ao SAT']) await form.getByLabel(event).check();
  await form.getByRole('switch', { name: 'Webhook ativo' }).click();
  await form.getByRole('button', { name: 'Salvar webhook' }).click();
  await expect(webhooks.heading('ERP tributário')).toBeVisible();
  await expect(webhooks.main.getByText('Este webhook está desativado')).toBeVisible();
  await expect(webhooks.button('Enviar teste')).toBeDisabled();
  await page.goto('/webhooks');
  await expect(webhooks.row('ERP tributário')).toContainText('Desativado');
  await expect(webhooks.row('ERP tributário'), 'four events, three of them named').toContainText('+1');
});

test('a receiver that fails is told of, and a message that was given up is found and sent again', async ({ page, admin, receiver }) => {
  receiver.answer = 500;
  const { secret, endpoint } = await made(admin, 'ERP instável', receiver.url);
  await Shell.open(page, admin, `/webhooks/${endpoint.id}`);
  const webhooks = new Registry(page);
  await webhooks.button('Enviar teste').first().click();
  const row = webhooks.row('Teste');
  await expect(row).toContainText('Vai tentar de novo');
  await expect(row).toContainText('o destino respondeu 500');

  await row.getByRole('link', { name: 'Teste' }).click();
  await expect(webhooks.main.getByRole('region', { name: 'Último erro' })).toContainText('o destino respondeu 500');
  await expect(webhooks.main.getByRole('region', { name: 'Última resposta' })).toContainText('o ERP diz 500');
  await expect(webhooks.main.getByText('Ainda a caminho')).toBeVisible();
  await expect(webhooks.button('Enviar de novo')).toBeDisabled();
  await expectAccessibleInBothThemes(page, 'a message that is under way');

  // It would be tried for hours: somebody gives it up.
  const { items } = await admin.get<{ items: { job_id: string }[] }>(`/webhooks/${endpoint.id}/deliveries`);
  await admin.post(`/jobs/${items[0]?.job_id}/cancel`, {});
  await expect(webhooks.main.getByText('Falhou', { exact: true })).toBeVisible();
  await expect(webhooks.button('Enviar de novo')).toBeEnabled();

  await page.goto('/webhooks');
  await webhooks.row('ERP instável').getByRole('link', { name: '1', exact: true }).click();
  await expect(page).toHaveURL(/\?status=failed$/);
  await expect(webhooks.row('Teste')).toContainText('Falhou');
  receiver.answer = 200;
  await webhooks.row('Teste').getByRole('link', { name: 'Teste' }).click();
  await webhooks.button('Enviar de novo').click();
  await expect(webhooks.main.getByText('Entregue', { exact: true })).toBeVisible();
  await expect(webhooks.main.getByRole('region', { name: 'Último erro' })).toHaveCount(0);
  expect(new Set(receiver.received.map((one) => one.id)).size, 'the same message each time').toBe(1);
  expect(receiver.received.every((one) => isSigned(one, secret))).toBe(true);
  await page.goto('/webhooks');
  await expect(webhooks.row('ERP instável').getByRole('link'), 'nothing pending, nothing failed').toHaveCount(1);
});

test('a receiver that is gone switches its webhook off; switched on again it gets what failed, until it is deleted', async ({ page, admin, receiver }) => {
  receiver.answer = 410;
  const { endpoint } = await made(admin, 'ERP antigo', receiver.url);
  await Shell.open(page, admin, `/webhooks/${endpoint.id}`);
  const webhooks = new Registry(page);
  await webhooks.button('Enviar teste').first().click();
  await expect(webhooks.main.getByText('O sistema desligou este webhook')).toBeVisible();
  await expect(webhooks.main).toContainText('Motivo: o destino respondeu 410');
  await expect(webhooks.button('Enviar teste')).toBeDisabled();
  await expect(webhooks.row('Teste')).toContainText('Falhou');
  expect(receiver.received, 'not tried again').toHaveLength(1);
  await expectAccessibleInBothThemes(page, 'a webhook that was switched off');

  await page.goto('/webhooks');
  await expect(webhooks.row('ERP antigo')).toContainText('Desligado pelo sistema');
  await expect(webhooks.row('ERP antigo')).toContainText('o destino respondeu 410');
  await expectAccessibleInBothThemes(page, 'the list of webhooks');

  await webhooks.main.getByRole('link', { name: 'ERP antigo' }).click();
  await webhooks.row('Teste').getByRole('link', { name: 'Teste' }).click();
  await expect(webhooks.button('Enviar de novo')).toBeDisabled();
  await expect(webhooks.main.getByText('O webhook está desativado')).toBeVisible();
  await webhooks.main.getByRole('link', { name: 'Ver o webhook' }).first().click();
  receiver.answer = 200;
  await webhooks.button('Reativar').click();
  await expect(webhooks.notices).toContainText('Webhook “ERP antigo” reativado.');
  await expect(webhooks.main.getByText('O sistema desligou este webhook')).toHaveCount(0);
  await webhooks.row('Teste').getByRole('link', { name: 'Teste' }).click();
  await webhooks.button('Enviar de novo').click();
  await expect(webhooks.main.getByText('Entregue', { exact: true })).toBeVisible();
  expect(receiver.received).toHaveLength(2);

  await webhooks.main.getByRole('link', { name: 'Ver o webhook' }).click();
  await webhooks.button('Ações').click();
  await page.getByRole('menuitem', { name: 'Excluir' }).click();
  const dialog = webhooks.dialog('Excluir o webhook “ERP antigo”?');
  await expect(dialog).toContainText('O webhook e todas as mensagens dele são apagados');
  await expectAccessibleInBothThemes(page, 'deleting a webhook', 'dialog[open]');
  await dialog.getByRole('button', { name: 'Excluir webhook' }).click();
  await expect(page).toHaveURL(/\/webhooks$/);
  await expect(webhooks.notices).toContainText('Webhook “ERP antigo” excluído.');
  await expect(webhooks.row('ERP antigo')).toHaveCount(0);
  expect((await admin.send('GET', `/webhooks/${endpoint.id}`)).status).toBe(404);
});
