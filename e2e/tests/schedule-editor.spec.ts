import type { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { ScheduleEditor } from '../support/pages/schedule-editor';
import { Shell } from '../support/pages/shell';
import { settled } from '../support/settled';
import { fresh } from '../support/world';

const ZONE = 'America/Sao_Paulo';

/** `2026-10-31`, some days from today in the organisation's zone. */
function date(days: number): string {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format();
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** `31/10/2026` */
function written(iso: string): string {
  return iso.split('-').reverse().join('/');
}

/** The next day of this weekday, 1 for Monday, at least so many days from today. */
function weekdayAfter(days: number, weekday: number): string {
  let at = days;
  while (new Date(`${date(at)}T00:00:00Z`).getUTCDay() !== weekday) at++;
  return date(at);
}

interface Saved {
  id: string;
  version: number;
  schedule: { rule: Record<string, unknown>; window?: unknown; skip_holidays: boolean; calendars: string[]; exceptions: Record<string, unknown>[] };
}

async function saved(admin: Api, page: { url(): string }): Promise<Saved> {
  return admin.get<Saved>(`/schedules/${new URL(page.url()).pathname.split('/').at(-1)}`);
}

/** One that opens the month, every day at nine. */
function made(admin: Api, rule: unknown = { type: 'daily', every: 1, times: ['09:00'] }, more: object = {}): Promise<Saved> {
  return admin.post<Saved>('/schedules', {
    name: `Abertura ${fresh()}`,
    kind: 'CRIAR_PROCESSOS_MENSAIS',
    parameters: { month_offset: 0 },
    schedule: { timezone: ZONE, rule, ...more },
  });
}

/** Window, holidays and an exception, each with what it changes in the preview. */
async function limits(editor: ScheduleEditor): Promise<void> {
  await editor.form.getByRole('switch', { name: 'Janela de execução' }).click();
  await editor.field('Das').fill('8');
  await editor.field('Até antes das').fill('18h');
  await expect(editor.sentence).toContainText('só das 08:00 até antes das 18:00');
  await expect(editor.field('Até antes das'), 'written out when it is left').toHaveValue(/18/);
  await editor.form.getByRole('switch', { name: 'Pular feriados' }).click();
  await expect(editor.sentence).toContainText('exceto nos feriados de br-national');
  await expect(editor.form.getByRole('group', { name: 'Calendários' }).getByRole('checkbox').first()).toBeVisible();
}

/** Skips the day of the next run from the calendar, and finds it in the list and among the exceptions. */
async function skipNext(editor: ScheduleEditor): Promise<void> {
  const first = editor.runningDays().first();
  const day = (await first.getAttribute('data-day')) ?? '';
  await first.click();
  await editor.preview.getByRole('button', { name: 'Pular este dia' }).click();
  await expect(editor.day(day)).toHaveAccessibleName(/não executa: exceção/);
  await expect(editor.exceptions.filter({ hasText: written(day) })).toContainText('nada executa');
  await expect(editor.sentence).toContainText('com uma exceção');
}

const TYPES: {
  type: string;
  name: string;
  fill: (editor: ScheduleEditor) => Promise<void>;
  words: RegExp;
  /** A rule of one date runs no more without it. */
  exception?: false;
}[] = [
  {
    type: 'once',
    name: 'Uma vez',
    fill: async (editor) => {
      await editor.field('Dia').fill(written(weekdayAfter(20, 3)));
      await editor.field('Dia').press('Tab');
      await editor.field('Horário').fill('10:30');
    },
    words: /Uma vez, em \d\d\/\d\d\/\d{4} às 10:30/,
    exception: false,
  },
  {
    type: 'daily',
    name: 'Diário',
    fill: async (editor) => {
      await editor.field('A cada quantos dias').fill('2');
      await editor.add('Horários', '9h');
      await editor.add('Horários', '15:30');
    },
    words: /A cada 2 dias, às .*09:00 e 15:30/,
  },
  {
    type: 'weekly',
    name: 'Semanal',
    fill: async (editor) => {
      await editor.form.getByRole('checkbox', { name: 'quinta-feira' }).check();
      await editor.add('Horários', '9');
    },
    words: /Toda semana, na segunda-feira e na quinta-feira/,
  },
  {
    type: 'monthly',
    name: 'Mensal',
    fill: async (editor) => {
      await editor.field('No dia').fill('31');
      await editor.field('Em meses mais curtos').selectOption('backward');
      await editor.add('Horários', '9');
    },
    words: /Todo mês, no dia 31 \(em meses mais curtos, no último dia\)/,
  },
  {
    type: 'cron',
    name: 'Cron',
    fill: (editor) => editor.field('Expressão cron').fill('30 9 * * 1-5'),
    words: /09:30/,
  },
  {
    type: 'custom',
    name: 'Datas',
    fill: async (editor) => {
      await editor.add('Datas', `${written(weekdayAfter(20, 2))} 09:00`);
      await editor.add('Datas', `${written(weekdayAfter(30, 4))} 10:15`);
    },
    words: /Em 2 datas escolhidas/,
  },
  {
    type: 'interval',
    name: 'Intervalo',
    fill: (editor) => editor.field('A cada quantos minutos').fill('240'),
    words: /A cada 240 minutos/,
  },
];

for (const { type, name, fill, words, exception } of TYPES) {
  test(`a rule of type ${name} is made with a window, holidays and an exception, and the preview follows`, async ({ page, admin }) => {
    await Shell.open(page, admin, '/agendamentos/novo');
    const editor = new ScheduleEditor(page);
    await editor.upToDate();
    await editor.field('Nome').fill(`Abertura ${type} ${fresh()}`);
    await editor.choice('Repetir', name).click();
    await fill(editor);
    await expect(editor.sentence).toContainText(words);
    await limits(editor);
    await editor.upToDate();
    await expect(editor.runningDays().first()).toBeVisible();
    if (exception !== false) await skipNext(editor);
    await editor.save();

    await expect(page).toHaveURL(/\/agendamentos\/[0-9a-f-]{36}/);
    const { schedule } = await saved(admin, page);
    expect(schedule).toMatchObject({
      rule: { type },
      window: { start: '08:00', end: '18:00' },
      skip_holidays: true,
      calendars: ['br-national'],
    });
    expect(schedule.exceptions).toHaveLength(exception === false ? 0 : 1);
  });
}

test('the preview tells what is skipped, what is moved, and that a rule never runs', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await editor.choice('Repetir', 'Diário').click();
  await editor.form.getByRole('switch', { name: 'Pular fins de semana' }).click();
  await expect(editor.next.filter({ hasText: 'fim de semana' }).first()).toContainText('não executa');
  const saturday = weekdayAfter(1, 6);
  await editor.choice('Repetir', 'Datas').click();
  await editor.add('Datas', `${written(saturday)} 09:00`);
  await expect(editor.preview.getByText('Esta regra nunca executa')).toBeVisible();
  await editor.choice('Quando a data não vale', 'Adiar').click();
  await expect(editor.preview.getByText('Esta regra nunca executa')).toHaveCount(0);
  await expect(editor.next.first()).toContainText(`movida de sáb ${written(saturday)} 09:00: fim de semana`);
  await expectAccessibleInBothThemes(page, 'a preview with a moved run');

  // The next months, by keyboard and by button.
  await editor.preview.getByRole('button', { name: 'Próximos meses' }).click();
  await expect(editor.day(date(150).slice(0, 8) + '15')).toBeVisible();
  await editor.preview.getByRole('button', { name: 'Meses anteriores' }).click();
  await expect(editor.day(date(0))).toBeVisible();
  await editor.day(date(0)).focus();
  await page.keyboard.press('ArrowRight');
  await expect(editor.day(date(1))).toBeFocused();
});

test('a cron expression is refused under its field, with the field of it and why, and the last good preview stays', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await editor.choice('Repetir', 'Cron').click();
  const expression = editor.field('Expressão cron');
  await expression.fill('0 2 * * *');
  await expect(editor.sentence).toContainText('02:00');
  for (const [text, why] of [
    ['0 2 * * * *', 'tem 5 campos'],
    ['0 25 * * *', 'Hora'],
    ['0 0 1--100000000 * *', 'Dia do mês'],
    ['x'.repeat(101), 'no máximo 100 caracteres'],
  ] as const) {
    await expression.fill(text);
    await expect(expression).toHaveAttribute('aria-invalid', 'true');
    await expect(expression, text).toHaveAccessibleDescription(new RegExp(why, 'i'));
    await expect(editor.sentence, 'the last good one').toContainText('02:00');
  }
  await expectAccessibleInBothThemes(page, 'a refused cron expression');
  await editor.field('Nome').fill('Nunca');
  await editor.save();
  await expect(expression, 'what is wrong has the focus').toBeFocused();
  await expression.fill('*/30 * * * *');
  await expect(expression).not.toHaveAttribute('aria-invalid', 'true');
  await expect(editor.preview.getByText(/o calendário mostra até/)).toBeVisible();
  const shown = await editor.next.count();
  await editor.preview.getByRole('button', { name: 'Carregar mais' }).click();
  await expect.poll(() => editor.next.count()).toBeGreaterThan(shown);
});

