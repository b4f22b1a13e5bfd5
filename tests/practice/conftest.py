"""A running practice EHR with two patients and one client of each type."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from launch.practice.ehr import Manner
from launch.practice.run import Running, start
from tests.practice.walker import Walker, chart, registration


class Clock:
    """A clock that a test may put forward."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Running]:
    charts = [chart("ann", "Example", 7), chart("bob", "Sample", 2)]
    clients = [registration(one) for one in ("public", "symmetric", "asymmetric")]
    manner = Manner(page_size=3, slow=0.3, hang=30, huge=10_000_000)
    with start(charts, clients, titles={"day-ann": "A day that teaches"}, manner=manner, clock=clock) as one:
        yield one


@pytest.fixture(autouse=True)
def _calm(running: Running, clock: Clock) -> Iterator[None]:
    yield
    running.ehr.faults.switch(())
    running.ehr.faults.latest = ()
    clock.ahead = 0


@pytest.fixture
def app(running: Running) -> Walker:
    return Walker(running)
