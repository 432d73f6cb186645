import { cnpj } from '../support/cnpj';
import { Complaints } from '../support/console';
import { test as base } from '../support/fixtures';
import { ConnectionsPage, ExecutionPage, ExecutionsPage } from '../support/pages/executions';
import { MonthPage } from '../support/pages/month';
import { ProcessPage } from '../support/pages/process';
import { Registry } from '../support/pages/registry';
import { ReviewPage } from '../support/pages/review';
import { Shell } from '../support/pages/shell';
import {
  type Robots,
  TOKEN,
  executionDetail,
  executions,
  numbered,
  oneForRobots,
  openedForRobots,
  ran,
  reached,
  run,
  setPortalPassword,
  startRobots,
  wrongPassword,
} from '../support/robots';
import { expect, test } from '../support/robots-test';
import { simulate } from '../support/server';
import { detail, month, processes } from '../support/world';

// Each test has a month of its own. One after the other they would still be at work when all other files are done.
test.describe.configure({ mode: 'parallel', timeout: 120_000 });

/** The main road begins before the robots are connected, so it has a server of its own. */
const road = base.extend<{ own: Robots; sat: { url: string } }>({
  // With the simulator's usual seed, four of the road's twenty downloads fail at first.
  own: [
    async ({ backend }, use) => {
      const own = await startRobots(backend, { business_rate: 0.1 });
      await use(own);
      await own.stop();
    },
    { timeout: 180_000 },
  ],
  server: async ({ own }, use, info) => {
    await use(own.server);
    if (info.status !== info.expectedStatus) await info.attach('server.log', { body: own.server.log, contentType: 'text/plain' });
  },
  admin: async ({ own }, use) => use(own.admin),
  sat: async ({}, use) => {
    const sat = await simulate('sat', ['--latency-ms', '0', '5']);
    await use(sat);
    await sat.stop();
  },
});

/** The road's month and clients are the same each time, because on them depends which robots fail. */
const MONTH = '2019-03';
const CLIENTS = Array.from({ length: 10 }, (_, index) => ({
  name: `Estrada ${String(index + 1).padStart(2, '0')}`,
  cnpj: cnpj(20_000_001 + index),
  password: 'senha-antiga-do-portal',
}));

