import { type Locator, type Page, expect } from '@playwright/test';
import type { Api } from '../api';
import { ProcessesPage } from './processes';
import { Shell } from './shell';

/** The list of runs and what is done to many. */
export class ExecutionsPage extends ProcessesPage {
  /** Narrows the list to those that nobody knows the end of. */
  readonly unknown: Locator;

  constructor(page: Page) {
    super(page);
    this.unknown = page.getByRole('search', { name: 'Filtros' }).getByRole('button', { name: 'Fim desconhecido', exact: true });
  }

  /** The run of a client with an operator. */
  of(client: string, operator: string): Locator {
    return this.row(new RegExp(`${client}\\s*${operator}`));
  }

  async open(client: string, operator: string): Promise<void> {
    await this.of(client, operator).getByRole('link', { name: client, exact: true }).click();
  }
}

/** One run: how it stands, its log, its result, what it was given. */
export class ExecutionPage extends Shell {
  readonly log: LogPart;
  /** The run's other attempts, beside its status. */
  readonly attempts: Locator;
  private readonly progress: Locator;

  constructor(page: Page) {
    super(page);
    this.log = new LogPart(page);
    this.attempts = this.main.getByRole('list', { name: 'Tentativas' });
    this.progress = this.main.getByRole('progressbar', { name: 'Andamento' });
  }

  /** Opens the page of a run as the person `api` is signed in as. */
  static async of(page: Page, api: Api, id: string, hash = ''): Promise<ExecutionPage> {
    await Shell.open(page, api, `/execucoes/${id}${hash}`);
    return new ExecutionPage(page);
  }

  status(word: string): Locator {
    return this.main.getByText(word, { exact: true }).first();
  }

  tab(name: string): Locator {
    return this.main.getByRole('tab', { name, exact: true });
  }

  /** A text that is shown as it is. */
  code(title: string): Locator {
    return this.main.getByRole('region', { name: title, exact: true });
  }

  /** How far the robot says that it is; 0 while it does not. */
  percent = async (): Promise<number> => {
    const [now] = await this.progress.evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('aria-valuenow') ?? 0)));
    return now ?? 0;
  };

  /** Asks for the run's end, and confirms it. */
  async cancel(): Promise<void> {
    await this.button('Cancelar').click();
    await this.dialog(/^Cancelar a execução de/).getByRole('button', { name: 'Cancelar execução' }).click();
  }
}

