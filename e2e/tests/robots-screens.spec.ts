import type { Locator } from '@playwright/test';
import { Keyboard } from '../support/keyboard';
import { ExecutionPage, ExecutionsPage } from '../support/pages/executions';
import { ProcessPage } from '../support/pages/process';
import { Shell } from '../support/pages/shell';
import {
  type Printed,
  connect,
  ended,
  executionDetail,
  executions,
  numbered,
  oneForRobots,
  openedForRobots,
  printed,
  ran,
  reached,
  run,
  wrongPassword,
} from '../support/robots';
import { expect, test } from '../support/robots-test';
import { month } from '../support/world';

test.describe.configure({ timeout: 120_000 });

test('everything that matches is cancelled, and run again', async ({ page, admin, robots }) => {
  test.setTimeout(240_000);
  // More than a page of the list shows.
  const names = Array.from({ length: 13 }, (_, index) => `Muitos ${String(index + 1).padStart(2, '0')}`);
  const all = await openedForRobots(admin, month(-17), names, ['CLARO', 'OI', 'TIM', 'VIVO']);
  expect(all).toHaveLength(52);
  const mine = `month=${month(-17)}&q=Muitos`;
  const inStatus = async (status: string) => (await executions(admin, `${mine}&status=${status}`)).length;
  const before = (await robots.rpa.counts()).robos;
  await admin.post('/queues/robots/pause', {});
  try {
    await admin.post('/processes/bulk/download', { target: { ids: all.map((process) => process.id) } });
    await expect.poll(() => inStatus('PENDENTE'), { timeout: 30_000 }).toBe(52);

    await Shell.open(page, admin, `/execucoes?${mine}`);
    const list = new ExecutionsPage(page);
    await expect(list.total).toHaveText('52 resultados');
    await list.selectPage.check();
    await list.selectAll.click();
    await expect(list.selection.getByRole('status')).toHaveText('Todos os 52 que atendem ao filtro');
    await list.selection.getByRole('button', { name: 'Cancelar' }).click();
    const cancelling = list.dialog('Cancelar execuções');
    await expect(cancelling).toContainText('Podem ser canceladas: 52 de 52.');
    expect(await inStatus('CANCELADO'), 'before the person says so').toBe(0);
    await cancelling.getByRole('button', { name: 'Cancelar 52' }).click();
    await expect(cancelling.getByText('52 canceladas')).toBeVisible({ timeout: 60_000 });
    await cancelling.getByRole('button', { name: 'Fechar' }).last().click();
    expect(await inStatus('CANCELADO')).toBe(52);
    expect((await robots.rpa.counts()).robos, 'nothing had begun').toBe(before);

    await list.choose('Status', 'Cancelada');
    await expect(list.total).toHaveText('52 resultados');
    await list.selectPage.check();
    await list.selectAll.click();
    await list.selection.getByRole('button', { name: 'Executar de novo' }).click();
    const again = list.dialog('Executar de novo');
    await expect(again).toContainText('Podem ser executadas de novo: 52 de 52.');
    await again.getByRole('button', { name: 'Executar 52 de novo' }).click();
    await expect(again.getByText('52 na fila dos robôs')).toBeVisible({ timeout: 60_000 });
  } finally {
    await admin.post('/queues/robots/resume', {});
  }
  await expect.poll(() => inStatus('CONCLUIDO'), { timeout: 120_000 }).toBe(52);
  const counts = await robots.rpa.counts();
  expect(counts.robos - before, 'one robot for each that was run again').toBe(52);
  const second = await executions(admin, `${mine}&status=CONCLUIDO`);
  expect(second).toHaveLength(52);
  expect(second.every((one) => one.attempt === 2 && counts.por_chave[one.id] === 1)).toBe(true);
});