road('robots bring what a month needs: connected, started, watched, mended, approved and sent', async ({ page, own, sat, admin }) => {
  road.setTimeout(360_000);
  const complaints = new Complaints(page);
  const { rpa } = own;
  const settings = await admin.get<Record<string, unknown>>('/organization');
  await admin.put('/organization', { ...settings, sat_url: sat.url });
  const all = await openedForRobots(admin, MONTH, CLIENTS, ['CLARO', 'VIVO']);
  expect(all).toHaveLength(20);
  const slow = all.find((process) => process.client_name === 'Estrada 03' && process.operator_name === 'CLARO');
  if (!slow) throw new Error('Estrada 03 has no process with CLARO');
  await rpa.script(slow, { duration_ms: 60_000, logs: numbered(180) });
  const inStatus = async (status: string) => (await processes(admin, `month=${MONTH}&status=${status}`)).length;

  // Connected, at first with a token that the API refuses.
  await Shell.open(page, admin, '/conexoes');
  const connections = new ConnectionsPage(page);
  await expect(connections.tryIt).toBeDisabled();
  await connections.url.fill(rpa.url);
  await connections.writeToken('token-de-outro-sistema');
  await connections.atOnce.fill('20');
  await connections.perOperator.fill('20');
  await connections.save.click();
  await expect(connections.notices.getByText('Conexões salvas.')).toBeVisible();
  await connections.tryIt.click();
  await expect(connections.main.getByText(/^Sem conexão com a API de robôs/)).toBeVisible();
  await connections.writeToken(TOKEN);
  await connections.save.click();
  await connections.tryIt.click();
  await expect(connections.main.getByText(/^A API de robôs respondeu em/)).toBeVisible();
  expect(await page.content()).not.toContain(TOKEN);

  // Started: counted first; nothing begins before the person says so.
  await connections.link('Mês').click();
  await expect(page).toHaveURL(new RegExp(`/mes/${MONTH}$`));
  const board = new MonthPage(page);
  await board.chooseRange(['Estrada 01', 'CLARO'], ['Estrada 10', 'VIVO']);
  await expect(board.selection.getByRole('status')).toHaveText('20 selecionados');
  await board.selection.getByRole('button', { name: 'Baixar com robô' }).click();
  const starting = board.dialog('Baixar faturas com robôs');
  await expect(starting).toContainText('Podem ser baixados com robô: 20 de 20.');
  expect((await rpa.counts()).inicios).toBe(0);
  // Held for a moment, so that the action can be seen under way.
  await admin.post('/queues/bulk/pause', {});
  await starting.getByRole('button', { name: 'Baixar 20 com robô' }).click();
  await expect(starting.getByRole('progressbar')).toBeVisible();
  await expect(starting.getByText('Você pode fechar: a ação continua em segundo plano.')).toBeVisible();
  await admin.post('/queues/bulk/resume', {});
  await expect(starting.getByText('20 na fila dos robôs')).toBeVisible({ timeout: 30_000 });
  await starting.getByRole('button', { name: 'Fechar' }).last().click();

  // Watched: lines and progress come by themselves.
  await board.link('Execuções').click();
  const list = new ExecutionsPage(page);
  await expect(list.of('Estrada 03', 'CLARO')).toContainText('Em andamento', { timeout: 20_000 });
  await list.open('Estrada 03', 'CLARO');
  const watched = new ExecutionPage(page);
  await expect(watched.heading('Download da fatura · CLARO · Estrada 03')).toBeVisible();
  await expect(watched.status('Em andamento')).toBeVisible();
  await expect(watched.log.follow).toHaveAttribute('aria-pressed', 'true');
  await watched.remember();
  await expect.poll(watched.log.newest).toBeGreaterThan(0);
  const seen = await watched.log.newest();
  await expect.poll(watched.log.newest, { message: 'new lines' }).toBeGreaterThan(seen + 5);
  await watched.log.expectInSight(await watched.log.newest());
  await expect.poll(watched.percent, { timeout: 20_000 }).toBeGreaterThan(0);
  const percent = await watched.percent();
  await expect.poll(watched.percent, { message: 'progress', timeout: 20_000 }).toBeGreaterThan(percent);

  // Mended, in another tab while that robot works on.
  await expect.poll(async () => (await inStatus('AGUARDANDO_APROVACAO')) + (await inStatus('ERRO_DOWNLOAD')), { timeout: 90_000 }).toBe(19);
  const failed = await processes(admin, `month=${MONTH}&status=ERRO_DOWNLOAD`);
  const locked = failed.filter((process) => process.error?.step === 'LOGIN_PORTAL');
  const [target] = locked;
  if (!target) throw new Error('no robot met a wrong password: other clients must be chosen, see CLIENTS');
  const desk = await page.context().newPage();
  await desk.goto('/execucoes');
  const failures = new ExecutionsPage(desk);
  await failures.choose('Status', 'Falhou');
  await expect(failures.total).toHaveText(`${failed.length} resultados`);
  await expect(failures.of(target.client_name, target.operator_name)).toContainText('Credenciais inválidas ou sessão expirada. (AUTH-401)');
  await failures.open(target.client_name, target.operator_name);
  const broken = new ExecutionPage(desk);
  const why = broken.notice('O robô não concluiu');
  await expect(why).toContainText('Credenciais inválidas ou sessão expirada. (AUTH-401)');
  await expect(why).toContainText('LOGIN_PORTAL');
  await expect(why).toContainText(`Atualizar senha no portal ${target.operator_name} e reenfileirar.`);
  await broken.main.getByRole('link', { name: 'Processo de 03/2019' }).click();
  const process = new ProcessPage(desk);
  await expect(process.status('Falha ao baixar')).toBeVisible();
  const trouble = process.notice('O download falhou');
  await expect(trouble).toContainText(`Atualizar senha no portal ${target.operator_name} e reenfileirar.`);
  await trouble.getByRole('link', { name: 'Trocar a senha no cadastro do cliente' }).click();
  const registry = new Registry(desk);
  await expect(registry.heading(target.client_name)).toBeVisible();
  await registry.changePassword(target.operator_name, 'senha-nova-do-portal');
  await desk.goBack();
  await process.button('Tentar de novo com o robô').first().click();
  await expect(process.status('Para aprovar')).toBeVisible({ timeout: 30_000 });
  const robots = process.card('Robôs');
  await expect(robots).toContainText('Concluída');
  await expect(robots).toContainText('tentativa 2');
  await expect(process.history.first()).toContainText('Fatura recebida');
  await expect(process.history.first()).toContainText(`robô ${target.operator_name}`);

  // The other ones together: those whose invoice was not published are only run again.
  const others = failed.filter((one) => one.id !== target.id);
  for (const one of locked.slice(1)) await setPortalPassword(admin, one, 'senha-nova-do-portal');
  await desk.goto('/execucoes?status=FALHOU');
  for (const one of others) await failures.main.getByLabel(new RegExp(`^Selecionar ${one.client_name} · ${one.operator_name}`)).check();
  await failures.selection.getByRole('button', { name: 'Executar de novo' }).click();
  const again = failures.dialog('Executar de novo');
  await expect(again).toContainText(`Podem ser executadas de novo: ${others.length} de ${others.length}.`);
  await again.getByRole('button', { name: `Executar ${others.length} de novo` }).click();
  await expect(again.getByText(`${others.length} na fila dos robôs`)).toBeVisible({ timeout: 30_000 });

  // The robot that was watched comes to its end, on the page that was opened while it worked.
  await expect(watched.status('Concluída')).toBeVisible({ timeout: 90_000 });
  await expect(watched.log.said('Encerrado')).toBeVisible();
  await expect.poll(watched.log.total).toBe(180);
  await watched.log.expectInSight(180);
  await watched.expectSamePage();
  await expect.poll(() => inStatus('AGUARDANDO_APROVACAO'), { timeout: 90_000 }).toBe(20);

  // Approved, one after the other.
  await page.goto(`/revisao?month=${MONTH}`);
  const review = new ReviewPage(page);
  let shown = await review.painted();
  for (let number = 1; number <= 20; number++) {
    await page.keyboard.press('a');
    if (number < 20) shown = await review.painted(shown);
  }
  await expect(review.finished).toBeVisible();
  await expect.poll(() => inStatus('AGUARDANDO_ENVIO_SAT')).toBe(20);

  // Sent.
  await page.goto(`/mes/${MONTH}`);
  await board.chooseRange(['Estrada 01', 'CLARO'], ['Estrada 10', 'VIVO']);
  await board.selection.getByRole('button', { name: 'Enviar ao SAT' }).click();
  const sending = board.dialog('Enviar processos ao SAT');
  await expect(sending).toContainText('Podem ser enviados ao SAT: 20 de 20.');
  await sending.getByRole('button', { name: 'Enviar 20 ao SAT' }).click();
  await expect(sending.getByText('20 na fila do SAT')).toBeVisible({ timeout: 30_000 });
  await sending.getByRole('button', { name: 'Fechar' }).last().click();
  await expect.poll(() => inStatus('UPLOAD_REALIZADO'), { timeout: 90_000 }).toBe(20);
  await expect(board.cell('Estrada 10', 'VIVO')).toHaveAccessibleName(/No SAT/);
  const arrived = (await (await fetch(`${sat.url}/documentos/contagem`)).json()) as { total: number };
  expect(arrived.total, 'documents at SAT, each once').toBe(20);

  // One robot for each run that somebody wanted, and for none of them a second one.
  const wanted = await executions(admin, `month=${MONTH}`);
  expect(wanted).toHaveLength(20 + failed.length);
  const counts = await rpa.counts();
  expect(counts).toMatchObject({ robos: wanted.length, ativos: 0 });
  expect(counts.por_chave, 'robots by the key of their start').toEqual(Object.fromEntries(wanted.map((one) => [one.id, 1])));
  complaints.expectNone();
});

