// graphile-worker on PostgreSQL.
import { load, main, Postgres } from "./measure.mjs";

const { Logger, makeWorkerUtils, run } = load("graphile-worker");
const SCHEMA = "graphile_worker";
const silent = new Logger(() => () => {});

class Graphile {
  static package = "graphile-worker";
  static settings = {
    default: { description: "concurrency 24", worker: { concurrentJobs: 24, maxPoolSize: 25 } },
    batched: {
      description: "concurrency 24, local queue of 500, completions batched",
      worker: { concurrentJobs: 24, maxPoolSize: 25, localQueue: { size: 500 }, completeJobBatchDelay: 0 },
    },
  };
  static latency = { description: "concurrency 1, LISTEN/NOTIFY", worker: { concurrentJobs: 1 } };
  static server = Postgres;

  constructor(url, setting) {
    this.postgres = new Postgres(url);
    this.preset = { worker: { connectionString: url, schema: SCHEMA, logger: silent, ...setting.worker } };
  }

  async reset() {
    await this.postgres.pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    this.utils = await makeWorkerUtils({ preset: this.preset });
    await this.utils.migrate();
  }

  async enqueueAll(numbers) {
    for (let start = 0; start < numbers.length; start += 1000) {
      await this.utils.addJobs(numbers.slice(start, start + 1000).map((number) => ({ identifier: "noop", payload: { number } })));
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
