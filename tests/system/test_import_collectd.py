"""test_import_collectd.py -- what tlsrpt-reporter has counted and not reported
goes into the store: all of it, once, whatever breaks it off."""

import hashlib
import json
import os
import pty
import sqlite3
import subprocess
import unittest

from collectd import Collectd, Database, Reportd
from harness import (CONFIG, DATA, DAY, IO, NO_INPUT, OK, TEMPFAIL, TESTS,
                     TLSRPT, USAGE, SystemTest, corpus, failure, session)
from postgres import Postgres
from test_corpus import policy_rows, tally_rows

TABLE = TESTS / "corpus" / "datagram" / "expected.tsv"
YESTERDAY = "2026-03-01"
LONG_AGO = "2026-02-20"
NO_PERMISSION = 77  # of sysexits.h
KILL_AT_WRITE = os.environ.get("KILL_AT_WRITE", "kill_at_write.so")
# It comes before the sanitizer's own library.
SANITIZER = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"


def sums(tallies):
    """Domain to (succeeded, failed), and (domain, type, reason) to sessions."""
    results, failed = {}, {}
    for tally in tallies:
        for policy in tally["policies"]:
            was = results.get(tally["domain"], (0, 0))
            now = (policy["summary"]["total-successful-session-count"],
                   policy["summary"]["total-failure-session-count"])
            results[tally["domain"]] = tuple(map(sum, zip(was, now)))
            for detail in policy.get("failure-details", []):
                key = (tally["domain"], detail["result-type"],
                       detail.get("failure-reason-code", ""))
                failed[key] = failed.get(key, 0) \
                    + detail["failed-session-count"]
    return results, failed


class ImportTest(SystemTest):
    """A service that runs, and a file of tlsrpt-reporter."""

    def setUp(self):
        self.subject = self.service().start()
        self.path = self.folder() / "collectd.sqlite"

    def take(self, *more, **options):
        """Exit code, what was printed, and stderr."""
        return self.subject.cli("import-collectd", str(self.path), *more,
                                **options)

    def taken(self, *more):
        """Day to what became of it."""
        answer = self.subject.cli_json("import-collectd", str(self.path), *more)
        return {day["day"]: day for day in answer["days"]}


