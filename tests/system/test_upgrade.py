"""test_upgrade.py -- stores of every earlier schema, with rows in all their
tables, brought up to this program's: nothing is lost, what is derived is what
was counted by hand, and the service goes on. upgrade/NNNN.sql is what a program
of step NNNN had written beside what the files before it say."""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile
import unittest

import store_rows
from harness import DAY_S, NOON, OK, SystemTest, session, wait_until
from postgres import Postgres

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "sql" / "schema"
ROWS = HERE / "upgrade"
LAST = max(int(path.name[:4]) for path in SCHEMA.glob("*.sql"))
EARLIER = range(1, LAST)
STEPS_TABLE = (SCHEMA.parent / "queries" / "schema_table.sql").read_text()
BUT = ("schema_migrations",)
NOT_COPIED = (*BUT, "web_session")
# After some of the steps that change rows, or make new ones of them.
SERVED = (1, 7, 12, LAST - 1)
COPIED = (1, 12, LAST - 1)

# Steps from which on the files say it; before, a step makes it of other rows.
SIGNING, INBOX, LEVELS, SUMS, DAY_LEVELS = 3, 7, 13, 15, 17
# Made in the background, of reports from before they were.
LEVEL_TABLES = ("inbox_level", "inbox_day", "inbox_reporter", "inbox_week")
GONE, CLOSED, OPEN = 20512, 20513, 20514  # days; Monday is 2026-03-02
# What waits for them, and when it is due; the first is of mails.
HOSTS = [("a.example", 1772450000), ("r.example", 1772415000),
         ("s.example", 1772410000)]
RECEIVED = 44 + 18 + 9  # datagrams


def script(step, backend):
    """A step and the row that says it was made; then its rows."""
    path, = SCHEMA.glob(f"{step:04}_*.{backend}.sql")
    text = path.read_bytes()
    name = path.name[5:].split(".")[0]
    checksum = hashlib.sha256(text).hexdigest()
    return (f"{text.decode()};INSERT INTO schema_migrations "
            f"VALUES ({step}, '{name}', '{checksum}', 1772409600);\n")


def rows_until(step):
    """What a program of that step has written."""
    return "\n".join(path.read_text() for path in sorted(ROWS.glob("*.sql"))
                     if int(path.stem) <= step)


def store_at(step, backend):
    """SQL that makes the store of that step, filled."""
    steps = "".join(script(n, backend) for n in range(1, step + 1))
    rows = rows_until(step)
    if backend == "pgsql":
        rows = re.sub(r"\bx'([0-9a-f]*)'", r"'\\x\1'", rows)
    return f"{STEPS_TABLE};{steps}{rows}"


def make_sqlite(path, step):
    """The store of that step in a file."""
    path.parent.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.executescript("PRAGMA journal_mode = WAL;"
                            f"BEGIN;{store_at(step, 'sqlite')}COMMIT;")


def values(rows, *columns, **where):
    """Those columns of the rows that have these values."""
    found = [json.loads(row) for row in rows]
    return sorted(tuple(row[c] for c in columns) for row in found
                  if all(row[k] == v for k, v in where.items()))


class UpgradeTest(SystemTest):
    """Stores of earlier steps."""

    @classmethod
    def setUpClass(cls):
        cls.server = Postgres()
        cls.addClassCleanup(cls.server.close)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        # All files, in the last step's store.
        make_sqlite(folder / "whole.db", LAST)
        cls.whole = store_rows.of_sqlite(folder / "whole.db", BUT)

    def setUp(self):
        self.url = (f"postgresql://tlsrpt@/postgres?host={self.server.folder}"
                    f"&port={self.server.port}")

    def empty_server(self):
        """No table in it."""
        self.server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def migrate(self, service):
        """By the program."""
        code, _, err = service.cli("db", "migrate")
        self.assertEqual((OK, ""), (code, err))

    def assert_kept(self, before, after):
        """Each row is there, with what it had."""
        for table, rows in before.items():
            known = json.loads(rows[0]) if rows else {}
            self.assertEqual(rows, store_rows.in_order(
                {k: row[k] for k in known} for row in map(
                    json.loads, after[table])), table)

    def assert_derived(self, step, after):
        """What steps make of the rows is what was counted by hand."""
        self.assertEqual(
            [] if step == 1 else HOSTS[1:] if step < SIGNING else HOSTS,
            values(after["delivery_host"], "host", "due_at"))
        if step >= INBOX:
            for table in ("inbox_held", "inbox_sum", "inbox_count"):
                self.assertEqual(self.whole[table], after[table])
            self.assertEqual(
                values(self.whole["inbox_raw"], "intake_id", "is_mail"),
                values(after["inbox_raw"], "intake_id", "is_mail"))
        if step >= LEVELS:
            self.assertEqual(self.whole["inbox_week"], after["inbox_week"])
        self.assert_days(step, after["day"])

    def assert_days(self, step, days):
        """What was removed before it was added up, nobody can tell."""
        columns = ("domains", "succeeded", "failed", "reports", "dropped",
                   "late", "reports_gone", "closed_by", "missing")
        self.assertEqual(
            [(3, 40, 4, 1, 1, 0, 0, "watermark", "")] if step >= SUMS else
            [(0, 0, 0, 1, 1, 0, 0, "watermark", "")],
            values(days, *columns, day=GONE))
        self.assertEqual([(2, 16, 2, 1, 0, 0, 0, "grace", "gone.example")],
                         values(days, *columns, day=CLOSED))
        self.assertEqual([(0, 0, 0, 0, 0, 0, 0, "", "")],
                         values(days, *columns, day=OPEN))
        self.assertEqual(
            [(0, 0, 16, 2, 0)] if step >= DAY_LEVELS else [(None,) * 5],
            values(days, "authenticated", "testing", "encrypted", "cleartext",
                   "not_sent", day=CLOSED))