/** The log of a run. */
export class LogPart {
  readonly region: Locator;
  readonly tools: Locator;
  /** The box that the lines scroll in. */
  readonly lines: Locator;
  readonly search: Locator;
  readonly previous: Locator;
  readonly next: Locator;
  readonly firstError: Locator;
  readonly wrap: Locator;
  readonly time: Locator;
  readonly copy: Locator;
  readonly download: Locator;
  readonly follow: Locator;
  readonly toEnd: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole('region', { name: 'Log do robô', exact: true });
    this.lines = this.region.getByRole('region', { name: 'Linhas do log', exact: true });
    this.tools = this.region.getByRole('toolbar', { name: 'Ler o log' });
    this.search = this.tools.getByRole('searchbox', { name: 'Buscar no log' });
    this.previous = this.tools.getByRole('button', { name: 'Resultado anterior' });
    this.next = this.tools.getByRole('button', { name: 'Próximo resultado' });
    this.firstError = this.tools.getByRole('button', { name: 'Primeiro erro' });
    this.wrap = this.tools.getByRole('button', { name: 'Quebrar linhas longas' });
    this.time = this.tools.getByRole('button', { name: 'Hora das linhas' });
    this.copy = this.tools.getByRole('button', { name: /^Copiar a/ });
    this.download = this.tools.getByRole('button', { name: 'Baixar o log inteiro' });
    this.follow = this.region.getByRole('button', { name: 'Acompanhar' });
    this.toEnd = this.region.getByRole('button', { name: 'Ir para o fim' });
  }

  /** The choice of lines by their level: `Tudo`, `Avisos e erros`, `Erros`. */
  level(name: string): Locator {
    return this.tools.getByRole('group', { name: 'Quais linhas mostrar' }).getByRole('button', { name, exact: true });
  }

  /** What the foot says, how lines come and how the search goes. */
  said(words: string | RegExp): Locator {
    return this.region.getByRole('status').filter({ hasText: words });
  }

  line(number: number): Locator {
    return this.lines.locator(`[data-seq="${number}"]`);
  }

  /** The line's own words, beside its number, time and level. */
  text(number: number): Locator {
    return this.line(number).locator('.log__text');
  }

  number(number: number): Locator {
    return this.line(number).getByRole('link');
  }

  /** Numbers of the lines that are in the page, from top to bottom. */
  numbers = (): Promise<number[]> =>
    this.lines.locator('[data-seq]').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-seq'))));

  /** Number of the newest line that is in the page; 0 for none. */
  newest = async (): Promise<number> => Math.max(0, ...(await this.numbers()));

  /** The lines in the page as they are read, from top to bottom. */
  texts = (): Promise<string[]> =>
    this.lines
      .locator('[data-seq]')
      .evaluateAll((rows) => rows.map((row) => row.querySelector<HTMLElement>('.log__text')?.innerText ?? ''));

  /** Lines that the foot counts. */
  total = async (): Promise<number> => {
    const words = await this.region.getByText(/^[\d.]+ linhas?$/).textContent();
    return Number(words?.replaceAll(/\D/g, ''));
  };

  /** The first whole line in sight, and how far from the top of the box it stands. */
  top = (): Promise<string> =>
    this.lines.evaluate((box) => {
      const edge = box.getBoundingClientRect().top;
      const rows = [...box.querySelectorAll('[data-seq]')];
      const first = rows.find((row) => row.getBoundingClientRect().top >= edge - 0.5);
      return `${first?.getAttribute('data-seq')} at ${Math.round((first?.getBoundingClientRect().top ?? 0) - edge)} px`;
    });

  /** The line is where it can be read, and not just in the page; and however long the log is, little of it is there. */
  async expectInSight(number: number): Promise<void> {
    const seen = () =>
      this.line(number).evaluateAll((rows) =>
        rows.some((row) => {
          const box = row.closest('[role="region"]')?.getBoundingClientRect();
          const { top, bottom } = row.getBoundingClientRect();
          return box !== undefined && row.querySelector('.log__text') !== null && top >= box.top - 1 && bottom <= box.bottom + 1;
        }),
      );
    await expect.poll(seen, { message: `line ${number} is in sight` }).toBe(true);
    expect((await this.numbers()).length, 'lines in the page').toBeLessThanOrEqual(250);
  }

  /** Turns the wheel over the lines; downwards is positive. */
  async scroll(pixels: number): Promise<void> {
    await this.lines.hover();
    await this.page.mouse.wheel(0, pixels);
  }
}

/** How Esteira reaches the systems that it works with. */
export class ConnectionsPage extends Shell {
  readonly url: Locator;
  readonly token: Locator;
  readonly atOnce: Locator;
  readonly perOperator: Locator;
  readonly save: Locator;
  readonly tryIt: Locator;

  constructor(page: Page) {
    super(page);
    this.url = this.main.getByLabel(/^Endereço da API/);
    this.token = this.main.getByRole('group', { name: 'Token de acesso' });
    this.atOnce = this.main.getByLabel('Na organização');
    this.perOperator = this.main.getByLabel('Por operadora');
    this.save = this.button('Salvar conexões');
    this.tryIt = this.button('Testar conexão');
  }

  /** Writes a token in the place of the one that is kept, or of none. */
  async writeToken(token: string): Promise<void> {
    await this.token.getByRole('button', { name: /^(Definir|Trocar)$/ }).click();
    await this.main.getByLabel('Token de acesso').fill(token);
  }
}