class Counted(ImportTest):
    """A file of tlsrpt-collectd."""

    def test_the_corpus_counts_as_if_it_had_been_received(self):
        """By the table that is counted without our code, into the reports."""
        table = TABLE.read_text().splitlines()
        results = [row.split("\t") for row in table
                   if row.startswith("policy")]
        Collectd(self.path).add(DAY, *corpus().values())
        day = self.taken()[DAY]
        self.assertEqual("taken", day["outcome"])
        self.assertEqual(table, tally_rows(self.subject.tallies()))
        for told in (day, self.subject.day()):
            self.assertEqual(
                (sum(int(row[5]) for row in results),
                 sum(int(row[6]) for row in results)),
                (told["total-successful-session-count"],
                 told["total-failure-session-count"]))
        self.subject.close_day()
        self.assertEqual("watermark", self.subject.day()["closed-by"])
        rows = [row for report in self.subject.reports()
                for row in policy_rows("", "", report.value["policies"])]
        reported = [row for row in table if "versiononly.example" not in row]
        self.assertEqual(len(reported), len(rows))
        self.assertEqual(
            sum(int(row[5]) for row in results
                if row[1] != "versiononly.example"),
            sum(policy["summary"]["total-successful-session-count"]
                for report in self.subject.reports()
                for policy in report.value["policies"]))

    def test_counts_are_taken_as_they_are(self):
        """By hand: 7 of a, 4 of b, of which 3 failed, 2 of them untold."""
        untold = session("b.example", [{"policy-type": 9, "t": 0, "f": 1}])
        Collectd(self.path).add(
            DAY, *[session("A.example.")] * 7, session("b.example", [
                {"policy-type": 9, "t": 0, "f": 0}]),
            session("b.example", [{"policy-type": 9, "t": 1, "f": 1,
                                   "failure-details": [
                                       {"c": 201, "f": "\"é\\"}]}]),
            untold, untold)
        self.taken()
        self.assertEqual(({"a.example": (7, 0), "b.example": (1, 3)},
                          {("b.example", "starttls-not-supported", "\"é\\"): 1,
                           ("b.example", "validation-failure",
                            "unspecified"): 2}),
                         sums(self.subject.tallies()))

    def test_what_the_service_receives_is_added(self):
        self.subject.send(*[session("a.example")] * 2)
        self.subject.wait_received(2)
        Collectd(self.path).add(DAY, *[session("a.example")] * 5)
        self.taken()
        self.subject.send(session("a.example"))
        self.subject.wait_received(3)
        self.assertEqual({"a.example": (8, 0)}, sums(self.subject.tallies())[0])

    def test_a_second_time_nothing_counts(self):
        Collectd(self.path).add(DAY, failure("a.example"), session("b.example"))
        self.taken()
        before = self.subject.tallies()
        day = self.taken()[DAY]
        self.assertEqual("taken-before", day["outcome"])
        self.assertEqual(before, self.subject.tallies())
        copy = self.path.with_name("copy")
        copy.write_bytes(self.path.read_bytes())
        self.path = copy
        self.assertEqual("taken-before", self.taken()[DAY]["outcome"])
        self.assertEqual(before, self.subject.tallies())

    def test_of_two_machines_both_count(self):
        Collectd(self.path, installed="2026-03-02 00-00-00.001").add(
            DAY, session("a.example"))
        self.taken()
        self.path = self.path.with_name("other")
        Collectd(self.path, installed="2026-03-02 00-00-00.002").add(
            DAY, session("a.example"))
        self.assertEqual("taken", self.taken()[DAY]["outcome"])
        self.assertEqual({"a.example": (2, 0)}, sums(self.subject.tallies())[0])

    def test_what_came_after_the_first_time_is_told_and_not_taken(self):
        there = Collectd(self.path).add(DAY, session("a.example"))
        self.taken()
        there.add(DAY, session("a.example"))
        self.assert_fails(DATA, self.take(), str(self.path), DAY,
                          "when it had 1 results, and has 2")
        self.assertEqual({"a.example": (1, 0)}, sums(self.subject.tallies())[0])

    def test_other_days_only_if_told(self):
        Collectd(self.path).add(YESTERDAY, session("y.example")) \
            .add(DAY, session("t.example"))
        days = self.taken()
        self.assertEqual(("left-out", "taken"), (days[YESTERDAY]["outcome"],
                                                 days[DAY]["outcome"]))
        self.assertEqual([], self.subject.tallies(YESTERDAY))
        days = self.taken("--day", YESTERDAY)
        self.assertEqual(("taken", "left-out"), (days[YESTERDAY]["outcome"],
                                                 days[DAY]["outcome"]))
        self.assertEqual({"y.example": (1, 0)},
                         sums(self.subject.tallies(YESTERDAY))[0])

    def test_a_file_of_yesterday_is_pointed_out(self):
        Collectd(self.path).add(YESTERDAY, session("y.example"))
        self.assert_fails(NO_INPUT, self.take(), str(self.path),
                          f"has nothing of {DAY}", f"--day {YESTERDAY}")
        self.assert_fails(NO_INPUT, self.take("--day", LONG_AGO),
                          f"has nothing of {LONG_AGO}")
        self.assert_fails(USAGE, self.take("--day", "2026-03-03"),
                          "yet to come")

    def test_an_empty_file_is_no_error(self):
        Collectd(self.path)
        self.assertEqual((OK, "it is empty\n", ""), self.take())
        self.assertEqual({}, self.taken())

    def test_no_day_waits_for_it(self):
        Collectd(self.path).add(DAY, session("a.example"))
        self.taken()
        row, = [c for c in self.subject.cli_json("collector", "list")
                if c["host"] == "tlsrpt-collectd"]
        self.assertTrue(row["forgotten"])

    def test_the_file_stays_as_it_is(self):
        Collectd(self.path).add(DAY, session("a.example"))
        before = self.path.read_bytes()
        self.path.chmod(0o400)
        self.taken()
        self.assertEqual(before, self.path.read_bytes())
        self.assertEqual([self.path.name],
                         [p.name for p in self.path.parent.iterdir()])

    def test_one_that_is_in_use_is_read(self):
        """In either mode of SQLite; of a transaction nothing is seen."""
        for mode in ("delete", "wal"):
            self.path = self.folder() / mode
            there = Collectd(self.path, installed=mode)
            there.run(f"PRAGMA journal_mode = {mode}")
            there.add(DAY, session(f"{mode}.example"))
            with there.open() as writer:
                writer.execute("UPDATE finalresults SET cntrtotal = 5")
                self.taken()
                writer.rollback()
            self.assertEqual((1, 0), sums(self.subject.tallies())[0][
                f"{mode}.example"])

    def test_one_that_is_locked_is_told(self):
        there = Collectd(self.path).add(DAY, session("a.example"))
        with there.open() as writer:
            writer.execute("BEGIN EXCLUSIVE")
            self.assert_fails(TEMPFAIL, self.take(), str(self.path),
                              "stop tlsrpt-collectd")

    def test_one_that_was_left_in_the_middle_of_a_write_is_told(self):
        """As after a kill -9: the file, and beside it how it was before."""
        there = Collectd(self.folder() / "writing").add(DAY, session("a.example"))
        with there.open() as writer:
            writer.execute("PRAGMA cache_size = 1")
            writer.executemany(
                "INSERT INTO failures VALUES(?, ?, '', '', '', 1)",
                ((DAY, f"{n:0500}") for n in range(1000)))
            for end in ("", "-journal"):
                self.path.with_name(self.path.name + end).write_bytes(
                    there.path.with_name(there.path.name + end).read_bytes())
            writer.rollback()
        self.assert_fails(NO_PERMISSION, self.take(), str(self.path),
                          "left in the middle of a write")
        with Collectd.open(self) as db:  # as its owner does
            db.execute("SELECT * FROM dbversion").fetchall()
        self.taken()
        self.assertEqual({"a.example": (1, 0)}, sums(self.subject.tallies())[0])

    def test_progress_on_a_terminal(self):
        Collectd(self.path).add(DAY, session("a.example"))
        ours, its = pty.openpty()
        done = subprocess.run(
            [TLSRPT, "-c", self.subject.config, "import-collectd", self.path],
            stdout=subprocess.PIPE, stderr=its, timeout=60, check=True,
            env={**os.environ, "TERM": "xterm"})
        os.close(its)
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        self.assertIn("1 rows", shown)
        self.assertIn("SUCCEEDED", done.stdout.decode())