test('Início shows the robots at work with what each said last', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-18), 'Robô em Cena');
  await robots.rpa.script(process, { duration_ms: 120_000, logs: numbered(600) });
  const { id } = await run(admin, process);
  await reached(admin, id, 'EXECUTANDO');
  const shell = await Shell.open(page, admin, '/');
  await shell.remember();
  const now = shell.card('Robôs agora');
  const row = now.getByRole('listitem').filter({ hasText: 'VIVO · Robô em Cena' });
  const said = row.locator('code');
  await expect(said).toHaveText(/^linha \d+ de 600$/);
  const first = await said.innerText();
  await expect(said, 'as it goes on').not.toHaveText(first);
  await expect(row.getByRole('progressbar')).toBeVisible();
  await shell.expectSamePage();

  // The number leads to the list it counts, the name to the run.
  await now.getByRole('link', { name: '1 em andamento' }).click();
  const list = new ExecutionsPage(page);
  await expect(page).toHaveURL(/\/execucoes\?status=EXECUTANDO$/);
  await expect(list.total).toHaveText('1 resultado');
  await page.goBack();
  await row.getByRole('link', { name: 'VIVO · Robô em Cena' }).click();
  await expect(page).toHaveURL(new RegExp(`/execucoes/${id}$`));
  await ended(admin, id);
  await page.goBack();
  await expect(now.getByText('Nenhum robô em ação')).toBeVisible();
});

test('a refused token is told on Início to who may change it, until it is changed', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-21), 'Token Vencido');
  await connect(admin, robots.rpa, 'token-vencido');
  try {
    await ran(admin, process, 'FALHOU');
    const shell = await Shell.open(page, admin, '/');
    const notice = shell.notice('A API de robôs recusou o token');
    await expect(notice).toContainText(robots.rpa.url);
    await notice.getByRole('link', { name: 'Abrir Conexões' }).click();
    await expect(page).toHaveURL(/\/conexoes$/);
    await expect(shell.main.getByText(/^Token recusado em/)).toBeVisible();
    await page.goBack();
    await expect(notice).toBeVisible();
    await connect(admin, robots.rpa);
    await expect(notice, 'without a reload').toHaveCount(0);
  } finally {
    await connect(admin, robots.rpa);
  }
});

test('who only reads sees robots and their logs, and starts and ends none', async ({ page, admin, robots }) => {
  const [working, broken] = await openedForRobots(admin, month(-19), ['Só Leitura A', 'Só Leitura B'], ['VIVO']);
  if (!working || !broken) throw new Error('two processes were expected');
  await robots.rpa.script(broken, { payload: wrongPassword(broken), logs: ['antes da falha'] });
  await robots.rpa.script(working, { duration_ms: 600_000, logs: numbered(6_000) });
  const failed = await ran(admin, broken, 'FALHOU');
  const { id } = await run(admin, working);
  await reached(admin, id, 'EXECUTANDO');
  const viewer = await admin.colleague('Rita Leitora', 'viewer');

  const shell = await Shell.open(page, viewer, `/execucoes?month=${month(-19)}`);
  const list = new ExecutionsPage(page);
  await expect(list.of('Só Leitura A', 'VIVO')).toContainText('Em andamento');
  await expect(list.selectPage).toHaveCount(0);
  await expect(shell.link('Execuções')).toBeVisible();
  await expect(shell.link('Conexões')).toHaveCount(0);

  await list.open('Só Leitura A', 'VIVO');
  const watched = new ExecutionPage(page);
  const verbs = /^(Cancelar|Executar de novo|Executar com outros parâmetros…|Consultar a API de novo)$/;
  await expect(watched.status('Em andamento')).toBeVisible();
  await expect.poll(watched.log.newest).toBeGreaterThan(0);
  const newest = await watched.log.newest();
  await expect.poll(watched.log.newest, { message: 'live' }).toBeGreaterThan(newest);
  await expect(watched.button(verbs)).toHaveCount(0);
  // Nor by key.
  await page.keyboard.press('x');
  await expect(watched.dialog(/^Cancelar/)).toHaveCount(0);
  await watched.main.getByRole('link', { name: /^Processo de/ }).click();
  const process = new ProcessPage(page);
  await expect(process.card('Robôs')).toContainText('Em andamento');
  await expect(process.button(/Cancelar|robô/)).toHaveCount(0);

  await page.goto(`/execucoes/${failed.id}`);
  await expect(watched.notice('O robô não concluiu')).toContainText('AUTH-401');
  await expect(watched.log.text(1)).toHaveText('antes da falha');
  await expect(watched.button(verbs)).toHaveCount(0);

  await page.goto('/conexoes');
  await expect(shell.main.getByText('Sem acesso')).toBeVisible();
  const refused = await viewer.send('POST', `/executions/${id}/cancel`, {});
  expect(refused.status).toBe(403);
  expect((await executionDetail(admin, id)).execution.status).toBe('EXECUTANDO');
  await ended(admin, id);
});

