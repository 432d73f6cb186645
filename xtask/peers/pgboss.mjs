// pg-boss on PostgreSQL.
import { load, main, Postgres } from "./measure.mjs";

const { PgBoss } = load("pg-boss");
const QUEUE = "noop";
const SCHEMA = "pgboss";

class Boss {
  static package = "pg-boss";
  static settings = {
    default: { description: "batches of 500, fetched without pause while full", batchSize: 500, localConcurrency: 1 },
  };
  static latency = { description: "LISTEN/NOTIFY, polling every 0.5 s besides", batchSize: 1, localConcurrency: 1 };
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
    for (let start = 0; start < numbers.length; start += 1000) {
      await this.boss.insert(QUEUE, numbers.slice(start, start + 1000).map((number) => ({ data: { number } })));
    }
  }

  enqueueOne(number) {
    return this.boss.send(QUEUE, { number });
  }

  remaining() {
    return this.postgres.value(`SELECT count(*)::int FROM ${SCHEMA}.job WHERE name = '${QUEUE}' AND state <> 'completed'`);
  }

  async work(execute) {
    const { batchSize, localConcurrency } = this.setting;
    await this.boss.start();
    await this.boss.work(
      QUEUE,
      { batchSize, localConcurrency, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, perJobResults: !!this.setting.p },
      async (jobs) => { jobs.forEach(({ data }) => execute(data.number)); return this.setting.p ? jobs.map(({id})=>({id, status:"completed"})) : undefined },
    );
  }
}

await main(Boss);
