// pg-boss on PostgreSQL.
import { load, main, Postgres } from "./measure.mjs";

const { PgBoss } = load("pg-boss");
const SCHEMA = "pgboss";
const QUEUE = "noop";
const BULK = 1000;

class Boss {
  static package = "pg-boss";
  // Without batches a worker pauses half a second or more after each job. Batches of 500 are a sixth slower, of 2000 no faster;
  // one loop is a quarter slower, and neither four nor a second process are faster. Results for each job cost nothing.
  static settings = {
    default: {
      description: "2 loops fetching batches of 1000, each job settled by its own result",
      work: { batchSize: 1000, localConcurrency: 2, burstWhenBatchFull: true, perJobResults: true },
    },
  };
  // LISTEN/NOTIFY is an option of the queue; polling at the shortest interval is its safety net.
  static latency = {
    description: "LISTEN/NOTIFY, polling every 0.5 s",
    work: { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, perJobResults: true },
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
    await this.boss.work(QUEUE, this.setting.work, async (jobs) =>
      jobs.map(({ id, data }) => {
        execute(data.number);
        return { id, status: "completed" };
      }),
    );
  }
}

await main(Boss);
