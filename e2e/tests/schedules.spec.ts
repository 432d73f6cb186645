import { readFile } from 'node:fs/promises';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { Schedules, scheduled } from '../support/pages/schedules';
import { Shell } from '../support/pages/shell';

test('schedules are listed, narrowed, paused with a note and resumed, one and many', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos');
  const schedules = new Schedules(page);
  await expect(schedules.heading('Agendamentos')).toBeVisible();
  await expect(schedules.main.getByRole('heading', { name: 'Nenhum agendamento' })).toBeVisible();
  await expect(schedules.main.getByRole('link', { name: 'Novo agendamento' }).last()).toHaveAttribute('href', '/agendamentos/novo');
  await expectAccessibleInBothThemes(page, 'no schedule yet');

  await scheduled(admin, 'Abertura da matriz');
  await scheduled(admin, 'Abertura da filial', { type: 'monthly', day: 31, times: ['09:00'] });
  await scheduled(admin, 'Conferência noturna', { type: 'cron', expression: '0 2 * * *' });
  const matriz = schedules.row('Abertura da matriz');
  await expect(matriz, 'without a reload').toContainText('Ativo');
  await expect(matriz).toContainText('Abrir o mês');
  await expect(matriz, 'the rule in words').toContainText(/todos os dias/i);
  await expect(schedules.row('Abertura da filial')).toContainText(/31/);
  await expect(schedules.total).toHaveText('3 resultados');
  await expectAccessibleInBothThemes(page, 'the list of schedules');

  await schedules.main.getByLabel('Buscar por nome').fill('abertura');
  await expect(page).toHaveURL(/\?q=abertura$/);
  await expect(schedules.row('Conferência noturna')).toHaveCount(0);
  await schedules.act('Abertura da matriz', 'Pausar…');
  const pause = schedules.dialog('Pausar “Abertura da matriz”?');
  await pause.getByLabel('Observação').fill('Troca de contrato até sexta');
  await expectAccessibleInBothThemes(page, 'pausing a schedule', 'dialog[open]');
  await schedules.confirm(pause, 'Pausar').click();
  await expect(schedules.notices).toContainText('“Abertura da matriz” está pausado.');
  await expect(matriz).toContainText('Pausado');
  await expect(matriz).toContainText('Troca de contrato até sexta');

  await schedules.choose('Situação', 'Pausado');
  await expect(page).toHaveURL(/state=paused/);
  await expect(schedules.row('Abertura da filial')).toHaveCount(0);
  await schedules.act('Abertura da matriz', 'Retomar');
  await expect(schedules.notices).toContainText('“Abertura da matriz” volta a rodar nos seus horários.');
  await expect(schedules.main.getByText('Nada atende a estes filtros')).toBeVisible();
  await schedules.button('Limpar filtros').first().click();

  await schedules.select('Abertura da matriz');
  await schedules.select('Abertura da filial');
  await schedules.selection.getByRole('button', { name: 'Pausar…' }).click();
  const many = schedules.dialog('Pausar agendamentos');
  await expect(many).toContainText('2 agendamentos selecionados.');
  await schedules.confirm(many, 'Pausar').click();
  await expect(schedules.notices).toContainText('2 agendamentos pausados');
  await schedules.main.getByLabel('Selecionar todos desta página').check();
  await schedules.selection.getByRole('button', { name: 'Retomar' }).click();
  const resume = schedules.dialog('Retomar agendamentos');
  await schedules.confirm(resume, 'Retomar').click();
  await expect(schedules.notices).toContainText('2 agendamentos retomados · 1 ficou como estava');
  await expect(schedules.main.getByRole('row').filter({ hasText: 'Pausado' })).toHaveCount(0);
});

