"""Dramatiq on Redis."""

import os
import threading

# Read while dramatiq is imported. The default is two messages for each thread, which leaves workers that do nothing waiting.
os.environ["dramatiq_queue_prefetch"] = "100"

import dramatiq
from dramatiq.brokers.redis import RedisBroker

import measure
from measure import Setting


class Dramatiq(measure.Peer):
    name = "dramatiq"
    settings = {"default": Setting("8 threads in each of 2 processes, prefetch 100", processes=2)}
    latency = Setting("8 threads, polling every millisecond", {"worker_timeout": 2})
    server = measure.Redis

    def __init__(self, url, setting):
        self.options = setting.options
        self.broker = RedisBroker(url=url)
        self.noop = dramatiq.actor(lambda number: self.execute(number), actor_name="noop", broker=self.broker)

    def reset(self):
        self.broker.client.flushdb()

    def enqueue_all(self, numbers):
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
