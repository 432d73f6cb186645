import { readFile } from 'node:fs/promises';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { Calendars } from '../support/pages/calendars';
import { file } from '../support/pages/process';
import { Shell } from '../support/pages/shell';
import { fresh } from '../support/world';

const text = (name: string, lines: string[]) => file(name, Buffer.from(lines.join('\r\n'), 'utf8'), 'text/plain');

test('the national calendar is shown for a year, with the law of each day', async ({ page, admin }) => {
  await Shell.open(page, admin, '/calendarios');
  const calendars = new Calendars(page);
  await calendars.main.getByRole('searchbox').fill('nacionais');
  await calendars.main.getByRole('link', { name: 'Brasil: feriados nacionais' }).click();
  await expect(calendars.heading('Brasil: feriados nacionais')).toBeVisible();
  await page.goto('/calendarios/br-national?year=2026');
  await expect(calendars.day('03/04/2026')).toContainText('Sexta-feira Santa');
  await expect(calendars.day('20/11/2026')).toContainText('Lei 14.759/2023');
  await expect(calendars.month('abril').getByTitle('21/04/2026: Tiradentes')).toBeVisible();
  await expect(calendars.button('Novo feriado'), 'nobody changes it').toHaveCount(0);
  await expectAccessibleInBothThemes(page, 'the national calendar');
  await calendars.button('Próximo ano').click();
  await expect(calendars.day('26/03/2027')).toContainText('Sexta-feira Santa');
  await expect(page).toHaveURL(/year=2027/);
});

