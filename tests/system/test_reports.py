"""test_reports.py -- which reports there are: of several days, of several
records, of sessions that come late, and of a folder that does not take one."""

import unittest

from harness import (DAY, DAY_S, NOON, OK, SystemTest, session, wait_until)

DAYS = [DAY, "2026-03-03", "2026-03-04"]


def succeeded(report):
    """Sessions that the report says went well."""
    return sum(p["summary"]["total-successful-session-count"]
               for p in report.value["policies"])


class Several(SystemTest):
    """More than one report for a domain."""

    def test_each_day_has_its_own(self):
        service = self.service().start()
        for i in range(len(DAYS)):
            service.restart(NOON + i * DAY_S)
            service.send(*[session("a.example")] * (i + 1))
            service.wait_received((i + 1) * (i + 2) // 2)
        service.restart(NOON + len(DAYS) * DAY_S)
        wait_until(lambda: all(map(service.all_delivered, DAYS)),
                   "all days are reported")
        found = {r.value["date-range"]["start-datetime"][:10]: r
                 for r in service.reports()}
        self.assertEqual({day: i + 1 for i, day in enumerate(DAYS)},
                         {day: succeeded(r) for day, r in found.items()})
        self.assertEqual(len(DAYS), len({r.id for r in found.values()}))

    def test_each_set_of_destinations_has_its_own(self):
        records = {
            "v=TLSRPTv1; rua=mailto:a@two.example": 1,
            "v=TLSRPTv1;rua=mailto:a@TWO.example;": 1,
            "v=TLSRPTv1; rua=mailto:a@two.example,mailto:b@two.example": 2,
            "v=TLSRPTv1; rua=mailto:b@two.example; rua=mailto:a@two.example":
                2,
        }
        service = self.service().start()
        service.send(*(session("two.example", pr=r) for r in records))
        service.wait_received(len(records))
        service.close_day()
        self.assertEqual([2, 2], [succeeded(r) for r in service.reports()])
        self.assertEqual(
            [["mailto:a@two.example"],
             ["mailto:a@two.example", "mailto:b@two.example"]],
            sorted(row["rua"] for row in service.report_rows()))

    def test_nobody_to_report_to_is_counted_all_the_same(self):
        service = self.service().start()
        for record in (None, "", "v=TLSRPTv1;", "v=TLSRPTv1; rua=ftp://x/"):
            service.send(session("mute.example", pr=record))
        service.send(session("mute.example"))
        service.wait_received(5)
        service.close_day()
        self.assertEqual([1], [succeeded(r) for r in service.reports()])
        self.assertEqual({(): 4, ("mailto:tls@mute.example",): 1}, {
            tuple(t["rua"]): t["policies"][0]["summary"]
            ["total-successful-session-count"] for t in service.tallies()})


class Excluded(SystemTest):
    """report.exclude."""

    def test_they_are_counted_and_not_reported(self):
        domains = ["a.example", "b.example", "c.b.example", "c.example",
                   "d.c.example", "xn--bcher-kva.example"]
        service = self.service(
            report__exclude="B.Example., .c.example b\u00fccher.example")
        service.start()
        service.send(*map(session, domains), session("b.example"))
        service.wait_received(len(domains) + 1)
        service.close_day()
        self.assertEqual(["a.example", "c.b.example", "c.example"],
                         [row["domain"] for row in service.report_rows()])
        self.assertEqual(
            {"b.example", "d.c.example", "xn--bcher-kva.example"},
            {t["domain"] for t in service.tallies()
             if t.get("no-report") == "excluded by report.exclude"})
        self.assertEqual(domains, [t["domain"] for t in service.tallies()])


class Late(SystemTest):
    """Sessions that come after their day was closed: by the operator, whose
    clock is ahead."""

    def start(self, **options):
        """A service with one session on a day that is closed meanwhile."""
        service = self.service(**options).start()
        service.send(session("late.example"))
        service.wait_received(1)
        service.set_clock(NOON + DAY_S)
        self.build(service, "--close")
        return service

    def build(self, service, *more):
        """report build."""
        code, out, err = service.cli("report", "build", "--day", DAY, *more)
        self.assertEqual(OK, code, err)
        return out

    def test_report_that_nobody_has_seen_is_built_anew(self):
        service = self.start(daemon__roles="collect")
        [before] = service.report_rows()
        service.send(session("late.example"))
        service.wait_received(2)
        [stale] = service.report_rows()
        self.assertEqual("to be built anew", stale["state"])
        self.assertEqual("1 reports built\n", self.build(service))
        [after] = service.report_rows()
        self.assertEqual(
            (before["report-id"], 0, 2, "waiting"),
            (after["report-id"], after["part"],
             after["total-successful-session-count"], after["state"]))

    def test_report_that_was_delivered_stays(self):
        service = self.start()
        wait_until(service.all_delivered, "the report is delivered")
        [first] = service.reports()
        service.send(session("late.example"), session("late.example"))
        service.wait_received(3)
        self.assertEqual({0: 1, 1: 2}, {
            t["part"]: t["policies"][0]["summary"]
            ["total-successful-session-count"] for t in service.tallies()})
        self.build(service)
        wait_until(lambda: len(service.reports()) == 2, "a second report")
        again, = [r for r in service.reports() if r.id == first.id]
        second, = [r for r in service.reports() if r.id != first.id]
        self.assertEqual(first.json, again.json)
        self.assertEqual((1, 2), (succeeded(first), succeeded(second)))
        self.assertEqual(first.value["date-range"], second.value["date-range"])


class Folder(SystemTest):
    """The folder that reports are written to."""

    def test_one_that_is_not_taken_does_not_hold_up_others(self):
        sessions = [session(f"{x}.example") for x in "abc"]
        probe = self.service().start()
        probe.send(*sessions)
        probe.wait_received(3)
        probe.close_day()
        names = [r.name for r in probe.reports()]
        service = self.service().start()
        in_the_way = service.reports_dir / names[0]
        wait_until(service.reports_dir.is_dir, "its folder is there")
        in_the_way.mkdir()
        service.send(*sessions)
        service.wait_received(3)
        service.restart(NOON + DAY_S)
        wait_until(lambda: [p.name for p in service.reports_dir.glob("*.gz")
                            if p.is_file()] != [], "another is delivered",
                   patience_s=10)
        in_the_way.rmdir()
        wait_until(service.all_delivered, "now it is, too")
        self.assertEqual(names, [r.name for r in service.reports()])

    def test_nothing_but_reports_is_left(self):
        service = self.service().start()
        service.send(session("a.example"))
        service.wait_received(1)
        service.close_day()
        self.assertEqual([r.name for r in service.reports()],
                         [p.name for p in service.reports_dir.iterdir()])
        [report] = service.reports()
        self.assertEqual(0o640, report.path.stat().st_mode & 0o777)


if __name__ == "__main__":
    unittest.main()
