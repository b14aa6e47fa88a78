"""test_inbox.py -- reports of others are taken out of files, kept and shown."""

import base64
import datetime
import gzip
import io
import json
import sqlite3
import subprocess
import unittest
import zipfile

from harness import (DATA, NO_INPUT, OK, TESTS, TLSRPT, USAGE, SystemTest,
                     run_cli)

# RFC 8460, appendix B, with the day as a day is.
EXAMPLE = {
    "organization-name": "Company-X",
    "date-range": {"start-datetime": "2016-04-01T00:00:00Z",
                   "end-datetime": "2016-04-01T23:59:59Z"},
    "contact-info": "sts-reporting@company-x.example",
    "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
    "policies": [{
        "policy": {"policy-type": "sts",
                   "policy-string": ["version: STSv1", "mode: testing",
                                     "mx: *.mail.company-y.example",
                                     "max_age: 86400"],
                   "policy-domain": "company-y.example",
                   "mx-host": ["*.mail.company-y.example"]},
        "summary": {"total-successful-session-count": 5326,
                    "total-failure-session-count": 303},
        "failure-details": [
            {"result-type": "certificate-expired",
             "sending-mta-ip": "2001:db8:abcd:0012::1",
             "receiving-mx-hostname": "mx1.mail.company-y.example",
             "failed-session-count": 100},
            {"result-type": "starttls-not-supported",
             "sending-mta-ip": "2001:db8:abcd:0013::1",
             "receiving-mx-hostname": "mx2.mail.company-y.example",
             "receiving-ip": "203.0.113.56",
             "failed-session-count": 200,
             "additional-information":
                 "https://reports.company-x.example/report_info?id=5065427c"
                 "-23d3#StarttlsNotSupported"},
            {"result-type": "validation-failure",
             "sending-mta-ip": "198.51.100.62",
             "receiving-ip": "203.0.113.58",
             "receiving-mx-hostname": "mx-backup.mail.company-y.example",
             "failed-session-count": 3,
             "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}],
    }],
}
OURS = "company-y.example"


def mail(report):
    """A report mail that nobody signed, as some people's are."""
    packed = base64.encodebytes(gzip.compress(report)).decode()
    return (
        "From: Reports <tls@company-x.example>\n"
        f"To: tls@{OURS}\n"
        f"Subject: Report Domain: {OURS}\n"
        "TLS-Report-Submitter: company-x.example\n"
        'Content-Type: multipart/report; report-type="tlsrpt"; boundary="b"\n'
        "\n--b\nContent-Type: text/plain\n\nA report.\n"
        "--b\nContent-Type: application/tlsrpt+gzip\n"
        "Content-Transfer-Encoding: base64\n\n"
        f"{packed}\n--b--\n").encode()


class Inbox(SystemTest):
    """A store, and files beside it."""

    def setUp(self):
        self.at = self.folder()
        (self.at / "data").mkdir()
        self.config = self.at / "tlsrptd.conf"
        self.config.write_text("[daemon]\nroles = collect\ndata_dir = data\n")
        self.assertEqual(OK, self.cli("db", "migrate")[0])

    def cli(self, *arguments, stdin=b""):
        return run_cli("-c", self.config, *arguments, stdin=stdin)

    def own(self, *domains):
        self.assertEqual((OK, "", ""), self.cli("domain", "add", *domains))

    def take(self, body, name="-"):
        """The rows of what was imported."""
        before = {r["intake-id"] for r in self.inbox()}
        if name != "-":
            (self.at / name).write_bytes(body)
            name = self.at / name
        self.assertEqual(OK, self.cli("import", name, stdin=body)[0])
        return [r for r in self.inbox() if r["intake-id"] not in before]

    def inbox(self, *options):
        code, out, _ = self.cli("inbox", "list", "--json", *options)
        self.assertEqual(OK, code)
        return json.loads(out)

    def shown(self, row):
        code, out, _ = self.cli("inbox", "show", "--json", row["intake-id"])
        self.assertEqual(OK, code)
        return json.loads(out)[row["part"]]

    # -- what is read --

    def test_the_example_of_the_rfc(self):
        self.own(OURS)
        row, = self.take(json.dumps(EXAMPLE).encode())
        self.assertEqual(
            ("counted", "company-x.example", "Company-X", 5326, 303),
            tuple(row[k] for k in (
                "state", "submitter", "organization-name",
                "total-successful-session-count",
                "total-failure-session-count")))
        self.assertEqual("2016-04-01T00:00:00Z",
                         row["date-range"]["start-datetime"])
        shown = self.shown(row)
        policy, = shown["policies"]
        self.assertEqual(OURS, policy["owned-domain"])
        self.assertEqual(
            EXAMPLE["policies"][0]["policy"]["policy-string"],
            policy["policy"]["policy-string"])
        self.assertEqual(
            [("certificate-expired", 100), ("starttls-not-supported", 200),
             ("validation-failure", 3)],
            [(d["result-type"], d["failed-session-count"])
             for d in policy["failure-details"]])
        self.assertEqual("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
                         policy["failure-details"][2]["failure-reason-code"])

    def test_any_packing(self):
        self.own(OURS)
        plain = json.dumps(EXAMPLE).encode()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("report.json", plain)
        rows = [self.take(body)[0] for body in (
            plain, gzip.compress(plain), archive.getvalue(),
            b"\xef\xbb\xbf" + plain)]
        self.assertEqual(
            ["counted", "duplicate", "duplicate", "duplicate"],
            [r["state"] for r in rows])
        self.assertEqual(rows[0]["intake-id"], rows[1]["like"])

    def test_a_mail_that_nobody_signed_does_not_count(self):
        self.own(OURS)
        report = json.dumps(EXAMPLE).encode()
        row, = self.take(mail(report), "report.eml")
        self.assertEqual(("untrusted", 5326), (
            row["state"], row["total-successful-session-count"]))
        # Nor does it keep out what counts.
        row, = self.take(report)
        self.assertEqual("counted", row["state"])
        states = {r["way"] + r["peer"][-4:]: r["state"] for r in self.inbox()}
        self.assertEqual({"file-": "counted", "file.eml": "duplicate"}, states)

    def test_the_same_name_with_other_numbers(self):
        self.own(OURS)
        first, = self.take(json.dumps(EXAMPLE).encode())
        other = json.loads(json.dumps(EXAMPLE))
        other["policies"][0]["summary"]["total-failure-session-count"] = 304
        second, = self.take(json.dumps(other).encode())
        self.assertEqual(("counted", "contradicted", first["intake-id"]),
                         (first["state"], second["state"], second["like"]))

    def test_what_is_about_others_is_kept_and_does_not_count(self):
        row, = self.take(json.dumps(EXAMPLE).encode())
        self.assertEqual("foreign", row["state"])
        self.assertEqual("", self.shown(row)["policies"][0]["owned-domain"])

    def test_what_cannot_be_read_is_kept_as_it_came(self):
        for body, word in ((b"{", "key expected"), (gzip.compress(b"<xml>"), "XML"),
                           (b"Subject: hello\n\nno report\n", "no part"),
                           (b"\x1f\x8bbroken", "")):
            row, = self.take(body)
            self.assertEqual("unreadable", row["state"])
            self.assertIn(word, row["reason"])
            raw = subprocess.run(
                [TLSRPT, "-c", self.config, "inbox", "raw", row["intake-id"]],
                check=True, capture_output=True, timeout=60).stdout
            self.assertEqual(body, raw)

    def test_a_folder_is_taken_whole(self):
        self.own(OURS)
        folder = self.at / "mails" / "new"
        folder.mkdir(parents=True)
        for n in range(20):
            report = dict(EXAMPLE, **{"report-id": f"r-{n}"})
            (folder / f"{n}.json.gz").write_bytes(
                gzip.compress(json.dumps(report).encode()))
        (folder / "note.txt").write_text("hello")
        self.assertEqual(
            (OK, "21 files, 20 counted, 1 unreadable\n", ""),
            self.cli("import", self.at / "mails"))
        self.assertEqual(20, len(self.inbox("--state", "counted")))
        self.assertEqual(1, len(self.inbox("--state", "unreadable")))

    # -- what is shown --

    def test_a_person_can_read_it(self):
        self.own(OURS)
        row, = self.take(json.dumps(EXAMPLE).encode())
        code, out, _ = self.cli("inbox", "show", row["intake-id"])
        self.assertEqual(OK, code)
        for text in ("company-x.example", "5326", "certificate-expired",
                     "mx2.mail.company-y.example", "203.0.113.58"):
            self.assertIn(text, out)

    def test_hostile_text_does_not_reach_the_terminal(self):
        self.own(OURS)
        evil = "\x1b[2J\u202ex\r\n\x9b31m"
        report = json.loads(json.dumps(EXAMPLE))
        report["organization-name"] = evil
        report["contact-info"] = evil
        report["report-id"] = evil
        policy = report["policies"][0]
        policy["policy"].update({"policy-type": evil, "policy-domain": evil,
                                 "policy-string": [evil], "mx-host": [evil]})
        for member in ("result-type", "receiving-mx-hostname",
                       "receiving-mx-helo", "failure-reason-code",
                       "sending-mta-ip", "additional-information"):
            policy["failure-details"][0][member] = evil
        row, = self.take(json.dumps(report).encode())
        self.take(b"\x1b[2J\r\n")
        for command in (("show", row["intake-id"]), ("list",),
                        ("quarantine",), ("list", "--json")):
            _, out, _ = self.cli("inbox", *command)
            for c in "\x1b\u202e\x9b\r":
                self.assertNotIn(c, out)

    def test_the_words_of_a_report(self):
        self.own(OURS)
        row, = self.take(json.dumps(EXAMPLE).encode())
        _, out, _ = self.cli("inbox", "show", row["intake-id"])
        text = " ".join(out.split())
        for words in ("Verdict unauthenticated", "out of a file",
                      "succeeded: 5326, failed: 303", "mode testing",
                      "303 failed: delivered all the same and with less",
                      "RFC 8460 section 4.3.1", "Likely causes:", "Next:"):
            self.assertIn(words, text)
        self.assertNotIn("%", text)
        enforced = json.loads(json.dumps(EXAMPLE).replace(
            "mode: testing", "mode: enforce"))
        enforced["report-id"] = "enforced"
        row, = self.take(json.dumps(enforced).encode())
        _, out, _ = self.cli("inbox", "show", row["intake-id"])
        self.assertIn("303 failed: not delivered over this session",
                      " ".join(out.split()))
        for line in out.splitlines():
            self.assertLessEqual(len(line), 120)

    def test_a_list_fits_a_screen(self):
        self.own(OURS)
        self.take(json.dumps(EXAMPLE).encode())
        _, out, _ = self.cli("inbox", "list")
        self.assertIn(f"unauthenticated; about {OURS}", out)
        for line in out.splitlines():
            self.assertLessEqual(len(line), 120)

    def test_filters(self):
        self.own(OURS)
        self.take(json.dumps(EXAMPLE).encode())
        other = json.loads(json.dumps(EXAMPLE).replace("2016-04-01",
                                                       "2016-04-03"))
        other["contact-info"] = "tls@other.example"
        other["policies"][0]["policy"]["policy-domain"] = "b.example"
        self.take(json.dumps(other).encode())
        for options, want in (
                ((), 2), (("--domain", "B.example."), 1),
                (("--reporter", "other.example"), 1),
                (("--reporter", "Company-X"), 2),
                (("--state", "foreign"), 1),
                (("--verdict", "unauthenticated"), 2),
                (("--verdict", "authenticated"), 0),
                (("--since", "2016-04-02"), 1),
                (("--until", "2016-04-02"), 1),
                (("--since", "2016-04-01", "--until", "2016-04-03"), 2),
                (("--since", "2016-04-02", "--until", "2016-04-02"), 0)):
            with self.subTest(options=options):
                self.assertEqual(want, len(self.inbox(*options)))
        for wrong in (("--state", "x"), ("--verdict", "x"),
                      ("--since", "x"), ("--until", "2016-13-01"),
                      ("--domain", "a b")):
            self.assertEqual(USAGE, self.cli("inbox", "list", *wrong)[0])

    # -- what counts --

    def corpus(self, name):
        return self.take((TESTS / "corpus" / "report" / f"{name}.json")
                         .read_bytes())[0]

    def test_each_session_counts_once(self):
        """Added up by hand: sts and tlsa tell of the same sessions."""
        self.own("example.com")
        for name, succeeded, failed, levels in (
                ("microsoft-sts-tlsa", 4, 0, {"authenticated": 4}),
                ("microsoft-dane-hosts", 9, 1, {"authenticated": 9}),
                # Each version of a policy has sessions of its own.
                ("google-versions", 14, 0,
                 {"authenticated": 11, "testing": 3}),
                ("google", 101, 0, {"authenticated": 53,
                                    "encrypted-not-verified": 48}),
                ("google-no-failures", 2, None,
                 {"encrypted-not-verified": 2}),
                ("socketlabs", 12, 2, {"authenticated": 12}),
                ("mail-ru", 0, 1, {})):
            with self.subTest(name=name):
                row = self.corpus(name)
                self.assertEqual(
                    (succeeded, failed),
                    (row["total-successful-session-count"],
                     row["total-failure-session-count"]))
                self.assertEqual(levels, {
                    k: n for k, n in row["protection"].items() if n})

    def dane(self, report_id, *elements):
        """A report of (type, domain, succeeded, failed)."""
        report = {**EXAMPLE, "report-id": report_id, "policies": [
            {"policy": {"policy-type": kind, "policy-domain": domain},
             "summary": {"total-successful-session-count": succeeded,
                         "total-failure-session-count": failed}}
            for kind, domain, succeeded, failed in elements]}
        row, = self.take(json.dumps(report).encode())
        return (row["state"], row["total-successful-session-count"],
                row["total-failure-session-count"],
                [p.get("owned-domain") for p in row["policies"]],
                self.levels(row))

    def levels(self, row):
        """How many sessions its report counts for, by domain."""
        with sqlite3.connect(self.at / "data" / "tlsrptd.db") as db:
            found = dict(db.execute(
                "SELECT domain, authenticated + testing + encrypted +"
                " cleartext + not_sent FROM inbox_level WHERE intake_id = ?",
                (row["intake-id"],)))
        db.close()
        return found

    def test_an_mx_host_is_its_domains(self):
        """A provider's hosts, that two of our domains share."""
        shared = ("--mx", "mx1.isp.example", "--mx", "MX2.isp.example")
        for domain, hosts in (("a.example", shared),
                              ("b.example", (*shared, "--mx", "b.isp.example")),
                              ("c.example", ())):
            self.own(domain, *hosts)
        _, out, _ = self.cli("domain", "list", "--json")
        self.assertEqual(
            [[], ["b.isp.example", "mx1.isp.example", "mx2.isp.example"]],
            [d["mx-hosts"] for d in json.loads(out)][:0:-1])
        self.assertIn("MX hosts: mx1.isp.example, mx2.isp.example",
                      self.cli("domain", "list")[1])
        a, b, nobody = "a.example", "b.example", ""
        for n, (want, elements) in enumerate((
                # Nothing but the host, which one domain has.
                (("counted", 4, 1, [b], {b: 5}),
                 [("tlsa", "b.isp.example", 4, 1)]),
                # Which two have; and beside what says whom it is about.
                (("foreign", 4, 1, [nobody], {nobody: 0}),
                 [("tlsa", "mx1.isp.example", 4, 1)]),
                (("counted", 9, 1, [a, a, a], {a: 10}),
                 [("sts", a, 7, 0), ("tlsa", "mx1.isp.example", 4, 1),
                  ("tlsa", "mx2.isp.example", 5, 0)]),
                (("counted", 6, 1, [b, b], {b: 7}),
                 [("no-policy-found", b, 2, 0),
                  ("tlsa", "mx1.isp.example", 4, 1)]),
                # It is about another one of ours, which has not said so.
                (("counted", 6, 1, ["c.example", nobody], {"c.example": 2}),
                 [("no-policy-found", "c.example", 2, 0),
                  ("tlsa", "b.isp.example", 4, 1)]),
                # MTA-STS knows domains alone.
                (("foreign", 4, 1, [nobody], {nobody: 0}),
                 [("sts", "b.isp.example", 4, 1)]))):
            with self.subTest(elements=elements):
                self.assertEqual(want, self.dane(str(n), *elements))

    def test_an_mx_host_that_the_reports_policy_lists(self):
        self.own("example.com")
        row = self.corpus("microsoft-dane-hosts")
        self.assertEqual(
            {"example.com"},
            {p.get("owned-domain") for p in row["policies"]})

    def test_what_is_not_told_is_not_zero(self):
        row = self.corpus("google-no-failures")
        self.assertNotIn("total-failure-session-count",
                         row["policies"][0]["summary"])
        for command in (("list",), ("show", row["intake-id"])):
            self.assertIn("not told", self.cli("inbox", *command)[1])

    def take_ranged(self, start, end, **more):
        report = dict(EXAMPLE, **more)
        report["report-id"] = f"{start}-{end}-{len(more)}"
        report["date-range"] = {"start-datetime": f"{start}T00:00:00Z",
                                "end-datetime": f"{end}T23:59:59Z"}
        return self.take(json.dumps(report).encode())[0]

    def test_ranges_that_cannot_be(self):
        self.own(OURS)
        now = datetime.datetime.now(datetime.timezone.utc).date()
        day = datetime.timedelta(days=1)
        for start, end, state, odd in (
                ("2026-01-01", "2026-01-08", "counted", ["RANGE_OVER_WEEK"]),
                ("2026-01-01", "2026-02-01", "implausible",
                 ["RANGE_OVER_WEEK", "RANGE_OVER_MONTH"]),
                (now - day, now + 2 * day, "counted", ["END_IN_FUTURE"]),
                (now + 2 * day, now + 2 * day, "implausible",
                 ["START_IN_FUTURE", "END_IN_FUTURE"])):
            with self.subTest(start=start, end=end):
                row = self.take_ranged(start, end)
                self.assertEqual(state, row["state"])
                self.assertEqual(odd, [d for d in row["deviations"]
                                       if d != "RANGE_LONG"])
                self.assertIn(odd[0], self.cli(
                    "inbox", "show", row["intake-id"])[1])

    def test_numbers_that_cannot_be(self):
        self.own(OURS)
        for n, state, total, odd in (
                (2 ** 53, "implausible", 2 ** 53 - 1, "TOTALS_CAPPED"),
                (10 ** 30, "implausible", 2 ** 53 - 1, "TOTALS_CAPPED"),
                (-5, "counted", None, "COUNT_NEGATIVE"),
                (2 ** 53 - 1000, "counted", 2 ** 53 - 1000, "SUM_DIFFERS")):
            with self.subTest(n=n):
                report = json.loads(json.dumps(EXAMPLE))
                report["report-id"] = f"n-{n}"
                report["policies"][0]["summary"] = {
                    "total-successful-session-count": n,
                    "total-failure-session-count": 1}
                row, = self.take(json.dumps(report).encode())
                self.assertEqual(
                    (state, total),
                    (row["state"], row["total-successful-session-count"]))
                self.assertIn(odd, row["deviations"])

    # -- quarantine, and once more --

    def test_what_is_kept_and_does_not_count(self):
        code, out, _ = self.cli("inbox", "quarantine")
        self.assertEqual((OK, "nothing is kept that does not count\n"),
                         (code, out))
        self.own("example.com")
        report = json.dumps(EXAMPLE)
        self.take(report.encode())
        self.take(report.replace("5065427c-23d3-47ca-b6e0-946ea0e8c4be",
                                 "another").encode())
        self.take(b"{")
        self.corpus("google")  # one policy of it is not ours
        _, out, _ = self.cli("inbox", "quarantine")
        for words in (OURS, "example.net", "domain add", "key expected",
                      "reprocess --unreadable"):
            self.assertIn(words, out)
        _, out, _ = self.cli("inbox", "quarantine", "--json")
        heaps = json.loads(out)
        self.assertEqual(
            [(OURS, 2), ("example.net", 1)],
            [(h["policy-domain"], h["reports"]) for h in heaps["foreign"]])
        self.assertEqual(1, heaps["unreadable"][0]["reports"])
        self.assertEqual([], heaps["untrusted"])

    def test_a_domain_that_became_ours(self):
        report = json.dumps(EXAMPLE).encode()
        first, = self.take(report)
        second, = self.take(report)
        self.assertEqual(["foreign", "foreign"],
                         [r["state"] for r in self.inbox()])
        self.own(OURS)
        code, out, _ = self.cli("inbox", "reprocess", "--all")
        self.assertEqual(OK, code)
        self.assertIn(f"{first['intake-id']}  was foreign, is counted", out)
        self.assertIn("2 taken anew, 2 changed", out)
        self.assertEqual(["counted", "duplicate"],
                         [r["state"] for r in self.inbox()])
        self.assertEqual(OURS,
                         self.inbox()[0]["policies"][0]["owned-domain"])
        # Again, and nothing changes: no row is there twice.
        before = self.inbox()
        code, out, _ = self.cli("inbox", "reprocess", first["intake-id"],
                                second["intake-id"])
        self.assertEqual((OK, "2 taken anew, 0 changed\n"), (code, out))
        self.assertEqual(before, self.inbox())

    def test_reprocess_as_json(self):
        first, = self.take(json.dumps(EXAMPLE).encode())
        self.own(OURS)
        code, out, _ = self.cli("inbox", "reprocess", "--all", "--json")
        self.assertEqual(OK, code)
        self.assertEqual(
            {"changed": [{"intake-id": first["intake-id"],
                          "was": ["foreign"], "is": ["counted"]}],
             "taken-anew": 1, "bytes-gone": 0}, json.loads(out))

    def test_one_that_was_beaten_comes_back(self):
        self.own(OURS)
        report = json.dumps(EXAMPLE).encode()
        first, = self.take(report)
        self.take(report)
        self.assertEqual(["counted", "duplicate"],
                         [r["state"] for r in self.inbox()])
        with sqlite3.connect(self.at / "data" / "tlsrptd.db") as db:
            db.execute("UPDATE inbox_raw SET raw = ? WHERE intake_id = ?",
                       (gzip.compress(b"{"), first["intake-id"]))
        db.close()
        code, out, _ = self.cli("inbox", "reprocess", first["intake-id"])
        self.assertEqual(OK, code)
        self.assertIn("was counted, is unreadable", out)
        self.assertEqual(["unreadable", "counted"],
                         [r["state"] for r in self.inbox()])

    def test_what_could_not_be_read_is_tried_again(self):
        self.own(OURS)
        bad, = self.take(b"{")
        with sqlite3.connect(self.at / "data" / "tlsrptd.db") as db:
            db.execute("UPDATE inbox_raw SET raw = ?",
                       (gzip.compress(json.dumps(EXAMPLE).encode()),))
        db.close()
        self.assertEqual(OK, self.cli("inbox", "reprocess",
                                      "--unreadable")[0])
        row, = self.inbox()
        self.assertEqual((bad["intake-id"], "counted", 5326), (
            row["intake-id"], row["state"],
            row["total-successful-session-count"]))

    def test_wrong_use_of_reprocess(self):
        for wrong in ((), ("--all", "--unreadable"), ("--all", "x")):
            self.assertEqual(USAGE,
                             self.cli("inbox", "reprocess", *wrong)[0])
        self.assertEqual(NO_INPUT, self.cli("inbox", "reprocess", "x")[0])

    # -- domains, and wrong use --

    def test_domains(self):
        self.own("MÜLLER.example", "b.example.")
        code, out, _ = self.cli("domain", "list", "--json")
        self.assertEqual((OK, ["b.example", "xn--mller-kva.example"]), (
            code, [d["domain"] for d in json.loads(out)]))
        self.assertEqual((OK, "", ""),
                         self.cli("domain", "remove", "b.example"))
        code, _, err = self.cli("domain", "remove", "b.example")
        self.assertNotEqual(OK, code)
        self.assertIn("b.example", err)
        code, _, err = self.cli("domain", "add", "c.example", "foo bar")
        self.assertEqual(DATA, code)
        self.assertIn('"foo bar" is not a domain name', err)
        self.assertEqual(USAGE, self.cli("domain", "add", "--token", "a/b",
                                         "a.example")[0])

    def test_a_file_that_is_not_there(self):
        code, _, err = self.cli("import", self.at / "none")
        self.assertEqual(NO_INPUT, code)
        self.assertIn("none", err)
        self.assertNotEqual(DATA, code)


if __name__ == "__main__":
    unittest.main()
