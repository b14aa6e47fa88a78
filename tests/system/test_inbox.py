"""test_inbox.py -- reports of others are taken out of files, kept and shown."""

import base64
import gzip
import io
import json
import subprocess
import unittest
import zipfile

from harness import (DATA, NO_INPUT, OK, TLSRPT, USAGE, SystemTest,
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
        before = {r["intake"] for r in self.inbox()}
        if name != "-":
            (self.at / name).write_bytes(body)
            name = self.at / name
        self.assertEqual(OK, self.cli("import", name, stdin=body)[0])
        return [r for r in self.inbox() if r["intake"] not in before]

    def inbox(self, *options):
        code, out, _ = self.cli("inbox", "list", "--json", *options)
        self.assertEqual(OK, code)
        return json.loads(out)

    def shown(self, row):
        code, out, _ = self.cli("inbox", "show", "--json", row["intake"])
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
            policy["policy-string"])
        self.assertEqual(
            [("certificate-expired", 100), ("starttls-not-supported", 200),
             ("validation-failure", 3)],
            [(d["result-type"], d["failed-session-count"])
             for d in shown["failure-details"]])
        self.assertEqual("X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
                         shown["failure-details"][2]["failure-reason-code"])

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
        self.assertEqual(rows[0]["intake"], rows[1]["like"])

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
        self.assertEqual(("counted", "contradicted", first["intake"]),
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
                [TLSRPT, "-c", self.config, "inbox", "raw", row["intake"]],
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
        code, out, _ = self.cli("inbox", "show", row["intake"])
        self.assertEqual(OK, code)
        for text in ("company-x.example", "5326", "certificate-expired",
                     "mx2.mail.company-y.example", "203.0.113.58"):
            self.assertIn(text, out)

    def test_hostile_text_does_not_reach_the_terminal(self):
        self.own(OURS)
        report = dict(EXAMPLE)
        report["organization-name"] = "\x1b[2Jx"
        report["contact-info"] = None
        row, = self.take(json.dumps(report).encode())
        _, out, _ = self.cli("inbox", "show", row["intake"])
        self.assertNotIn("\x1b", out)
        _, out, _ = self.cli("inbox", "list")
        self.assertNotIn("\x1b", out)

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
        self.assertEqual(USAGE, self.cli("domain", "add", "a b")[0] and
                         self.cli("domain", "add", "--token", "a/b",
                                  "a.example")[0])

    def test_a_file_that_is_not_there(self):
        code, _, err = self.cli("import", self.at / "none")
        self.assertEqual(NO_INPUT, code)
        self.assertIn("none", err)
        self.assertNotEqual(DATA, code)


if __name__ == "__main__":
    unittest.main()