test('a schedule that is run now stands in its history as done, and can be run again', async ({ page, admin }) => {
  const { id } = await scheduled(admin, 'Abertura à mão', { type: 'monthly', day: 1, times: ['06:00'] });
  await Shell.open(page, admin, `/agendamentos/${id}`);
  const schedules = new Schedules(page);
  await expect(schedules.heading('Abertura à mão')).toBeVisible();
  await expect(schedules.card('Próximas execuções').getByRole('listitem')).toHaveCount(5);
  await expect(schedules.card('O que faz')).toContainText('o mês da execução');
  await expect(schedules.card('Últimos 90 dias')).toContainText('Nada rodou neste período.');
  await expectAccessibleInBothThemes(page, 'a new schedule');

  await schedules.button('Executar agora').click();
  const run = schedules.dialog('Executar “Abertura à mão” agora?');
  await expect(run).toContainText('Abre o processo do mês para cada conta ativa.');
  await schedules.confirm(run, 'Executar agora').click();
  await expect(schedules.notices).toContainText('“Abertura à mão” vai ser executado.');

  await schedules.tab('Histórico').click();
  await expect(page).toHaveURL(/\?tab=history$/);
  const row = schedules.row('Pedida à mão');
  await expect(row).toContainText('Concluída', { timeout: 30_000 });
  await expectAccessibleInBothThemes(page, 'the history of a schedule');
  await row.getByRole('button').first().click();
  const details = schedules.dialog(/^Execução de/);
  await expect(details).toContainText('Resultado');
  await expect(details).toContainText('abertos');
  await expectAccessibleInBothThemes(page, 'one run', 'dialog[open]');
  await schedules.confirm(details, 'Executar de novo').click();
  const again = schedules.dialog(/^Executar de novo o horário/);
  await schedules.confirm(again, 'Executar de novo').click();
  await expect(schedules.notices).toContainText('“Abertura à mão” vai ser executado.');
  await expect(row).toContainText('Concluída', { timeout: 30_000 });

  await schedules.choose('Status', 'Falhou');
  await expect(page).toHaveURL(/status=failed/);
  await expect(schedules.main.getByText('Nada atende a estes filtros')).toBeVisible();
  await schedules.button('Limpar filtros').first().click();
  await expect(page, 'the tab is no filter').toHaveURL(/\?tab=history$/);

  await row.getByRole('link').last().click();
  await expect(schedules.heading('Executar agendamento')).toBeVisible();
});

test('a range of the past is listed first, and runs then', async ({ page, admin }) => {
  const { id } = await scheduled(admin, 'Abertura retroativa', { type: 'monthly', day: 1, times: ['06:00'] });
  await Shell.open(page, admin, `/agendamentos/${id}`);
  const schedules = new Schedules(page);
  await schedules.button('Ações').click();
  await page.getByRole('menuitem', { name: 'Executar um período passado…' }).click();
  const dialog = schedules.dialog('Executar um período passado de “Abertura retroativa”');
  await schedules.confirm(dialog, 'Ver o que rodaria').click();
  await expect(dialog.getByLabel('Primeiro dia')).toHaveAttribute('aria-invalid', 'true');

  const now = new Date();
  const date = (back: number, day: number) => {
    const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, day));
    return `${String(at.getUTCDate()).padStart(2, '0')}/${String(at.getUTCMonth() + 1).padStart(2, '0')}/${at.getUTCFullYear()}`;
  };
  await dialog.getByLabel('Primeiro dia').fill(date(3, 1));
  await dialog.getByLabel('Último dia').fill(date(2, 15));
  await dialog.getByLabel('Último dia').press('Tab');
  await schedules.confirm(dialog, 'Ver o que rodaria').click();
  await expect(dialog).toContainText('2 horários vão rodar.');
  await expect(dialog.getByRole('listitem').first()).toContainText(`${date(3, 1)} 06:00`);
  await expectAccessibleInBothThemes(page, 'a range of the past', 'dialog[open]');
  await schedules.confirm(dialog, 'Executar 2').click();
  await expect(schedules.notices).toContainText('2 horários vão rodar');
  await schedules.tab('Histórico').click();
  const done = schedules.main.getByRole('row').filter({ hasText: 'Período passado' }).filter({ hasText: 'Concluída' });
  await expect(done).toHaveCount(2, { timeout: 30_000 });
});

