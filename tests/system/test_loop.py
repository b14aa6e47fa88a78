"""test_loop.py -- no reports about reports (RFC 8460 section 3): a report mail is
a session, too, and two systems could report to each other for ever.

Role deliver sends nothing here: its rows are written into the store as it would
write them, and the MTA behind it is a few lines of this file.
"""

import contextlib
import datetime
import sqlite3
import unittest
import uuid

from harness import (DAY_S, DAY_START, NOON, OK, SystemTest, failure, session,
                     wait_until)

HANDED_OVER = 3  # collector/model/delivery_states.def
QUIET = "no report: only our own report mails were seen"


def day_text(number):
    """The day so many days after the first."""
    return datetime.datetime.fromtimestamp(
        DAY_START + number * DAY_S, datetime.timezone.utc).date().isoformat()


class System:
    """A mail system: tlsrptd, and an MTA that tells it of its sessions."""

    def __init__(self, service, keeps_deliveries=True):
        self.service = service.start()
        self.keeps_deliveries = keeps_deliveries
        self.today = 0
        self.received = 0
        self.mailed = {}  # domain: today's report mails

    def talk(self, *datagrams):
        """Sessions of today's."""
        self.service.send(*datagrams)
        self.received += len(datagrams)
        self.service.wait_received(self.received)

    def next_day(self):
        """Sleep until tomorrow noon; the day's reports are handed over to the
        MTA then. Returns the domains that they are about."""
        over = day_text(self.today)
        self.today += 1
        self.service.restart(self.now())
        if self.service.tallies(over):
            wait_until(lambda: self.service.all_delivered(over),
                       f"all is decided about {over}")
        rows = self.service.report_rows(over)
        self.mailed = {}
        for row in rows:
            for rua in row["rua"]:
                self.hand_over(row["report-id"], rua)
        return sorted(row["domain"] for row in rows)

    def now(self):
        """Noon of today."""
        return NOON + self.today * DAY_S

    def hand_over(self, report, rua):
        """As role deliver does when an MTA has taken the mail."""
        host = rua.partition("@")[2]
        self.mailed[host] = self.mailed.get(host, 0) + 1
        if not self.keeps_deliveries:
            return
        store = sqlite3.connect(self.service.database, timeout=30)
        with contextlib.closing(store), store:
            store.execute(
                "INSERT INTO delivery (delivery_id, report_id, uri, host, "
                "state, queued_at, due_at, done_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (str(uuid.uuid4()), report, rua, host, HANDED_OVER,
                 *[self.now()] * 3))


class Pair(SystemTest):
    """Two systems that mail each other once."""

    DAYS = 5

    def correspond(self, **options):
        """For each day how many reports A and B have sent. A session of one
        MTA for each mail: none but report mails after the first day."""
        peers = {"b.example": System(self.service(), **options),
                 "a.example": System(self.service(), **options)}
        for domain, system in peers.items():
            system.talk(session(domain))
        reports = []
        for _ in range(self.DAYS):
            reports.append([len(s.next_day()) for s in peers.values()])
            for domain, system in peers.items():
                system.talk(*[session(domain)] * system.mailed.get(domain, 0))
        return reports, list(peers.values())

    def test_they_fall_silent(self):
        reports, systems = self.correspond()
        self.assertEqual([[1, 1]] + [[0, 0]] * (self.DAYS - 1), reports)
        for domain, system in zip(["b.example", "a.example"], systems):
            [line] = system.service.log_lines(QUIET)
            self.assertTrue(line.endswith(
                f'day="{day_text(1)}" domain="{domain}" sessions=1 mails=1'))

    def test_without_our_deliveries_it_goes_on_for_ever(self):
        # What the other test shows would not happen by itself.
        reports, _ = self.correspond(keeps_deliveries=False)
        self.assertEqual([[1, 1]] * self.DAYS, reports)


class News(SystemTest):
    """What is more than our own mails is reported, and then it falls silent."""

    def test_what_is_reported(self):
        domains = ["failed.example", "later.example", "more.example",
                   "quiet.example"]
        system = System(self.service())
        system.talk(*map(session, domains))
        self.assertEqual(domains, system.next_day())
        self.assertEqual({domain: 1 for domain in domains}, system.mailed)
        # Each report mail is a session, but for one that the MTA keeps.
        system.talk(session("quiet.example"), session("more.example"),
                    session("more.example"), failure("failed.example"))
        self.assertEqual(["failed.example", "more.example"], system.next_day())
        self.assert_quiet(system, 1, "quiet.example")
        # Those two are mailed, and the one of yesterday goes out.
        system.talk(session("more.example"), session("failed.example"),
                    session("later.example"))
        self.assertEqual(["later.example"], system.next_day())
        system.talk(session("later.example"))
        self.assertEqual([], system.next_day())
        self.assert_quiet(system, 2, "failed.example", "more.example")
        self.assert_quiet(system, 3, "later.example")
        # Nobody has looked at any of them a second time.
        self.assertEqual(4, len(system.service.log_lines(QUIET)))

    def assert_quiet(self, system, day, *domains):
        """These got no report for the day, and who asks is told why."""
        day = day_text(day)
        tallies = system.service.tallies(day)
        self.assertEqual(sorted(domains), [t["domain"] for t in tallies
                                           if "no-report" in t])
        code, out, err = system.service.cli("tally", "list", "--day", day)
        self.assertEqual((OK, ""), (code, err))
        self.assertEqual(len(domains), out.count(
            "no report: only our own report mails were seen "
            "(sessions: 1, mails: 1)"))


class Marked(SystemTest):
    """Sessions whose sender says that they carried a report."""

    def test_they_are_counted_apart(self):
        service = self.service().start()
        emit = ["emit", "--domain", "b.example",
                "--rua", "mailto:tls@b.example"]
        for arguments in (["--report"], ["--report", "--fail",
                                         "starttls-not-supported"], []):
            self.assertEqual((OK, "", ""), service.cli(*emit, *arguments))
        service.wait_received(3)
        self.assertEqual({"received": 3, "sessions": 1, "report-sessions": 2},
                         service.counters())
        [tally] = service.tallies()
        [policy] = tally["policies"]
        self.assertEqual({"total-successful-session-count": 1,
                          "total-failure-session-count": 0},
                         policy["summary"])


if __name__ == "__main__":
    unittest.main()
