import type { Api } from '../support/api';
import { expect, test } from '../support/fixtures';
import { Shell } from '../support/pages/shell';
import { simulate } from '../support/server';
import { approve, detail, month, openedMonth, upload } from '../support/world';

interface Job {
  id: string;
  status: string;
  last_error: string | null;
}

async function jobsAbout(admin: Api, process: string): Promise<Job[]> {
  return (await admin.get<{ items: Job[] }>(`/jobs?subject_id=${process}`)).items;
}

/** Approves an invoice and asks for it to be sent. */
async function send(admin: Api, process: string): Promise<void> {
  await upload(admin, process);
  const { version } = (await approve(admin, process)).process;
  await admin.post(`/processes/${process}/send`, { version });
}

test('a failed job is found by its error, understood and repeated', async ({ page, admin }) => {
  const sat = await simulate('sat', ['--latency-ms', '0', '1', '--business-rate', '1']);
  try {
    const settings = await admin.get<Record<string, unknown>>('/organization');
    await admin.put('/organization', { ...settings, sat_url: sat.url });
    const [process] = await openedMonth(admin, month(-60), ['Monitor Falha'], ['VIVO']);
    const id = process?.id ?? '';
    await send(admin, id);
    await expect.poll(async () => (await detail(admin, id)).process.status).toBe('ERRO_ENVIO_SAT');

    const [failed] = await jobsAbout(admin, id);
    const error = failed?.last_error ?? '';
    const shell = await Shell.open(page, admin, '/monitor');
    // Any words of the error, in any order.
    const words = error.match(/[a-z]{4,}/gi)?.slice(0, 2).reverse().join(' ') ?? '';
    await shell.main.getByRole('searchbox').fill(words);
    const row = shell.row('Falhou');
    await expect(row).toContainText('Enviar fatura ao SAT');
    await row.getByRole('link').first().click();
    await expect(shell.heading('Enviar fatura ao SAT')).toBeVisible();
    await expect(shell.main).toContainText(error);
    await expect(shell.main).toContainText('falhou e precisa de uma pessoa');

    // SAT knows the CNPJ now.
    await fetch(`${sat.url}/opcoes`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ business_rate: 0 }),
    });
    await shell.button('Repetir').click();
    await expect(shell.main.getByText('Concluída', { exact: true }).first()).toBeVisible();
    expect((await detail(admin, id)).process.status).toBe('UPLOAD_REALIZADO');
    expect(await jobsAbout(admin, id), 'the same job, not another').toHaveLength(1);
  } finally {
    await sat.stop();
  }
});

test('a paused queue holds a job, says so, and lets it go', async ({ page, admin }) => {
  const sat = await simulate('sat', ['--latency-ms', '0', '1']);
  try {
    const settings = await admin.get<Record<string, unknown>>('/organization');
    await admin.put('/organization', { ...settings, sat_url: sat.url });
    const [process] = await openedMonth(admin, month(-61), ['Monitor Pausa'], ['CLARO']);
    const id = process?.id ?? '';

    const shell = await Shell.open(page, admin, '/monitor?tab=queues');
    await shell.button(/^Pausar padrão/).click();
    await shell.dialog('Pausar a fila padrão?').getByRole('button', { name: 'Pausar' }).click();
    await expect(shell.main.getByText('Pausada')).toBeVisible();
    await send(admin, id);
    const [job] = await jobsAbout(admin, id);
    await page.goto(`/monitor/tarefas/${job?.id}`);
    await expect(shell.main.getByText('Por que não rodou?')).toBeVisible();
    await expect(shell.main).toContainText('A fila padrão foi pausada por');

    await page.goto('/monitor?tab=queues');
    await shell.button(/^Retomar padrão/).click();
    await expect.poll(async () => (await detail(admin, id)).process.status).toBe('UPLOAD_REALIZADO');
  } finally {
    await admin.post('/queues/default/resume', {});
    await sat.stop();
  }
});

test('many waiting jobs are cancelled while nobody looks', async ({ page, admin }) => {
  const sat = await simulate('sat', ['--latency-ms', '0', '1']);
  try {
    const settings = await admin.get<Record<string, unknown>>('/organization');
    await admin.put('/organization', { ...settings, sat_url: sat.url });
    const names = Array.from({ length: 8 }, (_, index) => `Monitor Muitas ${index}`);
    const all = await openedMonth(admin, month(-62), names, ['VIVO', 'OI', 'TIM']);
    await admin.put('/job-limits', { lane: '', max_running: 1 });
    await admin.post('/queues/default/pause', {});
    for (const process of all) await send(admin, process.id);

    const shell = await Shell.open(page, admin, '/monitor?status=queued');
    await shell.main.getByLabel('Selecionar todos desta página').check();
    await shell.main.getByRole('region', { name: 'Ações' }).getByRole('button', { name: 'Cancelar' }).click();
    const dialog = shell.dialog('Cancelar tarefas');
    await expect(dialog).toContainText(`Podem ser canceladas: ${all.length} de ${all.length}.`);
    await dialog.getByRole('button', { name: `Cancelar ${all.length}` }).click();
    await expect(dialog.getByText(/segundo plano/)).toBeVisible();
    await page.goto('about:blank');
    await admin.post('/queues/default/resume', {});

    const cancelled = async () => {
      const { total } = await admin.get<{ total: { count: number } }>('/jobs?status=cancelled');
      return total.count;
    };
    await expect.poll(cancelled, { timeout: 30_000 }).toBe(all.length);
  } finally {
    await admin.post('/queues/default/resume', {});
    await admin.put('/job-limits', { lane: '' });
    await sat.stop();
  }
});

test('a worker is emptied and takes jobs again', async ({ page, admin }) => {
  const shell = await Shell.open(page, admin, '/monitor?tab=workers');
  await expect(shell.main.getByText('Ativo')).toBeVisible();
  await shell.button(/^Esvaziar/).click();
  await shell.dialog(/^Esvaziar/).getByRole('button', { name: 'Esvaziar' }).click();
  await expect(shell.main.getByText('Esvaziando').first()).toBeVisible();
  await shell.button(/^Retomar (?!atual)/).click();
  await expect(shell.main.getByText('Ativo')).toBeVisible();
});

test('live updates rest while somebody asks for it', async ({ page, admin }) => {
  const shell = await Shell.open(page, admin, '/monitor');
  await shell.button('Pausar atualização').click();
  await expect(shell.live('pausado')).toBeVisible();
  await shell.button('Retomar atualização').click();
  await expect(shell.live('ao vivo')).toBeVisible();
});
