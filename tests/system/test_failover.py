"""test_failover.py -- PostgreSQL goes away, comes back as it was, as it had been,
or as its standby, under load: nothing is lost, nothing is counted twice.

TLSRPT_AWAY_S is for how many seconds it is away when that is long (default 20)."""

import os
import time
import unittest

from fleet import Fleet, counted, received
from harness import wait_until
from postgres import Postgres
from traffic import Traffic

SOME = 200  # sessions
PATIENCE_S = 60
AWAY_S = float(os.environ.get("TLSRPT_AWAY_S", "20"))
FULL = 40  # sessions at a time, 200 times a second


class FailoverTest(Traffic):
    """Two collectors, a server, and maybe its standby."""

    def setUp(self):
        self.primary = Postgres()
        self.addCleanup(self.primary.close)

    def with_standby(self):
        """Which follows."""
        standby = Postgres(primary=self.primary)
        self.addCleanup(standby.close)
        wait_until(self.follows, "the standby follows")
        return standby

    def follows(self):
        """Whether a standby has all there is."""
        return self.primary.sql(
            "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' "
            "AND replay_lsn = pg_current_wal_lsn()")

    def fleet(self, *servers, **more):
        """Under load."""
        hosts = ",".join(f"127.0.0.1:{s.port}" for s in servers)
        url = (f"postgresql://tlsrpt@{hosts}/postgres?sslmode=require&"
               "target_session_attrs=read-write")
        password = self.primary.password_file(self.folder())
        fleet = Fleet([self.service_on_socket(
            daemon__roles="collect", store__url=url,
            store__password_file=password) for _ in range(2)], **more)
        self.addCleanup(fleet.stop)
        fleet.start()
        self.wait_stored(fleet, self.primary, SOME)
        return fleet

    @staticmethod
    def wait_stored(fleet, server, n):
        """Until so many more are in the store."""
        until = received(server) + n
        wait_until(lambda: received(server) >= until, f"{n} more are stored")

    def assert_exact(self, fleet, server, patience_s=PATIENCE_S):
        """All that was sent comes, and no more, also when more comes after."""
        fleet.wait_for_more(SOME)
        fleet.stop()
        wait_until(lambda: received(server) >= fleet.total(),
                   "all is in the store", patience_s)
        self.assertEqual(fleet.total(), received(server))
        self.assertEqual(fleet.sent, counted(server))


class Standby(FailoverTest):
    """The server is killed, its standby takes its place."""

    def test_synchronous(self):
        standby = self.with_standby()
        self.primary.commits_wait()
        fleet = self.fleet(self.primary, standby)
        wait_until(lambda: received(standby) >= SOME, "it follows")
        self.primary.kill()
        fleet.wait_for_more(SOME)
        standby.promote()
        self.assert_exact(fleet, standby)
        for service in fleet.services:
            self.assertEqual([], service.log_lines("reading the journal again"))

    def test_asynchronous(self):
        """The journals give what the standby never got."""
        standby = self.with_standby()
        fleet = self.fleet(self.primary, standby)
        wait_until(lambda: received(standby) >= SOME, "it follows")
        standby.stop()
        self.wait_stored(fleet, self.primary, SOME)
        had = received(self.primary)
        self.primary.kill()
        standby.start()
        self.assertLess(received(standby), had)
        fleet.wait_for_more(SOME)
        standby.promote()
        self.assert_exact(fleet, standby)

    def test_a_standby_that_never_knew_the_collectors(self):
        """It has the schema, and no row of theirs."""
        service = self.service(
            daemon__roles="collect",
            store__url=self.primary.url("?sslmode=require"),
            store__password_file=self.primary.password_file(self.folder()))
        self.assertEqual(0, service.cli("db", "migrate")[0])
        standby = self.with_standby()
        standby.stop()
        fleet = self.fleet(self.primary, standby)
        self.primary.kill()
        standby.start()
        self.assertEqual(0, received(standby))
        standby.promote()
        self.assert_exact(fleet, standby)


class Alone(FailoverTest):
    """One server."""

    def test_it_is_stopped_for_a_while(self):
        fleet = self.fleet(self.primary)
        for how in ("fast", "immediate"):
            self.primary.stop(how)
            fleet.wait_for_more(5 * SOME)
            self.primary.start()
            self.wait_stored(fleet, self.primary, SOME)
        self.assert_exact(fleet, self.primary)

    def test_it_is_away_for_long_under_full_load(self):
        fleet = self.fleet(self.primary, most=FULL)
        self.primary.stop()
        sent, until = fleet.total(), time.monotonic() + AWAY_S
        wait_until(lambda: time.monotonic() >= until, "it was long",
                   2 * AWAY_S)
        self.assertGreater(fleet.total(), sent + 100 * AWAY_S)
        for service in fleet.services:
            self.assertTrue(service.log_lines("store does not take tallies, "
                                              "the journal keeps them"))
        self.primary.start()
        self.assert_exact(fleet, self.primary, PATIENCE_S + AWAY_S)
        print(f"away for {AWAY_S:.0f} s: {fleet.total()} sessions, "
              f"{fleet.total() - sent} of them since, each counted once")

    def test_it_is_killed(self):
        fleet = self.fleet(self.primary)
        for _ in range(3):
            self.primary.kill()
            fleet.wait_for_more(SOME)
            self.primary.start()
            self.wait_stored(fleet, self.primary, SOME)
        self.assert_exact(fleet, self.primary)

    def test_it_is_put_back_from_an_older_backup(self):
        fleet = self.fleet(self.primary)
        backup = self.primary.folder / "backup"
        self.primary.backup(backup)
        self.wait_stored(fleet, self.primary, 3 * SOME)
        self.primary.put_back(backup)
        self.assert_exact(fleet, self.primary)

    def test_a_dump_of_it_is_restored(self):
        """As docs/postgresql.md has it, while collectors go on."""
        fleet = self.fleet(self.primary)
        dump = self.primary.folder / "tlsrptd.dump"
        self.primary.dump(dump)
        self.wait_stored(fleet, self.primary, 3 * SOME)
        self.primary.restore(dump)
        self.assert_exact(fleet, self.primary)

    def test_all_are_killed_at_once(self):
        """The server goes back to a backup meanwhile."""
        fleet = self.fleet(self.primary)
        backup = self.primary.folder / "backup"
        self.primary.backup(backup)
        self.wait_stored(fleet, self.primary, SOME)
        for service in fleet.services:
            service.kill()
        self.primary.put_back(backup)
        for service in fleet.services:
            service.start()
        self.assert_exact(fleet, self.primary)


if __name__ == "__main__":
    unittest.main()
