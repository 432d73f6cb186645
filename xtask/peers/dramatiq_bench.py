"""Dramatiq on Redis."""

import os
import threading

# Read while dramatiq is imported. With the default, two for each thread, the consumer mostly sleeps: a quarter of the throughput.
os.environ["dramatiq_queue_prefetch"] = "100"

import dramatiq
from dramatiq.brokers.redis import RedisBroker

import measure
from measure import Setting


class Dramatiq(measure.Peer):
    name = "dramatiq"
    # As its own command starts it: a process for each core, each with 8 threads. Fewer threads and more prefetch are no faster.
    settings = {"default": Setting("8 threads in each of 2 processes, prefetch 100", processes=2)}
    # It has no way but polling. By default an idle worker polls ever more seldom, down to once a second; below 2 ms it spins.
    latency = Setting("8 threads, polling every millisecond", {"worker_timeout": 2})
    server = measure.Redis

    def __init__(self, url, setting):
        self.options = setting.options
        self.broker = RedisBroker(url=url)

        @dramatiq.actor(broker=self.broker)
        def noop(number):
            self.execute(number)

        self.noop = noop

    def reset(self):
        self.broker.client.flushdb()

    def enqueue_all(self, numbers):
        # There is no bulk.
        for number in numbers:
            self.noop.send(number)

    def enqueue_one(self, number):
        self.noop.send(number)

    def remaining(self):
        return self.broker.do_qsize(self.noop.queue_name)

    def work(self, execute):
        self.execute = execute
        dramatiq.Worker(self.broker, worker_threads=8, **self.options).start()
        threading.Event().wait()


if __name__ == "__main__":
    measure.main(Dramatiq)
