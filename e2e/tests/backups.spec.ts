import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN, Api } from '../support/api';
import { expectAccessibleInBothThemes } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { Shell } from '../support/pages/shell';
import { Server } from '../support/server';
import { approve, month, monthInWords, openedMonth, upload } from '../support/world';

interface Backup {
  id: string;
  name: string;
  status: string;
}

/** Waits until the newest backup is over. */
async function ended(admin: Api): Promise<Backup> {
  const newest = async () => (await admin.get<{ items: Backup[] }>('/backups?limit=1')).items[0];
  await expect.poll(async () => (await newest())?.status, { timeout: 30_000 }).not.toBe('making');
  const backup = await newest();
  if (!backup) throw new Error('there is no backup');
  return backup;
}

test('a backup is made, proven, downloaded, restored elsewhere, and browsed there', async ({ browser, page, admin, server }) => {
  test.slow();
  const when = month(-3);
  const [process] = await openedMonth(admin, when, ['Padaria Cópia'], ['VIVO']);
  if (!process) throw new Error('the month has no process');
  await upload(admin, process.id);
  await approve(admin, process.id);

  const keyboard = await Keyboard.of(page);
  const shell = await Shell.open(page, admin, '/backups');
  await expect(shell.heading('Cópias de segurança')).toBeVisible();
  await expect(shell.notice('Ainda não há cópia comprovada')).toContainText('Se este servidor se perdesse hoje');
  await expectAccessibleInBothThemes(page, 'no backup yet');

  await keyboard.press('n');
  const dialog = shell.dialog('Fazer cópia agora');
  await expect(dialog.getByLabel('Criptografar')).toBeDisabled();
  await dialog.getByLabel('Incluir os documentos').check();
  await expectAccessibleInBothThemes(page, 'a backup to be made', 'dialog[open]');
  await dialog.getByRole('button', { name: 'Fazer cópia', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  const backup = await ended(admin);
  expect(backup.status).toBe('proven');

  const row = shell.row(backup.name);
  await expect(row, 'without a reload').toContainText('Comprovada');
  await expect(row).toContainText('restaurada e conferida em');
  await expect(row).toContainText('1 documento');
  await expect(row).toContainText('sem criptografia');
  await expect(shell.notice('Nenhum agendamento faz cópias')).toBeVisible();
  await row.getByRole('button', { name: backup.name, exact: true }).click();
  const contents = shell.dialog(backup.name);
  await expect(contents.getByRole('row').filter({ hasText: 'processes' })).toContainText('1');
  await expectAccessibleInBothThemes(page, 'what is in a backup', 'dialog[open]');
  await contents.getByRole('button', { name: 'Fechar' }).click();

  await row.getByRole('button', { name: `Ações para ${backup.name}` }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Baixar' }).click();
  const folder = mkdtempSync(join(tmpdir(), 'esteira-copy-'));
  const file = join(folder, backup.name);
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(backup.name);
  await download.saveAs(file);

  // Another installation, on SQLite, whatever this one runs on.
  const database = `sqlite://${join(folder, 'new/esteira.db')}`;
  const store = `file://${join(folder, 'store')}`;
  expect(await server.command('backup', 'verify', file)).toContain('is sound');
  const told = await server.command('restore', file, '--database', database, '--storage', store, '--paused');
  expect(told).toContain('1 documents are in the store');
  const elsewhere = await Server.start({
    backend: 'sqlite',
    environment: { ESTEIRA_DATABASE_URL: database, ESTEIRA_STORAGE_URL: store },
  });
  try {
    const copy = new Api(elsewhere.url);
    await copy.signIn(ADMIN.email, ADMIN.password);
    const context = await browser.newContext({ baseURL: elsewhere.url });
    const there = await Shell.open(await context.newPage(), copy, `/mes/${when}`);
    await expect(there.heading(new RegExp(monthInWords(when)))).toBeVisible();
    await expect(there.main.getByText('Padaria Cópia')).toBeVisible();
    const sum = async (api: Api) => {
      const { documents } = await api.get<{ documents: { id: string; sha256: string }[] }>(`/processes/${process.id}`);
      const answer = await api.send('GET', `/documents/${documents[0]?.id}/content`);
      expect(answer.status).toBe(200);
      return documents[0]?.sha256;
    };
    expect(await sum(copy)).toBe(await sum(admin));
    const audit = await copy.get<{ items: { action: string; subject_name: string }[] }>('/audit?action=backup.restore');
    expect(audit.items[0]?.subject_name).toBe(backup.name);
    await context.close();
  } finally {
    await elsewhere.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a backup that is not wanted any more goes, and the newest proven one not without a warning', async ({ page, admin }) => {
  await admin.post('/backups', { documents: false, encrypt: false });
  const backup = await ended(admin);
  const shell = await Shell.open(page, admin, '/backups');
  const row = shell.row(backup.name);
  await row.getByRole('button', { name: `Ações para ${backup.name}` }).click();
  await page.getByRole('menuitem', { name: 'Excluir' }).click();
  const dialog = shell.dialog(`Excluir ${backup.name}?`);
  await expect(dialog).toContainText('Esta é a cópia comprovada mais nova');
  await dialog.getByRole('button', { name: 'Excluir cópia' }).click();
  await expect(row).toHaveCount(0);
  await expect(shell.notices).toContainText(`Cópia ${backup.name} excluída.`);
});
