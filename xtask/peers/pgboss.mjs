// pg-boss on PostgreSQL.
import { load, main, Postgres } from "./measure.mjs";

const { PgBoss } = load("pg-boss");
const SCHEMA = "pgboss";
const QUEUE = "noop";
const BULK = 1000;

class Boss {
  static package = "pg-boss";
  // Without batches a worker pauses half a second or more after each job. Batches of 500 are a sixth slower, of 2000 no faster;
  // one loop is a quarter slower, and neither four nor a second process is faster. Settling each job by its own result instead of
  // the whole batch by one costs up to a tenth, and several times that on a small table.
  static settings = {
    default: {
      description: "2 loops, each fetching and settling batches of 1000",
      work: { batchSize: 1000, localConcurrency: 2, burstWhenBatchFull: true },
    },
  };
  // LISTEN/NOTIFY is an option of the queue; polling at the shortest interval is its safety net.
  static latency = {
    description: "LISTEN/NOTIFY, polling every 0.5 s",
    work: { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 },
  };
  static server = Postgres;

  constructor(url, setting) {
    this.setting = setting;
    this.postgres = new Postgres(url);
    this.boss = new PgBoss({ connectionString: url, schema: SCHEMA, useListenNotify: true });
    this.boss.on("error", console.error);
  }

  async reset() {
    await this.postgres.pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.boss.start();
    await this.boss.createQueue(QUEUE, { notify: true });
  }

  async enqueueAll(numbers) {
    for (let start = 0; start < numbers.length; start += BULK) {
      await this.boss.insert(
        QUEUE,
        numbers.slice(start, start + BULK).map((number) => ({ data: { number } })),
      );
    }
  }

  enqueueOne(number) {
    return this.boss.send(QUEUE, { number });
  }

  remaining() {
    return this.postgres.value(`SELECT count(*)::int FROM ${SCHEMA}.job WHERE name = '${QUEUE}' AND state < 'completed'`);
  }

  async work(execute) {
    await this.boss.start();
    await this.boss.work(QUEUE, this.setting.work, async (jobs) => {
      for (const { data } of jobs) execute(data.number);
    });
  }
}

await main(Boss);