test('what was missed is told with its cause, run and dismissed', async ({ page, admin }) => {
  // The rule knows minutes, so the slots come with the next one.
  test.setTimeout(180_000);
  const made = [];
  for (const name of ['Perdido da matriz', 'Perdido da filial']) {
    const schedule = await scheduled(admin, name, { type: 'interval', minutes: 1 });
    await admin.post(`/schedules/${schedule.id}/pause`, { note: null });
    made.push(schedule);
  }
  for (const { id } of made) {
    const missed = async () => (await admin.get<{ items: object[] }>(`/schedules/missed?schedule_id=${id}`)).items.length;
    await expect.poll(missed, { timeout: 130_000 }).toBeGreaterThan(0);
  }

  await Shell.open(page, admin, `/agendamentos/perdidos?schedule_id=${made[0]?.id}`);
  const schedules = new Schedules(page);
  await expect(schedules.heading('Horários perdidos')).toBeVisible();
  const first = schedules.row('Perdido da matriz').last();
  await expect(first).toContainText('Agendamento pausado');
  await expectAccessibleInBothThemes(page, 'what was missed');
  await first.getByRole('button', { name: /^Ações para/ }).click();
  await page.getByRole('menuitem', { name: 'Executar', exact: true }).click();
  const run = schedules.dialog('Executar 1 horário perdido?');
  await expectAccessibleInBothThemes(page, 'running what was missed', 'dialog[open]');
  await schedules.confirm(run, 'Executar').click();
  await expect(schedules.notices).toContainText('1 horário vai ser executado');
  type Runs = { items: { status: string }[] };
  const done = async () => (await admin.get<Runs>(`/schedules/${made[0]?.id}/runs?status=succeeded`)).items.length;
  await expect.poll(done, { timeout: 30_000 }).toBe(1);

  await page.goto(`/agendamentos/perdidos?schedule_id=${made[1]?.id}&cause=paused`);
  await expect(schedules.row('Perdido da filial').first()).toBeVisible();
  await schedules.button('Dispensar todos').click();
  const dismiss = schedules.dialog(/^Dispensar .* perdidos?\?$/);
  await schedules.confirm(dismiss, 'Dispensar').click();
  await expect(schedules.notices).toContainText(/dispensados?/);
  const dismissed = async () => (await admin.get<Runs>(`/schedules/${made[1]?.id}/runs?status=dismissed`)).items.length;
  expect(await dismissed()).toBeGreaterThan(0);
});

test('a crontab is tried, then taken, and everything can be exported', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos');
  const schedules = new Schedules(page);
  await schedules.button('Importar…').click();
  const dialog = schedules.dialog('Importar agendamentos');
  await schedules.confirm(dialog, 'Conferir').click();
  await expect(dialog.getByLabel('Conteúdo')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Conteúdo').fill('0 2 * * 1-5 /opt/rotinas/abrir # Abertura importada\n0 0 30 2 * /opt/rotinas/nunca # Nunca roda\n');
  await dialog.getByLabel('O que as linhas iniciam').selectOption({ label: 'Abrir o mês' });
  await schedules.confirm(dialog, 'Conferir').click();
  const lines = dialog.getByRole('region', { name: 'O que cada linha faria' });
  await expect(lines.getByRole('row').filter({ hasText: 'Abertura importada' })).toContainText('Criar');
  await expect(lines.getByRole('row').filter({ hasText: 'Nunca roda' })).toContainText('Recusada');
  await expectAccessibleInBothThemes(page, 'an import that was tried', 'dialog[open]');
  expect((await admin.get<{ items: object[] }>('/schedules?q=importada')).items, 'only tried').toHaveLength(0);

  await schedules.confirm(dialog, 'Importar 1').click();
  await expect(schedules.notices).toContainText('1 agendamento ou calendário importado');
  await expect(schedules.row('Abertura importada')).toContainText('Ativo');

  const waiting = page.waitForEvent('download');
  await schedules.main.getByRole('link', { name: 'Exportar' }).click();
  const file = await (await waiting).path();
  const { schedules: all } = JSON.parse(await readFile(file, 'utf8')) as { schedules: { name: string }[] };
  expect(all.map((one) => one.name)).toContain('Abertura importada');
});

test('who may only look is offered nothing to do', async ({ page, admin }) => {
  const { id } = await scheduled(admin, 'Abertura vista de longe');
  const viewer = await admin.colleague('Vera Leitora', 'viewer');
  await Shell.open(page, viewer, '/agendamentos');
  const schedules = new Schedules(page);
  await expect(schedules.row('Abertura vista de longe')).toBeVisible();
  await expect(schedules.main.getByRole('link', { name: 'Novo agendamento' })).toHaveCount(0);
  await expect(schedules.button('Importar…')).toHaveCount(0);
  await expect(schedules.row('Abertura vista de longe').getByRole('checkbox')).toHaveCount(0);
  await page.goto(`/agendamentos/${id}`);
  await expect(schedules.heading('Abertura vista de longe')).toBeVisible();
  await expect(schedules.button('Executar agora')).toHaveCount(0);
});
