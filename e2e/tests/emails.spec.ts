import { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test as base } from '../support/fixtures';
import { Shell } from '../support/pages/shell';
import { PostOffice } from '../support/post-office';
import { Server } from '../support/server';
import { month, monthInWords, openedMonth, upload } from '../support/world';

interface Mail {
  office: PostOffice;
  server: Server;
  admin: Api;
}

const TO = ['ana@example.com', 'bia@example.com', 'caio@example.com'];

const test = base.extend<{ mail: Mail }>({
  mail: async ({ backend }, use) => {
    const office = await PostOffice.start();
    const environment = { ESTEIRA_SMTP_URL: office.url, ESTEIRA_SMTP_FROM: 'Esteira <esteira@example.com>' };
    const server = await Server.start({ backend, environment });
    const admin = new Api(server.url);
    await admin.setUp();
    await use({ office, server, admin });
    await server.stop();
    await office.stop();
  },
  baseURL: async ({ mail }, use) => use(mail.server.url),
});

interface Run {
  id: string;
  status: string;
  result: { sent: string[]; refused: { to: string; answer: string }[] } | null;
}

/** A schedule of reports, run at once; answers with its run when that is over. */
async function report(admin: Api, parameters: object): Promise<Run> {
  const { id } = await admin.post<{ id: string }>('/schedules', {
    name: 'Fechamento por e-mail',
    kind: 'ENVIAR_RELATORIOS',
    parameters,
    schedule: { timezone: 'America/Sao_Paulo', rule: { type: 'cron', expression: '0 9 * * 1' } },
  });
  await admin.post(`/schedules/${id}/run`, {});
  const last = async () => (await admin.get<{ items: Run[] }>(`/schedules/${id}/runs`)).items[0];
  await expect.poll(async () => (await last())?.status, { timeout: 30_000 }).toMatch(/succeeded|failed/);
  const run = await last();
  if (!run) throw new Error('the schedule has no run');
  return run;
}

test('a report arrives with HTML, text and a table, and one refused address stops nobody else', async ({ page, mail }) => {
  const { admin, office } = mail;
  const opened = await openedMonth(admin, month(), ['Clínica Saúde Total', 'Rede Norte & Sul'], ['VIVO']);
  await upload(admin, opened[0]?.id ?? '');
  office.refused.set('bia@example.com', '550 5.1.1 no such mailbox');
  const run = await report(admin, { to: TO });
  expect(run.status).toBe('succeeded');
  expect(run.result?.sent).toEqual(['ana@example.com', 'caio@example.com']);
  expect(run.result?.refused).toEqual([{ to: 'bia@example.com', answer: '550 5.1.1 no such mailbox' }]);
  expect(office.received).toHaveLength(2);
  const letter = office.to('caio@example.com')[0];
  if (!letter) throw new Error('nothing for caio');
  for (const part of ['text/plain', 'text/html']) {
    expect(letter.part(part)).toContain('2 de 2 pendentes');
    expect(letter.part(part)).toContain('VIVO');
    expect(letter.part(part)).toContain(`${mail.server.url}/processos/${opened[1]?.id}`);
  }
  expect(letter.part('text/html')).toContain('Rede Norte &amp; Sul');
  expect(letter.part('text/html')).not.toMatch(/<img|<style|<script/);
  expect(letter.part('text/csv').split('\r\n').filter(Boolean), 'a head and each process').toHaveLength(3);
  expect(letter.header('auto-submitted')).toBe('auto-generated');

  const shell = await Shell.open(page, admin, '/emails');
  await expect(shell.heading('E-mails')).toBeVisible();
  await expect(shell.row('bia@example.com')).toContainText('Recusado');
  await expect(shell.row('ana@example.com')).toContainText('Enviado');
  await expectAccessibleInBothThemes(page, 'e-mails');
  await shell.main.getByRole('searchbox').fill('BIA');
  await expect(page).toHaveURL(/q=BIA/);
  await expect(shell.row('ana@example.com')).toHaveCount(0);
  await shell.row('bia@example.com').getByRole('link').first().click();
  await expect(shell.heading('E-mail para bia@example.com')).toBeVisible();
  await expect(shell.main.getByRole('region', { name: 'Resposta do servidor de e-mail' })).toContainText('550 5.1.1 no such mailbox');
  await expect(shell.main.locator('iframe')).toHaveAttribute('title', 'Conteúdo');
  await expect(shell.main.getByRole('link', { name: `esteira-${month()}.csv` })).toBeVisible();
  await expectAccessibleInBothThemes(page, 'one e-mail');
  await shell.button('Só o texto').click();
  await expect(shell.main.getByRole('region', { name: 'Conteúdo' })).toContainText('2 de 2 pendentes');

  office.refused.clear();
  await shell.button('Enviar de novo').click();
  await expect(shell.main.getByText('Enviado', { exact: true })).toBeVisible();
  expect(office.to('bia@example.com')).toHaveLength(1);
  expect(office.to('bia@example.com')[0]?.header('message-id')).not.toBe(letter.header('message-id'));
});

test('a reader stops getting a report by the link in it', async ({ page, mail }) => {
  const { admin, office } = mail;
  await report(admin, { to: TO, attach_csv: false });
  const link = office.to('bia@example.com')[0]?.header('list-unsubscribe')?.replace(/[<>]/g, '') ?? '';
  expect(link).toContain(`${mail.server.url}/api/v1/reports/unsubscribe?token=`);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Não receber mais este relatório' })).toBeVisible();
  await expect(page.getByText('bia@example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Retirar meu endereço' }).click();
  await expect(page.getByRole('heading', { name: 'Endereço retirado' })).toBeVisible();
  const { items } = await admin.get<{ items: { parameters: { to: string[] } }[] }>('/schedules');
  expect(items[0]?.parameters.to).toEqual(['ana@example.com', 'caio@example.com']);
});

test('the report of a month is looked at and sent to oneself', async ({ page, mail }) => {
  const { admin, office } = mail;
  const wanted = month(-1);
  await openedMonth(admin, wanted, ['Clínica Saúde Total'], ['VIVO']);
  const shell = await Shell.open(page, admin, `/mes/${wanted}`);
  await shell.button('Relatório').click();
  const dialog = shell.dialog(`Relatório de ${monthInWords(wanted)}`);
  const frame = dialog.locator('iframe');
  await expect(frame).toBeVisible();
  const address = (await frame.getAttribute('src')) ?? '';
  const seen = await admin.send('GET', address);
  expect(seen.headers.get('content-security-policy')).toMatch(/^sandbox /);
  expect(await seen.text()).toContain('1 de 1 pendente');
  await expectAccessibleInBothThemes(page, 'the report of a month', 'dialog[open]');
  await dialog.getByRole('button', { name: 'Enviar para mim' }).click();
  await expect(shell.notices.getByText('O relatório está a caminho de ana@example.com.')).toBeVisible();
  await expect.poll(() => office.to('ana@example.com').length).toBe(1);
  expect(office.to('ana@example.com')[0]?.part('text/plain')).toContain('1 de 1 pendente');
});
