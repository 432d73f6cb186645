import { cnpj } from '../support/cnpj';
import { expect, test } from '../support/fixtures';
import { Keyboard } from '../support/keyboard';
import { ProcessesPage } from '../support/pages/processes';
import { Shell } from '../support/pages/shell';
import { fresh, month, monthInWords, openedMonth, processes, upload } from '../support/world';

test('an account that came later is opened without opening anything twice', async ({ page, admin }) => {
  const wanted = month(-100);
  await openedMonth(admin, wanted, ['Mês Antes'], ['VIVO']);
  await admin.post('/clients/import', `razao_social;cnpj;operadora;conta\nMês Depois;${cnpj(fresh())};VIVO;1\n`);
  const before = await processes(admin, `month=${wanted}`);
  const shell = await Shell.open(page, admin, `/mes/${wanted}`);
  await expect(shell.main.getByText('1 conta ativa está sem processo neste mês')).toBeVisible();
  await shell.button('Abrir o que falta').first().click();
  await shell.dialog(`Abrir ${monthInWords(wanted)}`).getByRole('button', { name: /^Abrir 1 processo/ }).click();
  await expect(page.getByRole('gridcell', { name: /^Mês Depois · VIVO, Aguardando fatura/ })).toBeVisible();
  await expect(shell.button('Abrir o que falta')).toHaveCount(0);
  const after = await processes(admin, `month=${wanted}`);
  expect(after).toHaveLength(before.length + 1);
  expect(new Set(after.map((process) => `${process.client_id} ${process.operator_name}`)).size).toBe(after.length);
});

test('cells are chosen with the keyboard and approved together', async ({ page, admin }) => {
  const wanted = month(-101);
  const all = await openedMonth(admin, wanted, ['Grade A', 'Grade B', 'Grade C'], ['CLARO', 'VIVO']);
  for (const process of all) await upload(admin, process.id);
  const keyboard = await Keyboard.of(page);
  await Shell.open(page, admin, `/mes/${wanted}?q=Grade`);
  const list = new ProcessesPage(page);
  const cell = (client: string, operator: string) => page.getByRole('gridcell', { name: new RegExp(`^${client} · ${operator}`) });
  await keyboard.reach(cell('Grade A', 'CLARO'));
  await keyboard.press('Space');
  await keyboard.press('Shift+ArrowDown');
  await keyboard.press('Shift+ArrowRight');
  await expect(cell('Grade B', 'VIVO')).toBeFocused();
  await expect(list.selection.getByRole('status')).toHaveText('4 selecionados');
  await expect(cell('Grade C', 'VIVO')).toHaveAttribute('aria-selected', 'false');

  await keyboard.activate(list.selection.getByRole('button', { name: 'Aprovar' }));
  const dialog = list.dialog('Aprovar processos');
  await expect(dialog).toContainText('Podem ser aprovados: 4 de 4.');
  await keyboard.activate(dialog.getByRole('button', { name: 'Aprovar 4' }));
  await expect(dialog.getByText('4 aprovados')).toBeVisible();
  await keyboard.press('Escape');
  await expect(cell('Grade A', 'CLARO')).toHaveAccessibleName(/A enviar ao SAT/);
  await expect(cell('Grade C', 'VIVO')).toHaveAccessibleName(/Para aprovar/);
  expect(keyboard.presses, 'presses of a pointer').toBe(0);
  expect((await processes(admin, `month=${wanted}&q=Grade&status=AGUARDANDO_ENVIO_SAT`)).map((process) => process.client_name)).toEqual([
    'Grade A',
    'Grade A',
    'Grade B',
    'Grade B',
  ]);
});

test('each number of what is missing narrows the matrix to what it counts', async ({ page, admin }) => {
  const wanted = month(-102);
  const all = await openedMonth(admin, wanted, ['Falta A', 'Falta B', 'Falta C'], ['VIVO']);
  await upload(admin, all[0]?.id ?? '');
  const shell = await Shell.open(page, admin, `/mes/${wanted}?q=Falta`);
  const cells = page.getByRole('gridcell', { name: /^Falta . · VIVO, (Aguardando fatura|Para aprovar)/ });
  await expect(cells).toHaveCount(3);
  const missing = shell.main.getByRole('group', { name: 'O que falta para fechar' });
  await missing.getByRole('button', { name: /para aprovar/ }).click();
  await expect(cells).toHaveCount(1);
  await expect(page).toHaveURL(/status=AGUARDANDO_APROVACAO/);
  await expect(missing.getByRole('button', { name: /para aprovar/ })).toHaveAttribute('aria-pressed', 'true');
  await missing.getByRole('button', { name: /para aprovar/ }).click();
  await expect(cells).toHaveCount(3);
});

test('the palette finds a client and an action by keyboard', async ({ page, admin }) => {
  const [target] = await openedMonth(admin, month(-103), ['Agulha no Palheiro'], ['VIVO']);
  const shell = await Shell.open(page, admin, '/');
  await page.keyboard.press('Control+k');
  await expect(shell.palette).toBeVisible();
  await page.keyboard.type('agulha');
  const found = shell.palette.getByRole('option', { name: /Agulha no Palheiro/ });
  await expect(found.first()).toBeVisible();
  const place = await found.evaluateAll((all) => all.findIndex((one) => one.getAttribute('aria-selected') === 'true'));
  expect(place, 'the first result is chosen').toBe(0);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/(clientes/${target?.client_id}|processos/${target?.id})$`));

  await page.keyboard.press('Control+k');
  await page.keyboard.type('escuro');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
