"""test_random_faults.py -- collectors and PostgreSQL are stopped, killed, cut off
and put back at random, against a model that knows the true counts.

TLSRPT_FAULTS_S is for how many seconds (default 30), TLSRPT_FAULTS_SEED which
faults: that of a run that failed stands in what it says."""

import os
import random
import signal
import time
import unittest

from fleet import Fleet, counted, received
from harness import OK, wait_until
from pg_proxy import CUT, HOLD, PASS, SWALLOW, Proxy
from postgres import Postgres
from traffic import Traffic

COLLECTORS = 3
FAULTS_S = float(os.environ.get("TLSRPT_FAULTS_S", "30"))
SEED = int(os.environ.get("TLSRPT_FAULTS_SEED", str(random.randrange(10**6))))
STEP = 40  # sessions sent between two faults
MESSAGES = 60  # one of so many is hit while connections break
PATIENCE_S = 90
STOP_S = 15  # told to end, whatever the store does: half the supervisor's 30


class Breaker:
    """A rule of the proxy: while on, a message now and then meets a fault."""

    def __init__(self, proxy, seed):
        self.proxy = proxy
        self.random = random.Random(seed)
        self.is_on = False

    def __call__(self, _connection, kind, _message):
        if not self.is_on or self.random.randrange(MESSAGES) > 0:
            return PASS
        # Only a whole query is answered when it comes late.
        return self.random.choice(
            [CUT, SWALLOW, HOLD if kind == b"Q" else CUT])


class RandomFaults(Traffic):
    """Each fault is a method that leaves everything able to heal."""

    def setUp(self):
        self.random = random.Random(SEED)
        self.done = []
        self.server = Postgres()
        self.addCleanup(self.server.close)
        self.proxy = Proxy(f"{self.server.folder}/.s.PGSQL.{self.server.port}")
        self.addCleanup(self.proxy.close)
        self.breaker = self.proxy.rule = Breaker(self.proxy, SEED)
        self.backup = self.server.folder / "backup"
        self.fleet = Fleet([self.service_on_socket(
            daemon__roles="collect", store__url=self.proxy.url())
            for _ in range(COLLECTORS)], SEED)
        self.addCleanup(self.fleet.stop)

    # -- faults --

    def server_stops(self):
        """In order or not, for a while."""
        self.server.stop(self.random.choice(["fast", "immediate"]))
        self.fleet.wait_for_more(STEP)
        self.server.start()

    def server_is_killed(self):
        """kill -9."""
        self.server.kill()
        self.fleet.wait_for_more(STEP)
        self.server.start()

    def server_is_silent(self):
        """It accepts and does not answer; now and then a collector ends."""
        self.server.pause()
        try:
            self.fleet.wait_for_more(STEP)
            if self.random.randrange(3) == 0:
                self.collector_ends()
        finally:
            self.server.go_on()

    def server_is_put_back(self):
        """To an older state, as a standby that lags, or a backup, has it."""
        self.server.backup(self.backup)
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 4))
        self.server.put_back(self.backup)

    def connections_are_cut(self):
        """All at one moment."""
        for connection in list(self.proxy.connections):
            connection.cut()

    def connections_break(self):
        """At any message, on the way there or back, or late."""
        self.proxy.held.clear()
        self.breaker.is_on = True
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 5))
        self.breaker.is_on = False
        self.proxy.held.set()

    def collector_is_killed(self):
        """All its processes; its socket's queue waits for the next start."""
        service = self.random.choice(self.fleet.services)
        service.kill()
        self.fleet.wait_for_more(self.random.randrange(STEP))
        service.launch_to_receive()

    def role_is_killed(self):
        """Its supervisor starts it again."""
        service = self.random.choice(self.fleet.services)
        pid = service.role_pid("collect")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def collector_ends(self):
        """In order, and comes back."""
        service = self.random.choice(self.fleet.services)
        before = time.monotonic()
        self.assertEqual(OK, service.stop())
        self.assertLess(time.monotonic() - before, STOP_S)
        service.launch_to_receive()

    # -- the test --

    FAULTS = (server_stops, server_is_killed, server_is_silent,
              server_is_put_back, connections_are_cut, connections_break, connections_break,
              collector_is_killed, role_is_killed, collector_ends)

    def hurt(self):
        """Until the time is over."""
        until = time.monotonic() + FAULTS_S
        while time.monotonic() < until:
            fault = self.random.choice(self.FAULTS)
            self.done.append(fault.__name__)
            fault(self)
            self.fleet.wait_for_more(self.random.randrange(STEP))

    def assert_exact(self):
        """All that was sent, and no more."""
        said = f"TLSRPT_FAULTS_SEED={SEED}: {', '.join(self.done)}"
        wait_until(lambda: received(self.server) >= self.fleet.total(),
                   f"all is in the store, {said}", PATIENCE_S)
        self.assertEqual(self.fleet.sent, counted(self.server), said)
        self.assertEqual(self.fleet.total(), received(self.server), said)

    def test_nothing_is_lost_or_counted_twice(self):
        self.fleet.start()
        self.hurt()
        self.fleet.wait_for_more(STEP)
        self.fleet.stop()
        self.assert_exact()


if __name__ == "__main__":
    unittest.main()