test('everything about a run is reached without a pointer, and its keys are told', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-20), 'Sem Ponteiro');
  const lines: Printed[] = [
    ...numbered(200).map((message): Printed => ({ level: 'INFO', message })),
    { level: 'ERROR', message: 'o portal recusou' },
  ];
  await robots.rpa.script(process, { payload: wrongPassword(process), ...printed(lines) });
  await ran(admin, process, 'FALHOU');
  const { id } = await ran(admin, process, 'FALHOU');
  const keyboard = await Keyboard.of(page);
  const failed = await ExecutionPage.of(page, admin, id);
  const { log } = failed;
  await log.expectInSight(201);

  // In the order of the page.
  const stops: [name: string, stop: Locator][] = [
    ['other parameters', failed.button('Executar com outros parâmetros…')],
    ['run again', failed.button('Executar de novo').first()],
    ['the attempt before', failed.attempts.getByRole('link', { name: 'Tentativa 1: Falhou' })],
    ['its process', failed.main.getByRole('link', { name: /^Processo de/ })],
    ['run again, beside the failure', failed.notice('O robô não concluiu').getByRole('button', { name: 'Executar de novo' })],
    ['tabs', failed.tab('Log')],
    ['search', log.search],
    ['level: all', log.level('Tudo')],
    ['level: bad', log.level('Avisos e erros')],
    ['level: errors', log.level('Erros')],
    ['first error', log.firstError],
    ['wrap', log.wrap],
    ['time', log.time],
    ['copy', log.copy],
    ['download', log.download],
    ['lines', log.lines],
  ];
  for (const [name, stop] of stops) await test.step(name, () => keyboard.reach(stop));

  await keyboard.press('?');
  await expect(failed.keyHelp).toBeVisible();
  const told = ['Executar com outros parâmetros…', 'Log', 'Resultado', 'Parâmetros', 'Tentativas', 'Acompanhar ou pausar'];
  told.push('Buscar no log', 'Próximo resultado', 'Resultado anterior', 'Primeiro erro', 'Quebrar linhas longas');
  told.push('Ir para o início', 'Ir para o fim', 'Sair da busca');
  for (const words of told) await expect(failed.keyHelp).toContainText(words);
  await keyboard.press('Escape');
  await expect(failed.keyHelp).toBeHidden();

  for (const [key, tab] of [['2', 'Resultado'], ['3', 'Parâmetros'], ['4', 'Tentativas'], ['1', 'Log']] as const) {
    await keyboard.press(key);
    await expect(failed.tab(tab)).toHaveAttribute('aria-selected', 'true');
  }
  await log.expectInSight(201);
  await keyboard.press('g');
  await keyboard.press('g');
  await log.expectInSight(1);
  await keyboard.press('e');
  await log.expectInSight(201);
  await keyboard.press('w');
  await expect(log.wrap).toHaveAttribute('aria-pressed', 'true');
  await keyboard.press('w');
  await keyboard.press('/');
  await expect(log.search).toBeFocused();
  await keyboard.type('linha 77 ');
  await log.expectInSight(77);
  await keyboard.press('Escape');
  await expect(log.lines).toBeFocused();
  await keyboard.press('r');
  await expect(failed.dialog('Executar com outros parâmetros').getByLabel(/^Parâmetros \(JSON\)/)).toBeFocused();
  await keyboard.press('Escape');
  await expect(failed.dialog('Executar com outros parâmetros')).toBeHidden();

  // Run again and ended with nothing but keys.
  await robots.rpa.script(process, { duration_ms: 600_000, logs: numbered(600) });
  await keyboard.activate(failed.notice('O robô não concluiu').getByRole('button', { name: 'Executar de novo' }));
  await expect(failed.main.getByText('tentativa 3 de 3')).toBeVisible();
  await expect(failed.status('Em andamento')).toBeVisible({ timeout: 20_000 });
  await expect(log.follow).toHaveAttribute('aria-pressed', 'true');
  await keyboard.press('f');
  await expect(log.follow).toHaveAttribute('aria-pressed', 'false');
  await keyboard.press('x');
  const dialog = failed.dialog(/^Cancelar a execução de/);
  await keyboard.activate(dialog.getByRole('button', { name: 'Cancelar execução' }));
  await expect(failed.status('Cancelada')).toBeVisible({ timeout: 20_000 });
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
});