class Rows(UpgradeTest):
    """The schema is brought up, and nothing else happens."""

    def test_every_table_has_rows(self):
        """A step with a table has a file with rows for it."""
        self.assertEqual([], [table for table, rows in self.whole.items()
                              if not rows])

    def of_sqlite(self, step):
        """Upgraded."""
        service = self.service()
        make_sqlite(service.database, step)
        before = store_rows.of_sqlite(service.database, BUT)
        self.migrate(service)
        after = store_rows.of_sqlite(service.database, BUT)
        self.assert_kept(before, after)
        self.assert_derived(step, after)
        return service, after

    def of_server(self, step):
        """Upgraded."""
        self.empty_server()
        service = self.service(store__url=self.url)
        self.server.sql(store_at(step, "pgsql"))
        before = store_rows.of_server(self.server, BUT)
        self.migrate(service)
        after = store_rows.of_server(self.server, BUT)
        self.assert_kept(before, after)
        self.assert_derived(step, after)
        return after

    def copy_back(self, service, want):
        """From the server into a file."""
        back = service.folder / "back.db"
        self.assertEqual(OK, service.cli("db", "copy", self.url,
                                         f"sqlite:{back}")[0])
        self.assertEqual(
            {name: rows for name, rows in want.items()
             if name not in NOT_COPIED},
            store_rows.of_sqlite(back, NOT_COPIED))

    def test_from_every_step(self):
        for step in EARLIER:
            with self.subTest(step=step):
                service, file = self.of_sqlite(step)
                self.assertEqual(file, self.of_server(step))
                if step in COPIED:
                    self.copy_back(service, file)


class Service(UpgradeTest):
    """The whole service comes up on it, a day later."""

    def goes_on(self, service):
        """It reports the day that was open, and counts what comes."""
        service.start()
        service.send(session("next.example"))
        service.wait_received(RECEIVED + 1)
        wait_until(lambda: service.day()["reports"] == 1
                   and service.day()["reports-delivered"] == 1,
                   "the open day is reported")
        report, = service.reports()
        self.assertEqual(
            [{"total-successful-session-count": 6,
              "total-failure-session-count": 3}],
            [p["summary"] for p in report.value["policies"]])
        self.assertEqual([], service.log_lines("level=error"))

    def levels_of(self, service, step):
        """What a view shows of the reports of others, when it is made."""
        if step < INBOX:
            return
        wait_until(lambda: values(
            store_rows.of_sqlite(service.database, BUT)["inbox"], "has_levels")
            == [(1,)] * 3, "the levels are made")
        rows = store_rows.of_sqlite(service.database, BUT)
        for table in LEVEL_TABLES:
            self.assertEqual(self.whole[table], rows[table], table)
        policies = [values(r["inbox_policy"], "intake_id", "succeeded_level",
                           "failed_level") for r in (self.whole, rows)]
        self.assertEqual(*policies)

    def test_on_sqlite(self):
        for step in SERVED:
            with self.subTest(step=step):
                service = self.service(now=NOON + DAY_S, deliver__mode="off")
                make_sqlite(service.database, step)
                self.goes_on(service)
                self.levels_of(service, step)
                self.assertEqual(OK, service.stop())

    def test_on_postgresql_from_a_copy(self):
        """SQLite of an earlier step, upgraded and moved."""
        self.empty_server()
        service = self.service(now=NOON + DAY_S, deliver__mode="off")
        make_sqlite(service.database, LEVELS - 1)
        self.migrate(service)
        self.assertEqual(OK, service.cli(
            "db", "copy", f"sqlite:{service.database}", self.url)[0])
        service.options["store.url"] = self.url
        service.write_config()
        self.goes_on(service)


if __name__ == "__main__":
    unittest.main()
