"""test_db_copy.py -- `tlsrpt db copy`: a store goes from SQLite to PostgreSQL and
back, whole, whatever breaks it off."""

import contextlib
import os
import pty
import signal
import sqlite3
import subprocess
import unittest

import store_rows
from harness import CONFIG, DATA, OK, PATIENCE_S, TEMPFAIL, TLSRPT, USAGE, \
    SystemTest, failure, session, wait_until
from postgres import Postgres

ROWS = 30000  # enough to be met in the middle
KILLS = 3
STAYS = ("schema_migrations", "web_session")


class CopyTest(SystemTest):
    """A store in SQLite with some of everything, and a PostgreSQL server."""

    @classmethod
    def setUpClass(cls):
        cls.server = Postgres()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.url = (f"postgresql://tlsrpt@/postgres?host={self.server.folder}"
                    f"&port={self.server.port}")

    def filled(self):
        """A service that has ended, after a day with reports."""
        service = self.service(deliver__mode="off").start()
        for n in range(20):
            service.send(session(f"d{n}.example"), failure(f"d{n}.example"))
        service.wait_received(40)
        service.close_day()
        service.send(session("next.example"))
        service.wait_received(41)
        self.assertEqual(OK, service.cli("domain", "add", "a.example")[0])
        self.assertEqual(OK, service.cli("suppression", "add", "host",
                                         "b.example")[0])
        self.assertEqual(OK, service.cli("user", "add", "anna",
                                         stdin=b"correct horse\n")[0])
        self.assertEqual(OK, service.cli("token", "add", "anna")[0])
        self.assertEqual(OK, service.stop())
        return service

    def grow(self, service):
        """Rows that take their time; no service wrote them."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.executemany(
                "INSERT INTO tally_detail VALUES (20000, ?, x'00', 0, x'01', "
                "?, 205, '192.0.2.1', '', '', '', ?, '', ?)",
                ((f"d{n % 977}.example", n.to_bytes(16), "x" * (n % 300), n)
                 for n in range(ROWS)))
            store.commit()

    # -- what is there, read by others --

    @staticmethod
    def of_sqlite(path):
        """Every table's rows, sorted."""
        return store_rows.of_sqlite(path, STAYS)

    def of_server(self):
        """The same of PostgreSQL."""
        return store_rows.of_server(self.server, STAYS)

    def assert_same(self, path):
        """The file has what the server has."""
        here, there = self.of_sqlite(path), self.of_server()
        self.assertEqual(sorted(here), sorted(there))
        for name, rows in here.items():
            self.assertEqual(rows, there[name], name)

    def copying(self, service, *urls):
        """The command, running."""
        process = subprocess.Popen(
            [TLSRPT, "-c", service.config, "db", "copy", *urls],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process


class Whole(CopyTest):
    """All of it goes there and back."""

    def test_there_and_back(self):
        service = self.filled()
        source = f"sqlite:{service.database}"
        code, out, err = service.cli("db", "copy", source, self.url)
        self.assertEqual((OK, ""), (code, err))
        self.assertIn("rows are the same in both stores", out)
        self.assert_same(service.database)
        back = self.folder() / "back.db"
        told = service.cli_json("db", "copy", self.url, f"sqlite:{back}")
        self.assertEqual(self.of_sqlite(service.database), self.of_sqlite(back))
        counted = {k: len(v) for k, v in self.of_server().items()}
        self.assertEqual(counted, {t["table"]: t["rows"]
                                   for t in told["tables"]})
        self.assertEqual(sum(counted.values()), told["rows"])
        self.assertGreater(counted["tally_detail"], 19)
        self.assertGreater(counted["report"], 19)

    def test_accounts_go_along_but_nobody_is_logged_in(self):
        service = self.filled()
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.execute("INSERT INTO web_session "
                          "VALUES (x'01', 'anna', 'csrf', 1, 1)")
            store.commit()
        for _ in range(2):  # a whole copy is compared
            self.assertEqual(OK, service.cli(
                "db", "copy", f"sqlite:{service.database}", self.url)[0])
        self.assertEqual(
            ["anna|1|1|1|0"], self.server.sql(
                "SELECT name, (SELECT count(*) FROM api_token), "
                "(SELECT count(*) FROM audit WHERE event = 'user-add'), "
                "(SELECT count(*) FROM audit WHERE event = 'token-add'), "
                "(SELECT count(*) FROM web_session) FROM web_user"))
        back = self.folder() / "back.db"
        self.assertEqual(OK, service.cli("db", "copy", self.url,
                                         f"sqlite:{back}")[0])
        self.assertEqual(self.of_sqlite(service.database),
                         self.of_sqlite(back))

    def test_the_service_goes_on_there(self):
        service = self.filled()
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        service.options["store.url"] = self.url
        service.write_config()
        service.start()
        service.send(session("next.example"))
        service.wait_received(42)
        self.assertEqual(42, service.counters()["received"])
        self.assertEqual([], service.log_lines("level=error"))

    def test_again_it_says_the_same(self):
        service = self.filled()
        command = ("db", "copy", f"sqlite:{service.database}", self.url)
        first = service.cli(*command)
        self.assertEqual(first, service.cli(*command))
        self.assert_same(service.database)

    def test_every_value_that_a_column_takes(self):
        service = self.filled()
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.execute("UPDATE day SET closed_at = NULL")
            for number in (0, -1, 2**53 - 1, 2**63 - 1, -2**63):
                store.execute(
                    "INSERT INTO collector_count VALUES (?, ?, ?, ?)",
                    (number, "\u00fc\u4e2d\U0001f600 '\"\\\t", "", number))
            store.execute("UPDATE report SET body = ?",
                          (bytes(range(256)) * 9000,))
            store.commit()
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        self.assert_same(service.database)

    def test_a_terminal_sees_how_far_it_is(self):
        service = self.filled()
        self.grow(service)
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        done = subprocess.run(
            [TLSRPT, "-c", service.config, "db", "copy",
             f"sqlite:{service.database}", self.url], check=False,
            stderr=theirs, stdout=subprocess.DEVNULL, timeout=60,
            env={**os.environ, "TERM": "vt100"})
        os.close(theirs)
        self.assertEqual(OK, done.returncode)
        self.assertIn(b"copying tally_detail", os.read(ours, 100000))

    def scanned(self):
        """Rows that the server has read without an index, so far."""
        return int(self.server.sql(
            "SELECT pg_stat_force_next_flush(); SELECT sum(seq_tup_read) "
            "FROM pg_stat_user_tables WHERE relname ~ '^tally_'")[-1])

    def test_the_pages_of_a_large_table_go_by_its_key(self):
        """Else each would read all rows: 30,000 are seven pages and more,
        read for the copy and for the comparison."""
        service = self.filled()
        self.grow(service)
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        self.server.sql("ANALYZE")
        before = self.scanned()
        self.assertEqual(OK, service.cli(
            "db", "copy", self.url, f"sqlite:{self.folder() / 'back.db'}")[0])
        wait_until(lambda: self.server.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> "
            "pg_backend_pid() AND backend_type = 'client backend'") == ["0"],
            "what it has read is counted")
        self.assertLess(self.scanned() - before, 3 * ROWS)


