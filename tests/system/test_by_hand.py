"""test_by_hand.py -- `tlsrpt report send`: what is queued by hand, and what would
be."""

import json
import sqlite3
import unittest

from contextlib import closing

from harness import (DATA, DAY, DAY_S, NOON, NO_INPUT, OK, USAGE, failure,
                     session)
from sending import SendingTest


class ByHand(SendingTest):
    """Reports from when nothing was sent."""

    def service_with_reports(self, *domains, **options):
        """A service that has built them while deliver.mode was off."""
        service = self.sending(deliver__mode="off", **options)
        self.send(service, *domains)
        return service

    def switch_on(self, service):
        """From now on it sends."""
        service.options["deliver.mode"] = "on"
        service.restart(NOON + DAY_S + 600)

    def findings(self, service, *arguments):
        """`report send --json`, by rua's path; what is said is that nothing is
        sent yet."""
        code, out, err = service.cli("report", "send", *arguments, "--json")
        self.assertEqual(OK, code, err)
        off = service.options["deliver.mode"] != "on"
        self.assertEqual(off, "deliver.mode is not on" in err)
        return {f["rua"].rpartition("/")[2]: f for f in json.loads(out)}

    def test_reports_from_when_it_was_off(self):
        service = self.service_with_reports("a.example", "b.example")
        self.assertEqual({}, self.deliveries(service))
        ids = {r["domain"]: r["report-id"] for r in service.report_rows()}
        found = self.findings(service, ids["a.example"])
        self.assertEqual(
            (ids["a.example"], "a.example", "", "https", "queued", "", True),
            tuple(found["a.example"][k] for k in (
                "report-id", "domain", "target", "transport", "state", "why",
                "new")))
        self.switch_on(service)
        self.settled(service, {"a.example": "accepted"})
        self.assertEqual(
            found["a.example"]["delivery"],
            self.deliveries(service)["a.example"]["delivery"])
        # The day's: one of them is there.
        found = self.findings(service, "--day", DAY)
        self.assertEqual(
            {"a.example": ("accepted", False), "b.example": ("queued", True)},
            {n: (f["state"], f["new"]) for n, f in found.items()})
        self.assertIn("queued before as delivery", found["a.example"]["why"])
        self.settled(service, {"a.example": "accepted",
                               "b.example": "accepted"})
        self.assertEqual(["/a.example", "/b.example"], self.posted())

    def test_a_look_ahead_changes_nothing(self):
        service = self.sending(
            deliver__mode="off", deliver__only_with_failures="yes",
            deliver__map=f"to.example={self.receiver.url('/other')} "
                         "none.example=none")
        service.send(
            session("quiet.example"), failure("mail.example"),
            *(self.failed(d) for d in ("to.example", "none.example",
                                       "kept.example", "a.example")),
            self.failed("bad.example", "https://u:p@x.example/bad.example"))
        service.wait_received(7)
        service.close_day()
        self.assertEqual((OK, "", ""), service.cli(
            "suppression", "add", "domain", "kept.example"))
        self.findings(service, *(
            r["report-id"] for r in service.report_rows()
            if r["domain"] == "a.example"))
        found = self.findings(service, "--day", DAY, "--dry-run")
        by_domain = {f["domain"]: f for f in found.values()}
        self.assertEqual({
            "quiet.example": ("mail", None,
                              "no session failed "
                              "(deliver.only_with_failures)"),
            "mail.example": ("mail", "queued", ""),
            "to.example": ("https", "queued", ""),
            "none.example": ("https", "suppressed",
                             "deliver.map: none.example=none"),
            "kept.example": ("https", "suppressed",
                             "domain kept.example is suppressed"),
            "bad.example": ("", "given-up", "https: a user name"),
            "a.example": ("https", "queued", "queued before as delivery " +
                          self.deliveries(service)["a.example"]["delivery"]),
        }, {n: (f["transport"], f["state"], f["why"])
            for n, f in by_domain.items()})
        self.assertEqual(self.receiver.url("/other"),
                         by_domain["to.example"]["target"])
        self.assertIsNone(by_domain["to.example"]["delivery"])
        self.assertEqual(["a.example"], list(self.deliveries(service)))
        # The same for people.
        _, out, _ = service.cli("report", "send", "--day", DAY, "--dry-run")
        for f in by_domain.values():
            self.assertIn(f["why"], out)
            self.assertIn(f["rua"], out)
        self.assertIn(f"sent instead to {self.receiver.url('/other')}", out)

    def failed(self, domain, rua=None):
        """A datagram of a failed session."""
        datagram = json.loads(failure(domain))
        datagram["pr"] = "v=TLSRPTv1; rua=" + (
            rua or self.receiver.url("/" + domain))
        return json.dumps(datagram).encode()

    def test_what_is_refused(self):
        service = self.service_with_reports("a.example")
        report = service.report_rows()[0]["report-id"]
        for arguments, code, part in (
                ((), USAGE, "REPORT-ID, or --day"),
                ((report, "--day", DAY), USAGE, "one of them"),
                (("nothing",), NO_INPUT, "no report nothing"),
                (("--day", "2026-01-01"), NO_INPUT, "no reports of that day"),
        ):
            with self.subTest(arguments):
                self.assert_fails(
                    code, service.cli("report", "send", *arguments), part)
        service.stop()
        for column, part in (("delivered_at = NULL", "not handed over yet"),
                             ("stale = 1", "built anew first")):
            with closing(sqlite3.connect(service.database)) as store:
                store.execute(f"UPDATE report SET {column}")
                store.commit()
            for arguments in ((report,), ("--day", DAY, "--dry-run")):
                self.assert_fails(
                    DATA, service.cli("report", "send", *arguments), part)
        self.assertEqual({}, self.deliveries(service))


if __name__ == "__main__":
    unittest.main()