class Damaged(ImportTest):
    """A file that is not as it should be."""

    def test_what_is_no_database_of_theirs(self):
        def other(name, write):
            path = self.folder() / name
            write(path)
            return path

        def empty(path):
            sqlite3.connect(path).execute("CREATE TABLE a(b)").connection.close()

        self.path = other("text", lambda p: p.write_text("hello\n" * 500))
        self.assert_fails(IO, self.take(), str(self.path),
                          "file is not a database")
        for path in (other("none", lambda p: p.write_bytes(b"")),
                     other("other", empty), self.subject.database):
            self.path = path
            self.assert_fails(CONFIG, self.take(), str(path),
                              "no database of tlsrpt-collectd")
        self.path = self.folder()
        self.assert_fails(CONFIG, self.take(), str(self.path), "no file")
        self.path = self.path / "missing"
        self.assert_fails(NO_INPUT, self.take(), str(self.path),
                          "No such file")

    def test_another_version(self):
        for i, (purpose, version) in enumerate((
                ("TLSRPT-Collectd-DB-devel-2024-10-28", 2),
                ("TLSRPT-Collectd-DB-devel-2027-01-01", 1),
                ("TLSRPT-Collectd-DB-devel-2024-10-28", "1"),
                ("something \x1b[2J", 1))):
            self.path = self.folder() / str(i)
            Database(self.path, "", purpose, version)
            text = self.assert_fails(CONFIG, self.take(), str(self.path),
                                     "is not known", "of version 1 are")
            self.assertNotIn("\x1b", text)
            self.assertEqual(1, text.count("\n"))

    def test_a_page_that_is_torn(self):
        Collectd(self.path).add(DAY, *(session(f"d{n}.example")
                                       for n in range(500)))
        whole = self.path.read_bytes()
        middle = len(whole) // 2
        self.path.write_bytes(whole[:middle] + b"\xff" * 8192
                              + whole[middle + 8192:])
        code, _, err = self.take()
        self.assertNotEqual(OK, code)
        self.assertIn(str(self.path), err)
        self.assertEqual([], self.subject.tallies())

    def rows(self, *rows):
        """Those rows of results beside a good one; the error lines."""
        there = Collectd(self.path).add(DAY, session("good.example"))
        for row in rows:
            there.run("INSERT INTO finalresults(day, domain, tlsrptrecord, "
                      "policy, cntrtotal, cntrfailure) VALUES(?,?,?,?,?,?)",
                      DAY, *row)
        code, out, err = self.take("--json")
        self.assertEqual({"good.example": (1, 0)},
                         sums(self.subject.tallies())[0])
        self.assertEqual(DATA, code)
        self.assertEqual(len(rows), json.loads(out)["damaged-rows"])
        self.assertEqual(len(rows),
                         json.loads(out)["days"][0]["damaged-rows"])
        return err.splitlines()

    def test_rows_that_cannot_be_counted_are_told(self):
        policy = json.dumps({"policy-type": 9})
        record = "v=TLSRPTv1; rua=mailto:a@b.example"
        lines = self.rows(
            ("a.example", record, policy, "x", 0),
            ("b.example", record, policy, 1, 2),
            ("c.example", record, policy, -1, 0),
            ("d.example", record, policy + "," + policy, 1, 0),
            ("e.example", record, "[]", 1, 0),
            ("f.example", record, '{"policy-type": 7}', 1, 0),
            ("g.example\x1b[2J", record, "{", 1, 0),
            ("h.example", record, "{}", 1, 0),
            ("i.example", record, '{"policy-type":9}],"d":"x"', 1, 0))
        self.assertEqual(10, len(lines))
        for line, name in zip(sorted(lines[:-1]), "abcdefghi"):
            self.assertIn(f"a row of {name}.example", line)
            self.assertIn(str(self.path), line)
            self.assertNotIn("\x1b", line)
        self.assertIn("9 damaged rows are passed over", lines[-1])

    def test_only_the_first_are_told_in_full(self):
        lines = self.rows(*((f"d{n}.example", None, "?", 1, 0)
                            for n in range(30)))
        self.assertEqual(10 + 1, len(lines))
        self.assertIn("30 damaged rows", lines[-1])

    def test_details_that_belong_to_nothing(self):
        there = Collectd(self.path).add(DAY, failure("a.example"))
        there.run("UPDATE failures SET policy = '{}'")
        code, out, _ = self.take("--json")
        self.assertEqual((DATA, 1), (code, json.loads(out)["damaged-rows"]))
        self.assertEqual(({"a.example": (0, 1)},
                          {("a.example", "validation-failure",
                            "unspecified"): 1}), sums(self.subject.tallies()))

    def test_a_record_of_nobody_counts(self):
        Collectd(self.path).add(DAY, session("a.example", pr=None))
        self.taken()
        self.assertEqual({"a.example": (1, 0)}, sums(self.subject.tallies())[0])


