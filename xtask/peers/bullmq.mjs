// BullMQ on Redis.
import { connectRedis, load, main, Redis } from "./measure.mjs";

const { Queue, Worker } = load("bullmq");

class BullMQ {
  static package = "bullmq";
  static settings = { default: { description: "concurrency 100", concurrency: 100 } };
  static latency = { description: "concurrency 1", concurrency: 1 };
  static server = Redis;

  constructor(url, setting) {
    this.setting = setting;
    this.connection = connectRedis(url);
    this.queue = new Queue("peers", { connection: this.connection });
  }

  reset() {
    return this.connection.flushdb();
  }

  async enqueueAll(numbers) {
    for (let start = 0; start < numbers.length; start += 1000) {
      await this.queue.addBulk(numbers.slice(start, start + 1000).map((number) => ({ name: "noop", data: number })));
    }
  }

  enqueueOne(number) {
    return this.queue.add("noop", number);
  }

  remaining() {
    return this.queue.getJobCountByTypes("wait", "active");
  }

  work(execute) {
    new Worker(this.queue.name, async (job) => execute(job.data), {
      connection: this.connection,
      concurrency: this.setting.concurrency,
      removeOnComplete: { count: 0 },
    });
  }
}

await main(BullMQ);