test('a calendar is made and its days are added, moved and deleted', async ({ page, admin }) => {
  const name = `filial-${fresh()}`;
  await Shell.open(page, admin, '/calendarios');
  const calendars = new Calendars(page);
  await calendars.add('Feriados da filial', name);
  await expect(calendars.main.getByText('Nenhum feriado neste ano')).toBeVisible();
  await expectAccessibleInBothThemes(page, 'a calendar without days');
  await page.goto(`/calendarios/${name}?year=2026`);
  await calendars.addDay('24/06/2026', 'São João', true);
  await expect(calendars.day('São João')).toContainText('todo ano');
  await calendars.addDay('24/12/2026', 'Véspera de Natal');

  // From the month itself.
  await calendars.month('dezembro').getByRole('button', { name: '24/12/2026: Véspera de Natal' }).click();
  const form = calendars.dialog('Editar Véspera de Natal');
  await form.getByLabel('Data').fill('31/12/2026');
  await form.getByLabel('Feriado').fill('Fim do ano');
  await form.getByLabel('Tipo').selectOption({ label: 'Facultativo' });
  await form.getByRole('button', { name: 'Salvar feriado' }).click();
  await expect(form).toBeHidden();
  await expect(calendars.day('31/12/2026')).toContainText('Fim do ano');
  await expect(calendars.day('31/12/2026')).toContainText('Facultativo');

  // What was just saved comes back over the stream and draws the row anew, which closes its menu.
  const remove = page.getByRole('menuitem', { name: 'Excluir' });
  await expect(async () => {
    await calendars.main.getByRole('button', { name: 'Ações para Fim do ano' }).click();
    await expect(remove).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await remove.click();
  await calendars.dialog('Excluir o feriado Fim do ano?').getByRole('button', { name: 'Excluir feriado' }).click();
  await expect(calendars.day('31/12/2026')).toHaveCount(0);
  await calendars.button('Próximo ano').click();
  await expect(calendars.day('24/06/2027'), 'again each year').toContainText('São João');
});

test('a file shows what it changes, is merged, exported and taken back', async ({ page, admin }) => {
  const name = `arquivo-${fresh()}`;
  await admin.post('/calendars', { name, title: 'Feriados do arquivo' });
  await admin.post(`/calendars/${name}/days`, { date: '2026-07-09', name: 'Nove de Julho', kind: 'local' });
  await Shell.open(page, admin, `/calendarios/${name}?year=2026`);
  const calendars = new Calendars(page);
  const csv = ['data;nome;tipo', '09/07/2026;Revolução Constitucionalista;local', '24/12/2026;Véspera;facultativo', '31/12/2026;Fim do ano;', '31/02/2026;Nunca'];
  const dialog = await calendars.compare(text('feriados.csv', csv));
  await expect(dialog.getByRole('listitem').filter({ hasText: '24/12/2026' })).toContainText('Véspera');
  await expect(dialog.getByRole('listitem').filter({ hasText: '09/07/2026' })).toContainText('Nove de Julho → Revolução Constitucionalista');
  await expect(dialog.getByRole('listitem').filter({ hasText: 'linha 5' })).toContainText('não é uma data');
  await expectAccessibleInBothThemes(page, 'what a file changes', 'dialog[open]');
  await dialog.getByRole('checkbox', { name: 'Incluir 31/12/2026, Fim do ano' }).uncheck();
  await dialog.getByRole('button', { name: 'Gravar 2 dias' }).click();
  await expect(dialog).toBeHidden();
  await expect(calendars.day('09/07/2026')).toContainText('Revolução Constitucionalista');
  await expect(calendars.day('31/12/2026')).toHaveCount(0);

  const download = page.waitForEvent('download');
  await calendars.button('Exportar').click();
  await page.getByRole('menuitem', { name: 'iCalendar, só 2026' }).click();
  const saved = await (await download).path();
  expect(await readFile(saved, 'utf8')).toContain('SUMMARY:Revolução Constitucionalista');

  await expect(calendars.imports).toContainText('feriados.csv');
  await calendars.imports.getByRole('button', { name: 'Desfazer' }).click();
  await calendars.dialog('Desfazer a importação de feriados.csv?').getByRole('button', { name: 'Desfazer importação' }).click();
  await expect(calendars.imports).toContainText('Desfeita');
  await expect(calendars.day('09/07/2026')).toContainText('Nove de Julho');
  await expect(calendars.day('24/12/2026')).toHaveCount(0);
});

test('an iCalendar of another program is read', async ({ page, admin }) => {
  const name = `agenda-${fresh()}`;
  await admin.post('/calendars', { name, title: 'Feriados da agenda' });
  await Shell.open(page, admin, `/calendarios/${name}?year=2026`);
  const calendars = new Calendars(page);
  const dialog = await calendars.compare(
    text('agenda.ics', [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'DTSTART;VALUE=DATE:20260216',
      'DTEND;VALUE=DATE:20260218',
      'SUMMARY:Carnaval',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'DTSTART:20260302T140000Z',
      'DTEND:20260302T150000Z',
      'SUMMARY:Reunião',
      'END:VEVENT',
      'END:VCALENDAR',
    ]),
  );
  await expect(dialog.getByRole('listitem').filter({ hasText: 'linha 8' })).toContainText('não ocupa o dia inteiro');
  await dialog.getByRole('button', { name: 'Gravar 2 dias' }).click();
  await expect(calendars.day('17/02/2026')).toContainText('Carnaval');
});

test('a calendar that a schedule uses says which, and cannot be deleted', async ({ page, admin }) => {
  const name = `usado-${fresh()}`;
  await admin.post('/calendars', { name, title: 'Feriados usados' });
  await admin.post('/schedules', {
    name: `Abertura ${name}`,
    kind: 'CRIAR_PROCESSOS_MENSAIS',
    schedule: {
      timezone: 'America/Sao_Paulo',
      rule: { type: 'once', at: '2030-06-24T09:00' },
      skip_holidays: true,
      calendars: [name],
    },
  });
  await Shell.open(page, admin, `/calendarios/${name}?year=2030`);
  const calendars = new Calendars(page);
  await expect(calendars.main.getByRole('link', { name: `Abertura ${name}` })).toBeVisible();
  await calendars.addDay('24/06/2030', 'São João');
  const stopped = calendars.main.getByRole('alert').filter({ hasText: 'Há agendamentos que não executam mais' });
  await expect(stopped).toContainText(`Abertura ${name}`);
  await calendars.button('Ações').click();
  await page.getByRole('menuitem', { name: 'Excluir' }).click();
  const dialog = calendars.dialog('Não é possível excluir');
  await expect(dialog).toContainText('Feriados usados é usado por agendamentos (1)');
  await expect(dialog.getByRole('button', { name: 'Excluir calendário' })).toHaveCount(0);
});
