"""The application that Celery's own commands are given: schedules that are not due soon. See `celery_idle_bench.py`."""

import os
from datetime import timedelta

import celery

app = celery.Celery(broker=os.environ["BROKER"])
app.conf.beat_schedule = {
    str(number): {"task": "noop", "schedule": timedelta(days=1), "args": (number,)} for number in range(int(os.environ["SCHEDULES"]))
}


@app.task(name="noop", ignore_result=True)
def noop(number):
    pass
