// BullMQ on Redis.
import { connectRedis, load, main, Redis } from "./measure.mjs";

const { Queue, Worker } = load("bullmq");
const BULK = 1000;

class BullMQ {
  static package = "bullmq";
  // A concurrency of 300 is no faster; 10 is a tenth slower, and so is a second process.
  static settings = { default: { description: "concurrency 100, completed jobs removed", concurrency: 100 } };
  static latency = { description: "concurrency 1, completed jobs removed", concurrency: 1 };
  static server = Redis;

  constructor(url, setting) {
    this.setting = setting;
    this.connection = connectRedis(url);
    this.queue = new Queue("noop", { connection: this.connection });
  }

  reset() {
    return this.connection.flushdb();
  }

  async enqueueAll(numbers) {
    for (let start = 0; start < numbers.length; start += BULK) {
      await this.queue.addBulk(numbers.slice(start, start + BULK).map((number) => ({ name: "noop", data: number })));
    }
  }

  enqueueOne(number) {
    return this.queue.add("noop", number);
  }

  remaining() {
    return this.queue.getJobCountByTypes("waiting", "active");
  }

  work(execute) {
    const { connection, setting, queue } = this;
    new Worker(queue.name, async ({ data }) => execute(data), {
      connection,
      concurrency: setting.concurrency,
      removeOnComplete: { count: 0 },
    });
  }
}

await main(BullMQ);