test('a robot at work is cancelled within its deadline', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-13), 'Cancelamento');
  await robots.rpa.script(process, { duration_ms: 600_000, logs: numbered(600) });
  const { id } = await run(admin, process);
  await reached(admin, id, 'EXECUTANDO');
  const cancelled = await ExecutionPage.of(page, admin, id);
  await cancelled.button('Cancelar').click();
  const dialog = cancelled.dialog(/^Cancelar a execução de Cancelamento · VIVO/);
  await expect(dialog).toContainText('O robô recebe o pedido de parar');
  await dialog.getByRole('button', { name: 'Cancelar execução' }).click();
  await expect(cancelled.main.getByText(/^Cancelando: termina até \d\d:\d\d:\d\d$/)).toBeVisible();
  await expect(cancelled.button('Cancelar'), 'asked once').toHaveCount(0);
  await expect(cancelled.status('Cancelada')).toBeVisible({ timeout: 20_000 });
  await expect(cancelled.log.lines).toContainText('pedindo à API que cancele');
  await expect(cancelled.log.lines).toContainText('Cancelamento pedido, encerrando o navegador');
  await cancelled.tab('Resultado').click();
  await expect(cancelled.card('Mensagem final')).toContainText('Cancelada; a API confirmou.');
  expect((await detail(admin, process.id)).process.status).toBe('AGUARDANDO_DOWNLOAD');
});

