import type { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { Registry } from '../support/pages/registry';
import { Shell } from '../support/pages/shell';
import { Receiver } from '../support/receiver';

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

function bar(shell: Shell) {
  return shell.main.getByRole('status', { name: 'Manutenção' });
}

/** A message that somebody waits for: which job brings it. */
async function message(admin: Api, url: string): Promise<string> {
  const { endpoint } = await admin.post<{ endpoint: { id: string } }>('/webhooks', { name: 'ERP', url, events: ['job.failed'] });
  const { delivery } = await admin.post<{ delivery: { job_id: string } }>(`/webhooks/${endpoint.id}/test`);
  return delivery.job_id;
}

test('messages rest for a while, everybody sees why, and what waited goes out at the end', async ({ page, admin }) => {
  const receiver = await Receiver.start();
  await Shell.open(page, admin, '/manutencao');
  const maintenance = new Registry(page);
  await expect(maintenance.main.getByRole('heading', { name: 'Nada em manutenção' })).toBeVisible();
  await expectAccessibleInBothThemes(page, 'no maintenance yet');

  await page.keyboard.press('n');
  const form = maintenance.form('Nova manutenção');
  await form.getByRole('button', { name: 'Iniciar manutenção' }).click();
  await expect(form).toContainText('Escolha o que para.');
  await expectAccessibleInBothThemes(page, 'a maintenance with refused fields', 'dialog[open]');
  await form.getByLabel('O que para').selectOption('messages');
  await form.getByLabel('Motivo').fill('Troca do servidor de e-mail');
  await form.getByRole('group', { name: 'Fim' }).getByRole('button', { name: '4 horas' }).click();
  await expect(form.getByRole('status')).toContainText('4 h 00 min');
  await form.getByRole('button', { name: 'Iniciar manutenção' }).click();
  await form.waitFor({ state: 'hidden' });
  await expect(bar(maintenance)).toContainText('Em manutenção até');
  await expect(bar(maintenance)).toContainText('Troca do servidor de e-mail');
  const row = maintenance.row('Troca do servidor de e-mail');
  await expect(row).toContainText('Em andamento');
  await expectAccessibleInBothThemes(page, 'a maintenance under way');

  const job = await message(admin, receiver.url);
  await page.goto(`/monitor/tarefas/${job}`);
  await expect(maintenance.main).toContainText(/Em manutenção até .*: Troca do servidor de e-mail\./);
  expect(receiver.received, 'sent all the same').toHaveLength(0);

  const viewer = await admin.colleague('Vera Leitora', 'viewer');
  const other = await page.context().browser()!.newContext({ baseURL: admin.url });
  const theirs = await Shell.open(await other.newPage(), viewer, '/');
  await expect(bar(theirs)).toContainText('Troca do servidor de e-mail');
  await expect(theirs.link('Manutenção')).toHaveCount(0);
  expect((await viewer.send('POST', '/maintenance', { area: 'sat', reason: 'r', ends_at: minutes(60) })).status).toBe(403);

  await page.goto('/manutencao');
  await row.getByRole('button', { name: 'Encerrar agora' }).click();
  const dialog = maintenance.dialog('Encerrar a manutenção “Troca do servidor de e-mail”?');
  await dialog.getByRole('button', { name: 'Encerrar agora' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await expect(maintenance.card('Histórico')).toContainText('Encerrada antes');
  await expect(bar(maintenance)).not.toContainText('Em manutenção');
  await expect(bar(theirs), 'without a reload').not.toContainText('Em manutenção');
  await expect.poll(() => receiver.received.length, 'what waited goes out').toBe(1);
  await expectAccessibleInBothThemes(page, 'the history of maintenance');
  await other.close();
  await receiver.stop();

  await page.goto('/auditoria');
  await expect(maintenance.main).toContainText('Encerrou uma manutenção');
});

test('one that begins within the hour is announced, and the notice can be hidden in this tab', async ({ page, admin }) => {
  const plan = (reason: string, from: number, to: number) =>
    admin.post('/maintenance', { area: 'robots', reason, starts_at: minutes(from), ends_at: minutes(to) });
  await plan('Portal da operadora', 30, 90);
  await plan('Amanhã à noite', 60 * 24, 60 * 26);
  const shell = await Shell.open(page, admin, '/');
  await expect(bar(shell)).toContainText('Manutenção começa');
  await expect(bar(shell)).toContainText('Portal da operadora');
  await expect(bar(shell), 'tomorrow is not announced yet').not.toContainText('Amanhã à noite');
  await shell.button('Ocultar o aviso “Portal da operadora”').click();
  await expect(bar(shell)).not.toContainText('Portal da operadora');
  await page.reload();
  await shell.nav.waitFor();
  await expect(shell.heading(/./)).toBeVisible();
  await expect(bar(shell)).not.toContainText('Portal da operadora');

  await page.goto('/manutencao');
  const maintenance = new Registry(page);
  const row = maintenance.row('Portal da operadora');
  await expect(row).toContainText('Planejada');
  await row.getByRole('button', { name: 'Cancelar' }).click();
  const dialog = maintenance.dialog('Cancelar a manutenção “Portal da operadora”?');
  await dialog.getByRole('button', { name: 'Cancelar manutenção' }).click();
  await expect(row).toHaveCount(0);
  await expect(maintenance.row('Amanhã à noite')).toContainText('Planejada');
});