class Killed(ImportTest):
    """At each write to the store, and once more behind that."""

    def take_until(self, n, how):
        """Whether it was killed before it had done the n-th."""
        order = self.path.with_name("kill-at")
        order.write_text(f"{n} {how}")
        done = subprocess.run(
            [TLSRPT, "-c", self.subject.config, "import-collectd", self.path],
            start_new_session=True, capture_output=True, timeout=60,
            check=False, env={
                **os.environ, "LD_PRELOAD": KILL_AT_WRITE,
                "ASAN_OPTIONS": SANITIZER, "KILL_AT": str(order),
                "KILL_FILE": str(self.subject.database)})
        self.assertIn(done.returncode, (OK, -9), done.stderr)
        return done.returncode != OK

    def each_step(self, how):
        """Until there are no more of them; each time other sessions."""
        n = 1
        while True:
            name = hashlib.sha256(f"{how}{n}".encode()).hexdigest()[:12]
            self.path = self.folder() / name
            Collectd(self.path, installed=f"{how} {n}").add(
                DAY, *[session(f"{name}.example")] * 3,
                failure(f"{name}.example"))
            killed = self.take_until(n, how)
            self.assertEqual(OK, self.take()[0])
            self.assertEqual((3, 1), sums(self.subject.tallies())[0][
                f"{name}.example"])
            if not killed:
                return n
            n += 1

    def test_before_each_write_and_in_its_middle(self):
        self.assertEqual(OK, self.subject.stop())  # it writes as well
        self.assertGreater(self.each_step("before"), 3)
        self.assertGreater(self.each_step("half"), 3)


