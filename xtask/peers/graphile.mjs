// graphile-worker on PostgreSQL.
import { load, main, Postgres } from "./measure.mjs";

const { Logger, makeWorkerUtils, run } = load("graphile-worker");
const SCHEMA = "graphile_worker";
const BULK = 1000;
// Standard output is for the one line of figures.
const logger = new Logger(() => () => {});

class Graphile {
  static package = "graphile-worker";
  // A concurrency of 10 is equally fast, 4 and 50 are a tenth slower, and a second process a fifth. With batches the second
  // process gains a tenth, and a local queue of 1000 a little over the 500 of the documentation.
  static settings = {
    default: { description: "concurrency 24", worker: { concurrentJobs: 24, maxPoolSize: 25 } },
    batched: {
      description: "concurrency 24 in each of 2 processes, local queue of 1000, completions batched",
      worker: { concurrentJobs: 24, maxPoolSize: 25, localQueue: { size: 1000 }, completeJobBatchDelay: 0 },
      processes: 2,
    },
  };
  static latency = { description: "concurrency 4, LISTEN/NOTIFY", worker: { concurrentJobs: 4 } };
  static server = Postgres;

  constructor(url, setting) {
    this.postgres = new Postgres(url);
    this.preset = { worker: { connectionString: url, schema: SCHEMA, logger, ...setting.worker } };
  }

  async reset() {
    await this.postgres.pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    this.utils = await makeWorkerUtils({ preset: this.preset });
    await this.utils.migrate();
  }

  async enqueueAll(numbers) {
    for (let start = 0; start < numbers.length; start += BULK) {
      const jobs = numbers.slice(start, start + BULK).map((number) => ({ identifier: "noop", payload: { number } }));
      await this.utils.addJobs(jobs);
    }
  }

  enqueueOne(number) {
    return this.utils.addJob("noop", { number });
  }

  remaining() {
    return this.postgres.value(`SELECT count(*)::int FROM ${SCHEMA}.jobs`);
  }

  work(execute) {
    return run({ preset: this.preset, taskList: { noop: ({ number }) => execute(number) } });
  }
}

await main(Graphile);
