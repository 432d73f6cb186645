import { Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { first } from '../support/demo';
import { expect, test as base } from '../support/fixtures';
import { ScheduleEditor } from '../support/pages/schedule-editor';
import { Schedules } from '../support/pages/schedules';
import { Shell } from '../support/pages/shell';
import { Server } from '../support/server';

interface Line {
  what: string;
  count: number;
  bytes: number;
}

/** The demonstration has months behind it. */
const test = base.extend<object, { demo: { server: Server; admin: Api } }>({
  demo: [
    async ({ backend }, use) => {
      const server = await Server.start({ backend, demo: true });
      const admin = new Api(server.url);
      await admin.signIn('admin@demo.example', 'esteira-demo');
      await use({ server, admin });
      await server.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.server.url),
});

const SHORTEST = { executions_days: 30, jobs_days: 7, runs_days: 90, webhooks_days: 2, emails_days: 7, uploads_hours: 2 };

test('a clean-up is simulated before it is saved, with what it would give back', async ({ page, demo }) => {
  const { lines } = await demo.admin.post<{ lines: Line[] }>('/retention/preview', SHORTEST);
  const count = lines.reduce((sum, line) => sum + line.count, 0);
  expect(count, 'the demonstration has something old').toBeGreaterThan(0);

  await Shell.open(page, demo.admin, '/agendamentos/novo');
  const editor = new ScheduleEditor(page);
  await editor.main.getByRole('radio', { name: /^Limpar registros antigos/ }).check();
  await editor.field('Tarefas do Monitor (dias)').fill('3');
  await editor.button('Simular limpeza').click();
  const refused = editor.main.getByRole('alert').filter({ hasText: 'Corrija os prazos para simular' });
  await expect(refused).toContainText('Tarefas');

  await editor.field('Execuções e logs (dias)').fill('30');
  await editor.field('Tarefas do Monitor (dias)').fill('7');
  await editor.field('Mensagens de webhook (dias)').fill('2');
  await editor.field('E-mails (dias)').fill('7');
  await editor.field('Histórico dos agendamentos (dias)').fill('90');
  await editor.field('Envios inacabados (horas)').fill('2');
  await editor.button('Simular limpeza').click();
  const table = editor.main.getByRole('region', { name: 'O que a limpeza apagaria agora' });
  await expect(table.getByRole('row').last()).toContainText(count.toLocaleString('pt-BR'));
  const jobs = table.getByRole('row').filter({ hasText: 'Tarefas do Monitor' });
  await expect(jobs).toContainText(String(lines.find((line) => line.what === 'jobs')?.count.toLocaleString('pt-BR')));
  await expect(refused).toHaveCount(0);
  await expectAccessibleInBothThemes(page, 'a simulated clean-up');
  const { lines: after } = await demo.admin.post<{ lines: Line[] }>('/retention/preview', SHORTEST);
  expect(
    after.map((line) => line.count),
    'nothing went',
  ).toEqual(lines.map((line) => line.count));
});

test('a saved clean-up can be simulated where it is looked at', async ({ page, demo }) => {
  const id = await first(demo.admin, '/schedules?kind=LIMPEZA_LOGS&limit=1');
  await Shell.open(page, demo.admin, `/agendamentos/${id}`);
  const what = new Schedules(page).card('O que faz');
  await expect(what).toContainText('365 dias');
  await what.getByRole('button', { name: 'Simular limpeza' }).click();
  await expect(what.getByRole('status')).toContainText(/Nada seria apagado|Nada foi apagado/);
});