test('an answer that comes late does not cover a newer one', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await editor.choice('Repetir', 'Cron').click();
  await editor.field('Expressão cron').fill('0 2 * * *');
  await expect(editor.sentence).toContainText('02:00');
  const late: (() => void)[] = [];
  await page.route('**/schedules/preview', async (route) => {
    if (route.request().postData()?.includes('0 3 * * *')) await new Promise<void>((go) => late.push(go));
    await route.continue();
  });
  await editor.field('Expressão cron').fill('0 3 * * *');
  await expect.poll(() => late.length, 'the next runs and the months').toBe(2);
  await editor.field('Expressão cron').fill('0 4 * * *');
  await expect(editor.sentence).toContainText('04:00');
  late.forEach((go) => go());
  await settled(page);
  await expect(editor.sentence).toContainText('04:00');
});

test('editing shows the old rule against the new one, and a change of somebody else is kept', async ({ page, admin }) => {
  const { id, version } = await made(admin);
  await Shell.open(page, admin, `/agendamentos/${id}?tab=schedule`);
  const editor = new ScheduleEditor(page);
  await editor.upToDate();
  await expect(editor.next.filter({ hasText: 'novo' })).toHaveCount(0);
  const save = editor.main.getByRole('button', { name: 'Salvar agendamento' });
  await expect(save, 'nothing was changed').toBeDisabled();

  await editor.add('Horários', '15');
  await editor.remove('09:00');
  await expect(editor.next.filter({ hasText: 'novo' }).first()).toContainText('15:00');
  await expect(editor.next.filter({ hasText: 'sai' }).first()).toContainText('09:00');
  await expect(editor.day(date(1))).toHaveAccessibleName(/deixa de executar às 09:00/);
  await expectAccessibleInBothThemes(page, 'old against new');

  await admin.put(`/schedules/${id}`, {
    name: 'Abertura mudada por outra pessoa',
    parameters: { month_offset: 0 },
    schedule: { timezone: ZONE, rule: { type: 'daily', every: 1, times: ['09:00'] } },
    catch_up: 'all',
    catch_up_hours: 24,
    overlap: 'skip',
    pause_after_failures: 5,
    active: true,
    version,
  });
  await save.click();
  await editor.main.getByRole('button', { name: 'Recarregar e manter o que digitei' }).click();
  await expect(editor.field('Nome')).toHaveValue('Abertura mudada por outra pessoa');
  await save.click();
  await expect(editor.notices).toContainText('salvo');
  const now = await admin.get<Saved>(`/schedules/${id}`);
  expect(now.schedule.rule).toMatchObject({ times: ['15:00'] });
  await expect(editor.next.filter({ hasText: 'sai' })).toHaveCount(0);
});

