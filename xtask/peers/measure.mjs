// What the Node peers share, as measure.py is for Python: the command line, the worker processes, the counting and the servers'
// figures.
//
// The process that is called enqueues and watches; workers are processes of their own, as in production, so that enqueueing
// weighs on neither their memory nor their CPU. They are ended without ceremony: by then every job is acknowledged.
//
// A peer is a class with
//   static package             its name on npm
//   static settings, latency   the settings for throughput by name, the default first, and the one for latency;
//                              each has a `description` and may have `processes` and what else the peer reads from it
//   static server              Redis or Postgres, below
//   constructor(url, setting)  which workers use too
//   reset()                    removes everything the peer has on the server and prepares an empty queue
//   enqueueAll(numbers), enqueueOne(number)
//   remaining()                zero when every job is executed and acknowledged
//   work(execute)              consumes for good in a worker process; the job calls `execute` with its number
import { fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const WARM_UP = 20;
const PAUSE_BETWEEN_PICKUPS_MS = 20;
/** How often a worker tells how far it is. The end of a drain is seen at most this much late. */
const PROGRESS_INTERVAL_MS = 10;
/** How often the server is asked, once everything is executed, whether everything is acknowledged. */
const ACKNOWLEDGED_INTERVAL_MS = 2;
/** Workers that have said nothing for this long have failed. */
const PATIENCE_MS = 60_000;

const installed = path.join(process.env.ESTEIRA_PEERS ?? path.join(import.meta.dirname, "../../.tools/peers"), "node");
/** Loads a package from where `setup` put it. */
export const load = createRequire(path.join(installed, "package.json"));
const IORedis = load("ioredis");
const pg = load("pg");

export async function main(Peer) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { setting: { type: "string" } } });
  const [verb, url, jobs] = positionals;
  if (verb === "work") return new Worker(Peer);
  if (verb === "settings") return console.log(JSON.stringify(Object.keys(Peer.settings)));

  const measure = { drain, pickup }[verb];
  const setting = verb === "pickup" ? Peer.latency : Peer.settings[values.setting ?? Object.keys(Peer.settings)[0]];
  if (!measure || !setting || !(jobs > 0)) {
    console.error("usage: settings | drain <url> <jobs> [--setting name] | pickup <url> <jobs>");
    process.exit(2);
  }
  const server = new Peer.server(url);
  const peer = new Peer(url, setting);
  await peer.reset();
  const workers = new Workers(verb, url, setting);
  const figures = await measure(peer, server, workers, Number(jobs));
  await workers.end();
  console.log(
    JSON.stringify({
      peer: Peer.package,
      version: JSON.parse(readFileSync(path.join(installed, "node_modules", Peer.package, "package.json"))).version,
      runtime: `node ${process.versions.node}`,
      server: await server.version(),
      setting: setting.description,
      durability: await server.durability(),
      jobs: Number(jobs),
      ...figures,
    }),
  );
  // The connections are still open.
  process.exit();
}

async function drain(peer, server, workers, jobs) {
  const enqueued = now();
  await peer.enqueueAll(Array.from({ length: jobs }, (_, number) => number));
  const enqueueSeconds = (now() - enqueued) / 1e9;
  await server.settle();

  await workers.start();
  await workers.executions(1);
  const serverCpu = await server.cpuSeconds();
  await workers.executions(jobs);
  let ended = now();
  while (await peer.remaining()) {
    await sleep(ACKNOWLEDGED_INTERVAL_MS);
    ended = now();
  }
  const serverCpuEnded = await server.cpuSeconds();

  const reports = await workers.reports();
  const numbers = reports.flatMap((report) => report.numbers);
  return {
    enqueue_seconds: enqueueSeconds,
    // The first execution starts the clock: connecting and the first fetch are a gift to the peer.
    seconds: (ended - Math.min(...reports.map((report) => report.began))) / 1e9,
    cpu_seconds: sum(reports.map((report) => report.cpuSeconds)),
    server_cpu_seconds: serverCpu === null ? null : serverCpuEnded - serverCpu,
    peak_rss_bytes: sum(reports.map((report) => report.peakRssBytes)),
    executed: numbers.length,
    distinct: new Set(numbers).size,
  };
}

async function pickup(peer, _server, workers, jobs) {
  await workers.start();
  const latencies = [];
  for (let number = 0; number < jobs; number++) {
    const called = now();
    const [started] = await Promise.all([workers.startOf(number), peer.enqueueOne(number)]);
    latencies.push(Math.floor((started - called) / 1000));
    await sleep(PAUSE_BETWEEN_PICKUPS_MS);
  }
  return { latencies_us: latencies.slice(WARM_UP) };
}

/** The worker processes, seen from the process that measures. They end with it, however it ends. */
class Workers extends EventEmitter {
  /** What each worker said last. */
  said = new Map();

  constructor(verb, url, setting) {
    super();
    this.task = { verb, url, setting };
  }

  /** Returns when all are loaded and told to begin, so that none begins before the others. */
  async start() {
    const patience = setTimeout(() => this.emit("error", new Error("the workers are silent")), PATIENCE_MS);
    for (let i = 0; i < (this.task.setting.processes ?? 1); i++) {
      // The one line on standard output is not a worker's to write.
      const worker = fork(process.argv[1], ["work"], { stdio: ["ignore", 2, 2, "ipc"] });
      this.said.set(worker, {});
      worker.on("exit", (code) => this.emit("error", new Error(`a worker ended with ${code}`)));
      worker.on("message", (message) => {
        patience.refresh();
        this.said.set(worker, message);
        this.emit("said");
      });
    }
    await this.until((said) => said.every(({ ready }) => ready));
    this.tell(this.task);
  }