test('one that waits says why, and is cancelled at once', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-14), 'Na Espera');
  await admin.post('/queues/robots/pause', {});
  try {
    const { id } = await run(admin, process);
    const waiting = await ExecutionPage.of(page, admin, id);
    await expect(waiting.status('Na fila')).toBeVisible();
    await expect(waiting.card('Por que não rodou?')).toContainText('A fila robôs foi pausada por');
    await waiting.main.getByRole('link', { name: /^Processo de / }).click();
    await expect(new ProcessPage(page).card('Robôs')).toContainText('A fila robôs foi pausada por');
    await page.goBack();
    await waiting.cancel();
    // The queue is still paused: nobody had to come and end it.
    await expect(waiting.status('Cancelada')).toBeVisible();
    await expect(waiting.card('Por que não rodou?')).toHaveCount(0);
    await waiting.tab('Resultado').click();
    await expect(waiting.card('Mensagem final')).toContainText('Cancelada antes de começar.');
  } finally {
    await admin.post('/queues/robots/resume', {});
  }
  expect((await detail(admin, process.id)).process.status).toBe('AGUARDANDO_DOWNLOAD');
  expect(await robots.rpa.startsOf(process), 'robots started').toBe(0);
});

test('another attempt has other parameters, and nonsense is refused while it is typed', async ({ page, admin, robots }) => {
  const password = 'segredo-que-ninguém-lê';
  const [process] = await openedForRobots(admin, month(-15), [{ name: 'Outros Parâmetros', password }], ['VIVO']);
  if (!process) throw new Error('no process was opened');
  await robots.rpa.script(process, { payload: wrongPassword(process) });
  const { id } = await ran(admin, process, 'FALHOU');
  // From now on its robots do well.
  await robots.rpa.script(process, {});
  const first = await ExecutionPage.of(page, admin, id);
  await expect(first.main.getByText('tentativa 1 de 1')).toBeVisible();

  await first.button('Executar com outros parâmetros…').click();
  const dialog = first.dialog('Executar com outros parâmetros');
  const field = dialog.getByLabel(/^Parâmetros \(JSON\)/);
  const again = dialog.getByRole('button', { name: 'Executar de novo' });
  await expect(field).toBeFocused();
  for (const [typed, told] of [
    ['{"tentativas": }', 'Não é um JSON válido: confira a linha 1, coluna'],
    ['[2]', 'Precisa ser um objeto, entre chaves.'],
    ['{"senha": "outra"}', 'A Esteira mesma preenche senha; tire este campo.'],
  ] as const) {
    await field.fill(typed);
    await expect(dialog).toContainText(told);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(again).toBeDisabled();
  }
  await field.fill('{"tentativas": 2, "portal": {"idioma": "pt"}}');
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  await again.click();

  const second = new ExecutionPage(page);
  await expect(second.main.getByText('tentativa 2 de 2')).toBeVisible();
  expect(page.url()).not.toContain(id);
  await expect(second.status('Concluída')).toBeVisible({ timeout: 30_000 });
  await second.tab('Parâmetros').click();
  await expect(second.code('Enviado ao robô')).toContainText('"tentativas": 2');
  await expect(second.code('Enviado ao robô')).toContainText('"idioma": "pt"');
  await expect(second.code('Acrescentado por uma pessoa')).toContainText('"tentativas": 2');
  expect(await page.content()).not.toContain(password);
  const told = await executionDetail(admin, page.url().match(/[0-9a-f-]{36}/)?.[0] ?? '');
  expect(told.parametros).toEqual({ tentativas: 2, portal: { idioma: 'pt' } });
  expect(JSON.stringify(told)).not.toContain(password);

  // The chain leads back to the attempt before.
  await second.attempts.getByRole('link', { name: 'Tentativa 1: Falhou' }).click();
  await expect(second.main.getByText('tentativa 1 de 2')).toBeVisible();
  await expect(second.button('Executar de novo'), 'only the newest attempt is repeated').toHaveCount(0);
});