test('exceptions are added, edited and removed, show their effect, and those about no date are flagged', async ({ page, admin }) => {
  const far = weekdayAfter(40, 3);
  const { id } = await made(admin, { type: 'daily', every: 1, times: ['09:00'] }, {
    exceptions: [{ type: 'skip', start: '2020-01-01', end: '2020-01-02', reason: 'antiga' }],
    start: date(-30),
  });
  await Shell.open(page, admin, `/agendamentos/${id}?tab=exceptions`);
  const editor = new ScheduleEditor(page);
  await expect(editor.exceptions.filter({ hasText: 'antiga' })).toContainText('esta exceção não tem efeito');

  await editor.main.getByRole('button', { name: 'Nova exceção' }).click();
  const dialog = editor.dialog('Nova exceção');
  await dialog.getByRole('button', { name: 'Mover', exact: true }).click();
  await dialog.getByRole('button', { name: 'Acrescentar exceção' }).click();
  await expect(dialog.getByLabel('Data da regra')).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByLabel('Data da regra')).toBeFocused();
  await expectAccessibleInBothThemes(page, 'an exception with missing fields', 'dialog[open]');
  await dialog.getByLabel('Data da regra').fill(written(far));
  await dialog.getByLabel('Vai para o dia').fill(written(weekdayAfter(41, 4)));
  await dialog.getByLabel('No horário').fill('10h');
  await dialog.getByLabel(/^Motivo/).fill('auditoria');
  await dialog.getByRole('button', { name: 'Acrescentar exceção' }).click();
  await expect(dialog).toBeHidden();
  await expect(editor.exceptions.filter({ hasText: 'auditoria' })).toContainText('10:00');
  await expect(editor.day(far)).toHaveAccessibleName(/movida para/);
  await expect(editor.day(far)).toHaveAccessibleName(/deixa de executar às 09:00/);

  // From the calendar: other parameters on one day.
  const other = weekdayAfter(42, 5);
  await editor.day(other).click();
  await editor.preview.getByRole('button', { name: 'Mudar parâmetros…' }).click();
  await dialog.getByRole('button', { name: 'Acrescentar exceção' }).click();
  await expect(dialog).toContainText('Mude pelo menos um parâmetro.');
  await dialog.getByLabel('Mês que é aberto').selectOption({ label: 'o mês anterior' });
  await dialog.getByRole('button', { name: 'Acrescentar exceção' }).click();
  await expect(editor.exceptions.filter({ hasText: written(other) })).toContainText('o mês anterior');
  await expect(editor.day(other)).toHaveAccessibleName(/com outros parâmetros/);

  await editor.main.getByRole('button', { name: /^Ações para Pular 01\/01\/2020/ }).click();
  await page.getByRole('menuitem', { name: 'Remover' }).click();
  await expect(editor.exceptions).toHaveCount(2);
  await editor.main.getByRole('button', { name: 'Salvar exceções' }).click();
  await expect(editor.notices).toContainText('Exceções salvas.');
  const now = await admin.get<Saved>(`/schedules/${id}`);
  expect(now.schedule.exceptions.map((one) => one['type']).sort()).toEqual(['modify', 'reschedule']);
});

