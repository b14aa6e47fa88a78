"""test_random_faults.py -- collectors and PostgreSQL are stopped, killed, cut off,
put back, failed over, filled and upgraded at random, against a model that knows
the true counts.

All faults come once, in some order; then again while TLSRPT_FAULTS_S seconds
(default 30) are not over. TLSRPT_FAULTS_SEED (default 8460) says in what order:
that of a run stands in what it says when it fails."""

import os
import random
import shutil
import signal
import time
import unittest

from disks import Disk
from fleet import Fleet, counted, received
from harness import OK, wait_until
from pg_proxy import CUT, HOLD, PASS, SWALLOW, Proxy
from postgres import AS_USER, Postgres
from traffic import Traffic

COLLECTORS = 3
FAULTS_S = float(os.environ.get("TLSRPT_FAULTS_S", "30"))
SEED = int(os.environ.get("TLSRPT_FAULTS_SEED", "8460"))
DOMAINS = tuple(f"d{n}.example" for n in range(20000))  # each a row or more
ROOM = "512m"
STEP = 40  # sessions sent between two faults
MESSAGES = 60  # one of so many is hit while connections break
PATIENCE_S = 90
STOP_S = 15  # told to end, whatever the store does: half the supervisor's 30


class Breaker:
    """A rule of the proxy: while on, a message now and then meets a fault; of
    COMMITs, when it is about those, each second one."""

    def __init__(self, proxy, seed):
        self.proxy = proxy
        self.random = random.Random(seed)
        self.is_on = self.at_commits = False

    def is_hit(self, message):
        """Whether it is this one's turn."""
        if not self.is_on:
            return False
        if self.at_commits:
            return message[5:] == b"COMMIT\0" and self.random.randrange(2) == 0
        return self.random.randrange(MESSAGES) == 0

    def __call__(self, _connection, kind, message):
        if not self.is_hit(message):
            return PASS
        # Only a whole query is answered when it comes late.
        return self.random.choice(
            [CUT, SWALLOW, HOLD if kind == b"Q" else CUT])


class RandomFaults(Traffic):
    """Each fault is a method that leaves everything able to heal."""

    def setUp(self):
        self.random = random.Random(SEED)
        self.done = []
        self.disks = [self.disk(), self.disk()]  # the server's comes first
        self.server = Postgres(disk=self.disks[0].path)
        self.addCleanup(lambda: self.server.close())
        self.proxy = Proxy(self.server.socket())
        self.addCleanup(self.proxy.close)
        self.breaker = self.proxy.rule = Breaker(self.proxy, SEED)
        self.fleet = Fleet([self.service_on_socket(
            daemon__roles="collect", store__url=self.proxy.url())
            for _ in range(COLLECTORS)], SEED, domains=DOMAINS)
        self.addCleanup(self.fleet.stop)

    def disk(self):
        """For a server's data."""
        disk = Disk(self, ROOM)
        os.chmod(disk.path.parent, 0o755)
        if AS_USER:
            shutil.chown(disk.path, "nobody")
        return disk

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
        backup = self.disks[0].path / "backup"
        self.server.backup(backup)
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 4))
        self.server.put_back(backup)

    def server_fails_over(self):
        """To its standby, which has all that was committed."""
        old = self.server
        standby = Postgres(primary=old, disk=self.disks[1].path)
        self.server = standby  # to be closed at the end
        try:
            old.commits_wait()
            self.fleet.wait_for_more(STEP)
            old.kill()
            self.fleet.wait_for_more(self.random.randrange(STEP))
            standby.promote()
            self.proxy.target = standby.socket()
        finally:
            old.close()
            shutil.rmtree(old.data)
        self.disks.reverse()

    def disk_is_full(self):
        """Statements of the server fail, or it breaks down."""
        self.disks[0].tighten()
        if self.random.randrange(2) == 0:
            self.server.write_log()
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 8))
        self.disks[0].resize(ROOM)
        wait_until(self.server.comes_back, "the server is back")

    def store_is_upgraded(self):
        """By a newer program, whose schema the collectors do not know. There is
        none in this test: theirs is right again."""
        self.server.sql("ALTER TABLE tally_policy RENAME succeeded TO good; "
                        "INSERT INTO schema_migrations "
                        "VALUES (999, 'later', 'x', 0)")
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 4))
        self.server.sql("ALTER TABLE tally_policy RENAME good TO succeeded; "
                        "DELETE FROM schema_migrations WHERE version = 999")

    def connections_are_cut(self):
        """All at one moment."""
        for connection in list(self.proxy.connections):
            connection.cut()

    def connections_break(self, at_commits=False):
        """At any message, on the way there or back, or late."""
        self.proxy.held.clear()
        self.breaker.at_commits = at_commits
        self.breaker.is_on = True
        self.fleet.wait_for_more(STEP * self.random.randrange(1, 5))
        self.breaker.is_on = False
        self.proxy.held.set()

    def commits_break(self):
        """The same."""
        self.connections_break(at_commits=True)

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
              server_is_put_back, server_fails_over, disk_is_full,
              store_is_upgraded, connections_are_cut, connections_break,
              commits_break, collector_is_killed, role_is_killed,
              collector_ends)

    def hurt(self):
        """Each fault once, and until the time is over."""
        until = time.monotonic() + FAULTS_S
        faults = []
        while faults or not self.done or time.monotonic() < until:
            faults = faults or self.random.sample(self.FAULTS,
                                                  len(self.FAULTS))
            fault = faults.pop()
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
