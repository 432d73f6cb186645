import { cnpj } from '../support/cnpj';
import { ExecutionPage } from '../support/pages/executions';
import { oneForRobots, ran, run, wrongPassword } from '../support/robots';
import { expect, test } from '../support/robots-test';
import { month } from '../support/world';

test.describe.configure({ timeout: 120_000 });

test('a status that nobody knows is told at once, until one comes that is known', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-75), 'Status Estranho');
  const strange = Array.from({ length: 5_000 }, () => 'unknown_status' as const);
  await robots.rpa.script(process, { duration_ms: 300, http: strange });
  const { id } = await run(admin, process);
  const unclear = await ExecutionPage.of(page, admin, id);
  await expect(unclear.status('Status não reconhecido')).toBeVisible({ timeout: 30_000 });
  const notice = unclear.notice('Não se sabe se o robô ainda trabalha');
  await expect(notice).toContainText('EM_ANALISE');
  await expect(unclear.log.lines).toContainText('EM_ANALISE');

  await robots.rpa.script(process, {});
  await expect(unclear.status('Concluída')).toBeVisible({ timeout: 60_000 });
  await expect(notice).toHaveCount(0);
  expect(await robots.rpa.startsOf(process), 'robots started').toBe(1);
});

test('a result of many entries is read page by page', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-76), 'Resultado Longo');
  const result = JSON.parse(wrongPassword(process)) as { processes: unknown[] };
  // Of processes that nobody opened here.
  const others = Array.from({ length: 59 }, (_, index) => `VIVO-${cnpj(30_000_001 + index)}-DOWNLOAD-2018-01`);
  const entries = others.map((hash) => ({ hash_execucao: hash, status_final: 'FAILED', servico: 'DOWNLOAD_FATURAS' }));
  await robots.rpa.script(process, { payload: JSON.stringify({ ...result, processes: [...result.processes, ...entries] }) });
  const { id } = await ran(admin, process, 'FALHOU');

  const long = await ExecutionPage.of(page, admin, id, '?tab=result');
  const rows = long.card('O que o resultado fez').getByRole('row').filter({ hasText: '-DOWNLOAD-' });
  await expect(rows).toHaveCount(50);
  await expect(rows.first()).toContainText(process.client_cnpj);
  const pages = page.getByRole('navigation', { name: 'Páginas' });
  await pages.getByRole('button', { name: 'Próxima' }).click();
  await expect(rows).toHaveCount(10);
  await expect(rows.last()).toContainText(others.at(-1) ?? '');
  await expect(pages.getByRole('button', { name: 'Próxima' })).toBeDisabled();
  await expect(page).toHaveURL(/[?&]tab=result/);
  await pages.getByRole('button', { name: 'Anterior' }).click();
  await expect(rows).toHaveCount(50);
  await expect(rows.first()).toContainText(process.client_cnpj);
});
