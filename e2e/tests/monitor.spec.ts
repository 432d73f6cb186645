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

/** A webhook whose test messages are jobs like any other; nobody listens there. */
async function someWebhook(admin: Api, name: string): Promise<string> {
  const create = { name, url: 'http://127.0.0.1:9/', events: ['job.failed'] };
  return (await admin.post<{ endpoint: { id: string } }>('/webhooks', create)).endpoint.id;
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

test('five thousand waiting jobs are cancelled while nobody looks', async ({ page, admin }) => {
  test.setTimeout(180_000);
  const count = 5_000;
  const webhook = await someWebhook(admin, 'Monitor Muitas');
  try {
    await admin.post('/queues/default/pause', {});
    for (let made = 0; made < count; made += 50) {
      await Promise.all(Array.from({ length: 50 }, () => admin.post(`/webhooks/${webhook}/test`, {})));
    }
    const shell = await Shell.open(page, admin, '/monitor?status=queued&task=deliver_webhook');
    await shell.main.getByLabel('Selecionar todos desta página').check();
    await shell.main.getByRole('button', { name: 'Selecionar tudo o que atende ao filtro' }).click();
    await shell.main.getByRole('region', { name: 'Ações' }).getByRole('button', { name: 'Cancelar' }).click();
    const dialog = shell.dialog('Cancelar tarefas');
    await expect(dialog).toContainText('Podem ser canceladas: 5.000 de 5.000.');
    await dialog.getByRole('button', { name: 'Cancelar 5.000' }).click();
    await expect(dialog.getByText(/segundo plano/)).toBeVisible();
    await page.goto('about:blank');

    // The queue is still paused: what people do to many at once does not wait for it.
    const [bulk] = (await admin.get<{ items: Job[] }>('/jobs?task=jobs_bulk')).items;
    const ended = async () => (await admin.get<{ job: Job }>(`/jobs/${bulk?.id}`)).job.status;
    await expect.poll(ended, { timeout: 90_000 }).toBe('succeeded');
    const left = await admin.get<{ items: Job[] }>('/jobs?task=deliver_webhook&status=queued');
    expect(left.items).toHaveLength(0);
    const failed = await admin.get<{ failed: number; pending: number }>(`/webhooks/${webhook}`);
    expect(failed, 'every message knows that it was given up').toMatchObject({ failed: count, pending: 0 });
    // Who comes back finds what happened, told by the job that did it.
    await page.goto(`/monitor/tarefas/${bulk?.id}`);
    await expect(shell.main).toContainText('5.000');
  } finally {
    await admin.post('/queues/default/resume', {});
    await admin.delete(`/webhooks/${webhook}`);
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

test('live updates rest while somebody asks for it, and no row moves under the pointer', async ({ page, admin }) => {
  const webhook = await someWebhook(admin, 'Monitor Ao Vivo');
  try {
    await admin.post('/queues/default/pause', {});
    const more = () => admin.post(`/webhooks/${webhook}/test`, {});
    for (let made = 0; made < 5; made += 1) await more();
    const address = '/monitor?status=queued&task=deliver_webhook';
    const awake = await Shell.open(await page.context().newPage(), admin, address);
    await expect(awake.live('ao vivo')).toBeVisible();
    const shell = await Shell.open(page, admin, address);
    const rows = shell.row('Entregar mensagem');
    await expect(rows).toHaveCount(5);
    const places = async () =>
      rows.evaluateAll((all) => all.map((row) => `${row.querySelector('a')?.href} ${row.getBoundingClientRect().top}`));

    await shell.button('Pausar atualização').click();
    await expect(shell.live('pausado')).toBeVisible();
    const before = await places();
    for (let made = 0; made < 3; made += 1) await more();
    // Told to the other tab, so it would have been told to this one.
    await expect(awake.row('Entregar mensagem')).toHaveCount(8);
    expect(await places(), 'nothing moved while it rested').toEqual(before);
    await shell.button('Retomar atualização').click();
    await expect(shell.live('ao vivo')).toBeVisible();
    await expect(rows).toHaveCount(8);

    // Not paused, but the pointer rests on a row.
    await rows.nth(2).hover();
    const pointed = await places();
    await more();
    await expect(shell.button(/^Há novidades nesta lista/), 'it has been read').toBeVisible();
    expect(await places(), 'nothing moved under the pointer').toEqual(pointed);
    await page.mouse.move(0, 0);
    await expect(rows).toHaveCount(9);
  } finally {
    await admin.delete(`/webhooks/${webhook}`);
    await admin.post('/queues/default/resume', {});
  }
});