class BrokenOff(CopyTest):
    """It is killed in the middle, and goes on."""

    def kill_in_the_middle(self, service, count, *urls):
        """When there are more rows than before."""
        before = count()
        process = self.copying(service, *urls)
        wait_until(lambda: count() > before or process.poll() is not None,
                   "it has written something")
        process.send_signal(signal.SIGKILL)
        process.wait()
        return count()

    def details(self):
        """Rows in PostgreSQL; 0 before the schema."""
        return int(self.server.sql(
            "SELECT coalesce((xpath('/row/n/text()', query_to_xml("
            "'SELECT count(*) AS n FROM ' || to_regclass('tally_detail'), "
            "false, true, '')))[1]::text, '0')")[0])

    def test_into_postgresql(self):
        service = self.filled()
        self.grow(service)
        urls = (f"sqlite:{service.database}", self.url)
        reached = [self.kill_in_the_middle(service, self.details, *urls)
                   for _ in range(KILLS)]
        self.assertLess(0, reached[0])
        self.assertLess(reached[0], ROWS)
        self.assertEqual(sorted(reached), reached)
        self.assertEqual(OK, service.cli("db", "copy", *urls)[0])
        self.assert_same(service.database)

    def test_into_sqlite(self):
        service = self.filled()
        self.grow(service)
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        back = self.folder() / "back.db"

        def details():
            if not back.exists():
                return 0
            with contextlib.closing(sqlite3.connect(back)) as store:
                try:
                    return store.execute(
                        "SELECT count(*) FROM tally_detail").fetchone()[0]
                except sqlite3.OperationalError:
                    return 0

        for _ in range(KILLS):
            self.kill_in_the_middle(service, details, self.url,
                                    f"sqlite:{back}")
        self.assertEqual(OK, service.cli("db", "copy", self.url,
                                         f"sqlite:{back}")[0])
        self.assert_same(back)

    def test_a_source_that_went_on_meanwhile(self):
        service = self.filled()
        self.grow(service)
        urls = (f"sqlite:{service.database}", self.url)
        self.kill_in_the_middle(service, self.details, *urls)
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.execute("DELETE FROM tally_detail WHERE sessions % 3 = 0")
            store.execute("UPDATE tally_detail SET sessions = sessions + 1")
            store.execute("UPDATE collector SET host = host || '2'")
            store.commit()
        self.assertEqual(OK, service.cli("db", "copy", *urls)[0])
        self.assert_same(service.database)

    def test_nobody_uses_it_before_it_is_whole(self):
        service = self.filled()
        self.grow(service)
        urls = (f"sqlite:{service.database}", self.url)
        self.kill_in_the_middle(service, self.details, *urls)
        rows = self.of_server()
        service.options["store.url"] = self.url
        service.write_config()
        self.assert_fails(CONFIG, service.cli("db", "check"),
                          "not finished", "tlsrpt db copy")
        self.assert_fails(CONFIG, service.cli("db", "migrate"), "not finished")
        service.launch()
        service.wait_logged("a copy into this store is not finished")
        self.assertEqual(CONFIG, service.process.wait(PATIENCE_S))
        self.assertEqual(rows, self.of_server())


