"""test_backup.py -- a backup that is made while sessions and reports come in is
of one moment, and a service goes on from it: in its place, and in the other
database."""

import contextlib
import json
import shutil
import sqlite3
import unittest
from collections import Counter

from harness import DAY, NOON, OK, failure, wait_until
from ports import free_port
from postgres import BIN, Postgres, run
from test_inbox import EXAMPLE, OURS
from test_receive import Receiving
from traffic import Traffic, details

DOMAINS = 50
SOME = 400  # sessions
BEFORE = 5  # reports received before the backup
QUIET_S = 600  # a store is copied if nobody was heard of for two minutes


def domain_of(n):
    """The domain of the n-th session."""
    return f"d{n % DOMAINS:02}.example"


def numbered(n):
    """The n-th session: a failure that carries its number."""
    return failure(domain_of(n), f=f"n={n}")


def report(n):
    """A report that differs from those with another number."""
    return json.dumps(dict(EXAMPLE, **{"report-id": f"r-{n}"})).encode()


def counted(sent):
    """What the tallies say of the sessions 0 to that less one."""
    return Counter((domain_of(n), f"n={n}") for n in range(sent))


class BackupTest(Traffic):
    """A service under traffic, and a PostgreSQL server beside it."""

    post = Receiving.post

    @classmethod
    def setUpClass(cls):
        cls.server = Postgres()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.server.sql("DROP DATABASE IF EXISTS other")
        self.server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.port = free_port()
        self.subject = self.service_on_socket(
            intake__http_listen=f"127.0.0.1:{self.port}",
            store__url=self.first_store()).start()
        self.assertEqual((OK, "", ""),
                         self.subject.cli("domain", "add", OURS))
        self.traffic = self.sender(self.subject, numbered)
        for n in range(BEFORE):
            self.hand_over(n)
        self.more()

    def url(self, database="postgres"):
        """Of the server, by its Unix socket."""
        return (f"postgresql://tlsrpt@/{database}?host={self.server.folder}"
                f"&port={self.server.port}")

    def hand_over(self, n):
        """A report that is new to the store, until it is there."""
        self.assertEqual(201, self.post(report(n))[0])
        wait_until(lambda: f"r-{n}" in self.ids(self.subject),
                   "the report is in the inbox")

    def ids(self, service):
        """Of the reports in the inbox, each as often as it is there."""
        return sorted(row["report-id"] for row in
                      service.cli_json("inbox", "list"))

    def more(self):
        """So many more sessions are in the store."""
        self.subject.wait_received(
            self.subject.counters().get("received", 0) + SOME)

    def back_up(self, make):
        """While sessions come in: at least how many are in it, and at most."""
        least = self.subject.counters()["received"]
        make()
        most = self.traffic.sent + 1  # one may be on its way
        self.assertGreater(most, least)
        return least, most

    def store_at(self, url):
        """A service that is never started: commands look at that store."""
        return self.service(store__url=url)

    def assert_one_moment(self, url, bounds):
        """It has the first k sessions, and says so; k is as it can be."""
        store = self.store_at(url)
        self.assertEqual(OK, store.cli("db", "check")[0])
        found = details(store.tallies(DAY))
        self.assertEqual(counted(len(found)), found)
        self.assertLessEqual(bounds[0], len(found))
        self.assertLessEqual(len(found), bounds[1])
        counters = store.counters()
        self.assertEqual([len(found)] * 2,
                         [counters["received"], counters["sessions"]])
        self.assertEqual([f"r-{n}" for n in range(BEFORE)], self.ids(store))

    def go_on_meanwhile(self):
        """What the backup does not have: sessions, a restart, a report."""
        self.more()
        self.assertEqual(OK, self.subject.stop())
        self.subject.start()
        self.hand_over(BEFORE)
        self.more()

    def assert_whole(self):
        """All sessions count once, and all reports are there, those from after
        the backup too: out of the journal and the spool. A report that is
        handed over again is one that we have."""
        sent = self.traffic.stop()
        self.subject.wait_received(sent)
        self.assertEqual(counted(sent), details(self.subject.tallies(DAY)))
        counters = self.subject.counters()
        self.assertEqual([sent] * 2,
                         [counters["received"], counters["sessions"]])
        everything = [f"r-{n}" for n in range(BEFORE + 1)]
        wait_until(lambda: len(self.ids(self.subject)) >= len(everything),
                   "all reports are in the inbox")
        self.assertEqual(200, self.post(report(BEFORE))[0])
        self.assertEqual(everything, self.ids(self.subject))

    def move(self, source, target):
        """`tlsrpt db copy` from the backup, and the service goes on there."""
        self.assertEqual(OK, self.subject.stop())
        self.subject.set_clock(NOON + QUIET_S)
        code, _, err = self.subject.cli("db", "copy", source, target)
        self.assertEqual((OK, ""), (code, err))
        self.subject.options["store.url"] = target
        self.subject.write_config()
        self.subject.start()


class Sqlite(BackupTest):
    """By VACUUM INTO, as docs/operations.md has it."""

    def first_store(self):
        """Beside nothing else that the test has."""
        return f"sqlite:{self.folder()}/tlsrptd.db"

    def make(self):
        """The backup, checked."""
        path = self.folder() / "backup.db"

        def vacuum():
            with contextlib.closing(
                    sqlite3.connect(self.subject.database)) as store:
                store.execute(f"VACUUM INTO '{path}'")

        bounds = self.back_up(vacuum)
        self.go_on_meanwhile()
        self.assert_one_moment(f"sqlite:{path}", bounds)
        return path

    def test_it_is_put_back(self):
        backup = self.make()
        self.assertEqual(OK, self.subject.stop())
        for suffix in ("-wal", "-shm"):
            self.subject.database.with_name(
                self.subject.database.name + suffix).unlink(missing_ok=True)
        shutil.copy(backup, self.subject.database)
        self.subject.start()
        self.assert_whole()

    def test_it_goes_into_postgresql(self):
        self.move(f"sqlite:{self.make()}", self.url())
        self.assert_whole()


class Pgsql(BackupTest):
    """By pg_dump, as docs/postgresql.md has it."""

    def first_store(self):
        """The database that each server has."""
        return self.url()

    def make(self):
        """The backup, checked where it is restored beside the other."""
        path = self.server.folder / "tlsrptd.dump"
        path.unlink(missing_ok=True)
        bounds = self.back_up(lambda: self.server.dump(path))
        self.go_on_meanwhile()
        self.server.sql("CREATE DATABASE other")
        run(BIN / "pg_restore", *self.server.at(), "--clean", "--if-exists",
            "-d", "other", path)
        self.assert_one_moment(self.url("other"), bounds)
        return path

    def test_it_is_restored_while_the_service_runs(self):
        backup = self.make()
        self.server.restore(backup)
        self.assertEqual(OK, self.subject.stop())
        self.subject.start()
        self.assert_whole()

    def test_it_goes_into_sqlite(self):
        self.make()
        self.move(self.url("other"), f"sqlite:{self.folder()}/tlsrptd.db")
        self.assert_whole()


if __name__ == "__main__":
    unittest.main()