test('an end that nobody knows is shown, listed, and found out by asking again', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-16), 'Fim Incerto');
  await robots.rpa.script(process, { duration_ms: 300, http: Array.from({ length: 500 }, () => 404) });
  const { id } = await run(admin, process);
  await reached(admin, id, 'FALHOU', 60_000);
  // The robot was there all the time.
  await robots.rpa.script(process, {});
  expect((await executionDetail(admin, id)).execution.outcome_unknown).toBe(true);

  await Shell.open(page, admin, `/execucoes?month=${month(-16)}`);
  const list = new ExecutionsPage(page);
  await expect(list.of('Fim Incerto', 'VIVO')).toContainText('Fim desconhecido');
  await list.unknown.click();
  await expect(page).toHaveURL(/[?&]unknown=true/);
  await expect(list.unknown).toHaveAttribute('aria-pressed', 'true');
  await expect(list.total).toHaveText('1 resultado');
  await list.open('Fim Incerto', 'VIVO');

  const lost = new ExecutionPage(page);
  await expect(lost.status('Fim desconhecido')).toBeVisible();
  const notice = lost.notice('Não se sabe como esta execução terminou');
  await expect(notice).toContainText('A API de robôs não conhece mais o trabalho');
  await expect(notice).toContainText('ACOMPANHAMENTO');
  const doubt = lost.dialog('Executar de novo sem saber como a anterior terminou?');
  await notice.getByRole('button', { name: 'Executar de novo' }).click();
  await expect(doubt, 'a person decides').toContainText('ou já ter baixado a fatura');
  await doubt.getByRole('button', { name: 'Cancelar' }).click();
  await expect(doubt).toBeHidden();

  // The process's page says and asks the same.
  await lost.main.getByRole('link', { name: /^Processo de / }).click();
  const undecided = new ProcessPage(page);
  await expect(undecided.status('Falha ao baixar')).toBeVisible();
  await expect(undecided.notice('O download falhou')).toHaveCount(0);
  await expect(notice).toContainText('A API de robôs não conhece mais o trabalho');
  await notice.getByRole('button', { name: 'Tentar de novo com o robô' }).click();
  await expect(doubt).toContainText('ou já ter baixado a fatura');
  await doubt.getByRole('button', { name: 'Cancelar' }).click();
  await notice.getByRole('button', { name: 'Consultar a API de novo' }).click();
  await expect(undecided.status('Para aprovar')).toBeVisible({ timeout: 30_000 });
  await expect(notice).toHaveCount(0);
  await page.goBack();
  await expect(lost.status('Concluída')).toBeVisible();
  expect(await robots.rpa.startsOf(process), 'robots started').toBe(1);
});
