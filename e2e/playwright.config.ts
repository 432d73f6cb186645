import { defineConfig } from '@playwright/test';
import { browserPath } from './support/browser';
import type { WorkerOptions } from './support/fixtures';

const report = process.env.ESTEIRA_E2E_REPORT;

export default defineConfig<object, WorkerOptions>({
  testDir: '.',
  outputDir: 'test-results',
  // A test that passes only at the second try is a defect to see, not to hide.
  retries: 0,
  // One more than a small machine has cores: a test waits much of its time, for robots and for what comes by itself.
  workers: 3,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: report ? [['list'], ['json', { outputFile: report }]] : [['list']],
  use: {
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
    viewport: { width: 1440, height: 900 },
    // Every test records one until it has passed. The film of the screen in it costs more than the rest; a failed test keeps its
    // last picture, and the page as it was at each step.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browserPath(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'sqlite', testMatch: ['tests/**/*.spec.ts', 'bugs/**/*.spec.ts'], use: { backend: 'sqlite' } },
    {
      name: 'postgres',
      testMatch: ['tests/**/*.spec.ts', 'bugs/**/*.spec.ts'],
      // How a page looks, loads and reads does not depend on the database behind it, and each of its routes is tested on both
      // in the API's own tests. A new file runs on both until it is named here.
      testIgnore: [
        'accessibility',
        'administration',
        'email',
        'english',
        'first-visit',
        'log-proxy',
        'month',
        'parts',
        'review',
        'robots-screens',
        'subpath',
      ].map((name) => `tests/${name}.spec.ts`),
      use: { backend: 'postgres' },
    },
    // Pictures for the documentation; `cargo xtask screenshots` asks for it by name.
    ...(process.env.ESTEIRA_SCREENSHOTS
      ? [{ name: 'screenshots', testMatch: 'screenshots.ts', timeout: 600_000, use: { backend: 'sqlite' as const } }]
      : []),
    // Measured in the browser; `cargo xtask bench logs` and `visit` name the file. A trace would weigh on what is measured.
    ...(process.env.ESTEIRA_BENCH
      ? [
          {
            name: 'bench',
            testMatch: ['bench/log-viewer.ts', 'bench/first-visit.ts'],
            timeout: 1_800_000,
            use: { backend: 'sqlite' as const, trace: 'off' as const, screenshot: 'off' as const },
          },
        ]
      : []),
  ],
});