class Fetched(ImportTest):
    """A file of tlsrpt-reportd."""

    def test_what_it_has_not_reported_is_taken(self):
        """By hand: not built 2, built and waiting 1, from two collectors 1 + 1;
        not what it has sent to somebody, given up, or not fetched."""
        Reportd(self.path) \
            .fetch(YESTERDAY, "new.example", session("new.example"),
                   failure("new.example", f='say "é\\"')) \
            .fetch(YESTERDAY, "waits.example", session("waits.example")) \
            .report(YESTERDAY, "waits.example", None, None) \
            .fetch(YESTERDAY, "two.example", session("two.example")) \
            .fetch(YESTERDAY, "two.example", session("two.example"),
                   fetcher="other") \
            .fetch(YESTERDAY, "sent.example", session("sent.example")) \
            .report(YESTERDAY, "sent.example", "sent") \
            .fetch(YESTERDAY, "half.example", session("half.example")) \
            .report(YESTERDAY, "half.example", "sent", None) \
            .fetch(YESTERDAY, "late.example", session("late.example")) \
            .report(YESTERDAY, "late.example", "timedout") \
            .fetch(YESTERDAY, "unfetched.example") \
            .fetch(LONG_AGO, "old.example", session("old.example"))
        days = self.taken()
        self.assertEqual(
            ("taken", 4, 1, 1, 3, 1),
            tuple(days[YESTERDAY][name] for name in (
                "outcome", "total-successful-session-count",
                "total-failure-session-count", "failure-details",
                "domains-reported", "domains-unfetched")))
        self.assertEqual(
            ({"new.example": (1, 1), "waits.example": (1, 0),
              "two.example": (2, 0)},
             {("new.example", "validation-failure", 'say "é\\"'): 1}),
            sums(self.subject.tallies(YESTERDAY)))
        self.assertEqual({"old.example": (1, 0)},
                         sums(self.subject.tallies(LONG_AGO))[0])
        days = self.taken()
        self.assertEqual({"taken-before"},
                         {day["outcome"] for day in days.values()})
        self.assertEqual({"old.example": (1, 0)},
                         sums(self.subject.tallies(LONG_AGO))[0])

    def test_one_day_if_told(self):
        Reportd(self.path) \
            .fetch(YESTERDAY, "a.example", session("a.example")) \
            .fetch(LONG_AGO, "b.example", session("b.example"))
        days = self.taken("--day", LONG_AGO)
        self.assertEqual(("left-out", "taken"), (days[YESTERDAY]["outcome"],
                                                 days[LONG_AGO]["outcome"]))
        self.assertEqual([], self.subject.tallies(YESTERDAY))

    def test_nothing_waits(self):
        Reportd(self.path) \
            .fetch(YESTERDAY, "a.example", session("a.example")) \
            .report(YESTERDAY, "a.example", "sent")
        self.assertEqual("left-out", self.taken()[YESTERDAY]["outcome"])

    def test_data_of_another_shape_is_told(self):
        there = Reportd(self.path).fetch(YESTERDAY, "good.example",
                                         session("good.example"))
        shapes = ("?", "5", '"x"', '{"a":1}', '{"a":{"b":3}}',
                  '{"a":{"b":"x"}}', '{"a":{"{}":{"cntrtotal":1}}}',
                  '{"a":{"{}":{"cntrtotal":1.5,"cntrfailure":0}}}')
        for i, data in enumerate(shapes):
            there.run("INSERT INTO reportdata(day, domain, data, fetcher, "
                      "status) VALUES(?, ?, ?, 'f', 'fetched')",
                      YESTERDAY, f"d{i}.example", data)
        code, out, err = self.take("--json")
        self.assertEqual((DATA, len(shapes)),
                         (code, json.loads(out)["damaged-rows"]), err)
        self.assertEqual({"good.example": (1, 0)},
                         sums(self.subject.tallies(YESTERDAY))[0])


class OnPostgres(SystemTest):
    """The same where PostgreSQL is the store."""

    def test_the_corpus_counts_once(self):
        server = Postgres()
        self.addCleanup(server.close)
        service = self.service(
            store__url=f"postgresql://tlsrpt@/postgres?host={server.folder}"
                       f"&port={server.port}").start()
        path = self.folder() / "collectd.sqlite"
        Collectd(path).add(DAY, *corpus().values())
        for outcome in ("taken", "taken-before"):
            answer = service.cli_json("import-collectd", str(path))
            self.assertEqual(outcome, answer["days"][0]["outcome"])
            self.assertEqual(TABLE.read_text().splitlines(),
                             tally_rows(service.tallies()))


if __name__ == "__main__":
    unittest.main()