  executions(jobs) {
    return this.until((said) => sum(said.map(({ executed }) => executed ?? 0)) >= jobs);
  }

  /** Monotonic time in nanoseconds at which the job's function began. */
  async startOf(job) {
    const [{ started }] = await this.until(([{ number }]) => number === job);
    return started;
  }

  reports() {
    this.tell("report");
    return this.until((said) => said.every(({ numbers }) => numbers));
  }

  /** Returns when none is left. */
  async end() {
    for (const worker of this.said.keys()) worker.removeAllListeners("exit").kill("SIGKILL");
    await Promise.all([...this.said.keys()].map((worker) => once(worker, "exit")));
  }

  tell(message) {
    for (const worker of this.said.keys()) worker.send(message);
  }

  async until(fulfilled) {
    while (!fulfilled([...this.said.values()])) await once(this, "said");
    return [...this.said.values()];
  }
}

/** The whole life of a worker process. */
class Worker {
  numbers = [];

  constructor(Peer) {
    process.once("disconnect", () => process.exit());
    process.once("message", ({ verb, url, setting }) => {
      if (verb === "drain") this.converse();
      new Peer(url, setting).work(verb === "drain" ? this.count : this.announce);
    });
    process.send({ ready: true });
  }

  announce = (number) => {
    const started = now();
    process.send({ number, started });
  };

  count = (number) => {
    this.began ??= { at: now(), cpu: process.cpuUsage() };
    this.numbers.push(number);
  };

  /** Tells the progress of a drain until asked for the report. */
  converse() {
    let executed = 0;
    const progress = setInterval(() => {
      if (executed === this.numbers.length) return;
      executed = this.numbers.length;
      process.send({ executed });
    }, PROGRESS_INTERVAL_MS);
    process.once("message", () => {
      clearInterval(progress);
      const began = this.began ?? { at: now(), cpu: process.cpuUsage() };
      const { user, system } = process.cpuUsage(began.cpu);
      process.send({
        numbers: this.numbers,
        began: began.at,
        cpuSeconds: (user + system) / 1e6,
        peakRssBytes: peakRssBytes(),
      });
    });
  }
}

/** What a Redis server says of itself. */
export class Redis {
  constructor(url) {
    this.client = connectRedis(url);
  }

  async version() {
    return `redis ${await this.info("redis_version")}`;
  }

  async durability() {
    const [, appendonly] = await this.client.config("GET", "appendonly");
    const [, appendfsync] = await this.client.config("GET", "appendfsync");
    return `appendonly ${appendonly}, appendfsync ${appendfsync}`;
  }

  /** Nothing to do between enqueueing and draining. */
  async settle() {}

  async cpuSeconds() {
    return familyCpuSeconds(Number(await this.info("process_id")), "redis-server");
  }

  async info(name) {
    const info = await this.client.info("server");
    return info.match(new RegExp(`^${name}:(.*)\r$`, "m"))[1];
  }
}

export function connectRedis(url) {
  // BullMQ asks for it: its workers wait in commands that take as long as they take.
  return new IORedis(url.replace("unix://", ""), { maxRetriesPerRequest: null });
}

/** What a PostgreSQL server says of itself. */
export class Postgres {
  constructor(url) {
    this.pool = new pg.Pool({ connectionString: url, max: 1 });
  }

  async version() {
    const version = await this.value("SHOW server_version");
    return `postgresql ${version.split(" ")[0]}`;
  }

  async durability() {
    return `fsync ${await this.value("SHOW fsync")}, synchronous_commit ${await this.value("SHOW synchronous_commit")}`;
  }

  /** Gives the planner the statistics that autovacuum would have brought a queue that fills less suddenly. */
  async settle() {
    await this.pool.query("VACUUM ANALYZE");
  }

  async cpuSeconds() {
    const [, postmaster] = statFields(await this.value("SELECT pg_backend_pid()")) ?? [];
    return postmaster ? familyCpuSeconds(Number(postmaster), "postgres") : null;
  }

  async value(query) {
    const { rows } = await this.pool.query({ text: query, rowMode: "array" });
    return rows[0][0];
  }
}

/** CPU time of a local server: its main process, the children it has and those that have ended. Null when it is not local. */
function familyCpuSeconds(pid, program) {
  if (read(`/proc/${pid}/comm`)?.trim() !== program) return null;
  let ticks = 0;
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statFields(name);
    if (fields && [Number(name), Number(fields[1])].includes(pid)) ticks += sum(fields.slice(11, 15).map(Number));
  }
  return ticks / TICKS_PER_SECOND;
}

/** Linux's USER_HZ, the same on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

/** From the state on: the program's name before it may hold spaces. 1 is the parent, 11 to 14 are the CPU times. */
function statFields(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Not `maxRSS`, which a process inherits from the one that started it. */
function peakRssBytes() {
  return Number(read("/proc/self/status").match(/VmHWM:\s+(\d+)/)[1]) * 1024;
}

/** Nothing when the file is gone: processes end while they are looked at. */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Monotonic time in nanoseconds, the same in every process. */
function now() {
  return Number(process.hrtime.bigint());
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