class Refused(CopyTest):
    """What it does not do."""

    def test_while_a_collector_writes(self):
        service = self.service().start()
        service.send(session("a.example"))
        service.wait_received(1)
        urls = (f"sqlite:{service.database}", self.url)
        self.assert_fails(TEMPFAIL, service.cli("db", "copy", *urls),
                          "stop tlsrptd")
        self.assertEqual({}, self.of_server())
        self.assertEqual(OK, service.stop())
        self.assertEqual(OK, service.cli("db", "copy", *urls)[0])

    def test_while_other_roles_are_connected(self):
        service = self.service(store__url=self.url, daemon__roles="report")
        service.launch()
        wait_until(lambda: self.server.sql(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = "
            "'tlsrptd report'"), "role report is connected")
        self.assert_fails(
            TEMPFAIL, service.cli("db", "copy", self.url,
                                  f"sqlite:{self.folder()}/x.db"),
            "connections")

    def test_into_one_that_has_something_else(self):
        first, second = self.filled(), self.filled()
        self.assertEqual(OK, first.cli(
            "db", "copy", f"sqlite:{first.database}", self.url)[0])
        rows = self.of_server()
        self.assert_fails(
            DATA, second.cli("db", "copy", f"sqlite:{second.database}",
                             self.url), "not empty")
        self.assertEqual(rows, self.of_server())

    def test_a_copy_in_which_one_value_is_another(self):
        service = self.filled()
        command = ("db", "copy", f"sqlite:{service.database}", self.url)
        self.assertEqual(OK, service.cli(*command)[0])
        self.server.sql("UPDATE tally_record SET rua = overlay(rua placing "
                        "'X' from 9) WHERE domain = 'd7.example'")
        self.assert_fails(DATA, service.cli(*command), "tally_record")

    def test_into_a_copy_of_another(self):
        service = self.filled()
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        self.server.sql("INSERT INTO schema_migrations VALUES "
                        "(1000000, 'copy', 'sqlite:/other', 0)")
        self.assert_fails(
            DATA, service.cli("db", "copy", f"sqlite:{service.database}",
                              self.url), "another store")

    def test_what_is_no_store(self):
        service = self.filled()
        folder = self.folder()
        self.assert_fails(66, service.cli(
            "db", "copy", f"sqlite:{folder}/none.db", self.url), "from: ")
        self.assert_fails(USAGE, service.cli(
            "db", "copy", self.url, self.url), "the same")
        self.assert_fails(USAGE, service.cli(
            "db", "copy", f"sqlite:{service.database}", "mysql://h/d"), "to: ")


if __name__ == "__main__":
    unittest.main()