test('a report is made by keyboard, and its recipients are checked one by one', async ({ page, admin }) => {
  const keyboard = await Keyboard.of(page);
  await Shell.open(page, admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await expect(editor.field('Nome')).toBeFocused();
  await keyboard.type(`Resumo da semana ${fresh()}`);
  await keyboard.reach(editor.form.getByRole('radio', { name: /^Abrir o mês/ }));
  const report = editor.form.getByRole('radio', { name: /^Enviar relatório/ });
  for (let step = 0; step < 6 && !(await report.isChecked()); step++) await keyboard.press('ArrowDown');
  await expect(report).toBeChecked();
  await expect(editor.sentence, 'its usual rule').toContainText('Toda semana, na segunda-feira, às 09:00');
  await keyboard.write(editor.field('Destinatários'), 'ana');
  await keyboard.press('Enter');
  await expect(editor.form).toContainText('Não é um endereço de e-mail.');
  await keyboard.write(editor.field('Destinatários'), 'ana@example.com, bia@example.com');
  await keyboard.press('Enter');
  await expect(editor.form.getByRole('button', { name: 'Remover ana@example.com' })).toBeVisible();
  await expect(editor.form.getByRole('button', { name: 'Remover bia@example.com' })).toBeVisible();
  await keyboard.activate(editor.main.getByRole('button', { name: 'Criar agendamento' }));
  await expect(page).toHaveURL(/\/agendamentos\/[0-9a-f-]{36}/);
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
});

test('whoever may only read sees the preview and no form', async ({ page, admin }) => {
  const { id } = await made(admin);
  const viewer = await admin.colleague('Vera Leitora', 'viewer');
  await Shell.open(page, viewer, `/agendamentos/${id}?tab=schedule`);
  const editor = new ScheduleEditor(page);
  await editor.upToDate();
  await expect(editor.main.locator('form')).toHaveCount(0);
  await editor.runningDays().first().click();
  await expect(editor.preview.getByRole('button', { name: 'Pular este dia' })).toHaveCount(0);
});

test('what was typed is there again after another page, and the form fits a phone', async ({ page, admin }) => {
  await Shell.open(page, admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await editor.upToDate();
  await editor.field('Nome').fill('Rascunho');
  await editor.link('Início').click();
  await page.goBack();
  await expect(editor.field('Nome')).toHaveValue('Rascunho');
  await expect(editor.main.getByText('Recuperamos o que você tinha digitado')).toBeVisible();
  await editor.main.getByRole('button', { name: 'Descartar' }).click();
  await expect(editor.field('Nome')).toHaveValue('');

  await page.setViewportSize({ width: 360, height: 780 });
  await settled(page);
  const wide = await page.evaluate(() => (document.scrollingElement ?? document.documentElement).scrollWidth > innerWidth);
  expect(wide, 'scrolls sideways').toBe(false);
  const [form, preview] = await Promise.all([editor.form.boundingBox(), editor.preview.boundingBox()]);
  expect(preview?.y ?? 0, 'the preview stands below the form').toBeGreaterThan((form?.y ?? 0) + (form?.height ?? 0) - 1);
  await expectAccessibleInBothThemes(page, 'a new schedule on a phone');
});
