"""test_findings.py -- what is concluded from reports of others, day by day, as
they come in."""

import base64
import datetime
import gzip
import hashlib
import json
import time
import unittest

from harness import NO_INPUT, OK, USAGE, SystemTest, run_cli, wait_until

DOMAIN = "bank.example"
OTHER = "shop.example"
HOSTS = {"mx1.bank.example": "198.51.100.11",
         "mx2.bank.example": "198.51.100.12"}
SERVER = "mx.ours.example"  # whose word stands in for keys that are gone
REPORTERS = ("a.example", "b.example", "c.example", "d.example")
FIRST = datetime.date(2026, 3, 2)
POLICY = ["version: STSv1", "mode: enforce", "mx: mx1.bank.example",
          "mx: mx2.bank.example", "max_age: 604800"]


def day_text(day):
    """The n-th day of the story."""
    return (FIRST + datetime.timedelta(days=day)).isoformat()


def detail(result, sessions, **more):
    """An entry of failure-details."""
    return {"result-type": result, "failed-session-count": sessions,
            "sending-mta-ip": "192.0.2.7",
            "receiving-mx-hostname": "mx1.bank.example",
            "receiving-ip": HOSTS["mx1.bank.example"], **more}


def report(reporter, day, failures=(), sessions=100, domain=DOMAIN):
    """A report of the reporter about the domain's day."""
    failed = min(sessions, sum(f["failed-session-count"] for f in failures))
    return {
        "organization-name": reporter,
        "date-range": {"start-datetime": f"{day_text(day)}T00:00:00Z",
                       "end-datetime": f"{day_text(day)}T23:59:59Z"},
        "contact-info": f"tls@{reporter}",
        "report-id": f"{day_text(day)}-{domain}-{reporter}",
        "policies": [{
            "policy": {"policy-type": "sts", "policy-string": POLICY,
                       "policy-domain": domain,
                       "mx-host": list(HOSTS)},
            "summary": {"total-successful-session-count": sessions - failed,
                        "total-failure-session-count": failed},
            "failure-details": list(failures)}]}


def mail(value, signer):
    """Its mail, of which our own server says that the signature was right."""
    packed = base64.encodebytes(
        gzip.compress(json.dumps(value).encode())).decode()
    body = (
        "--b\nContent-Type: text/plain\n\nA report.\n"
        "--b\nContent-Type: application/tlsrpt+gzip\n"
        "Content-Transfer-Encoding: base64\n\n"
        f"{packed}\n--b--\n").replace("\n", "\r\n").encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return (
        f"Authentication-Results: {SERVER}; dkim=pass header.d={signer}"
        " header.s=s1\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d={signer};"
        f" s=s1; h=From:To:Subject; bh={digest}; b=AAAAAAAAAAAA\n"
        f"From: Reports <tls@{signer}>\nTo: tls@{DOMAIN}\n"
        f"Subject: Report Domain: {DOMAIN}\n"
        f"TLS-Report-Submitter: {signer}\n"
        'Content-Type: multipart/report; report-type="tlsrpt"; boundary="b"\n'
        "\n").replace("\n", "\r\n").encode() + body


class Findings(SystemTest):
    """A store into which the reports of a day come on the next one."""

    def setUp(self):
        self.at = self.folder()
        (self.at / "data").mkdir()
        self.config = self.at / "tlsrptd.conf"
        self.set_clock(0)
        self.assertEqual(OK, self.cli("db", "migrate")[0])
        hosts = [w for host in HOSTS for w in ("--mx", host)]
        self.assertEqual((OK, "", ""),
                         self.cli("domain", "add", *hosts, DOMAIN))
        self.assertEqual((OK, "", ""), self.cli("domain", "add", OTHER))

    def set_clock(self, day):
        """It is noon of that day."""
        noon = datetime.datetime.combine(
            FIRST + datetime.timedelta(days=day), datetime.time(12),
            datetime.timezone.utc).timestamp()
        self.config.write_text(
            "[daemon]\nroles = collect\ndata_dir = data\ndemo = yes\n"
            f"clock_offset = {int(noon - time.time())}s\n"
            "[dns]\nresolver = none\n"
            f"[intake]\nauthserv_id = {SERVER}\n")

    def cli(self, *arguments):
        return run_cli("-c", self.config, *arguments)

    def take(self, day, mails=(), posts=()):
        """They come in on that day."""
        folder = self.folder()
        for n, value in enumerate(mails):
            signer = value["contact-info"].split("@")[1]
            (folder / f"m{n}.eml").write_bytes(mail(value, signer))
        for n, value in enumerate(posts):
            (folder / f"p{n}.json").write_text(json.dumps(value))
        self.set_clock(day)
        code, out, err = self.cli("import", folder)
        self.assertEqual((OK, ""), (code, err), out)

    def judge(self, day):
        """All that is known at its end, by kind."""
        code, out, err = self.cli("finding", "judge", "--day", day_text(day))
        self.assertEqual((OK, ""), (code, err), out)
        return self.known()

    def known(self, *options):
        code, out, err = self.cli("finding", "list", "--json", *options)
        self.assertEqual((OK, ""), (code, err), out)
        return json.loads(out)

    def quiet(self, first, last, **sessions):
        """Days on which nothing failed."""
        for day in range(first, last + 1):
            self.take(day + 1, [report(r, day, sessions=sessions.get(r[0], 100))
                                for r in REPORTERS])

    def of_kind(self, kind, findings):
        return [f for f in findings if f["kind"] == kind]


class OnThePath(Findings):
    """One reporter against the rest."""

    def attacked(self, **more):
        """On days 5 and 6 a.example is not offered STARTTLS; its reports come
        first."""
        return [report("a.example", day,
                       [detail("starttls-not-supported", 40, **more)])
                for day in (5, 6)] + \
            [report(r, day) for r in REPORTERS[1:] for day in (5, 6)]

    def test_one_reporter_is_not_offered_starttls(self):
        self.quiet(0, 4)
        self.assertEqual([], self.judge(6))
        self.take(7, self.attacked())
        # What came on day 7 is not known on day 6.
        self.assertEqual([], self.judge(6))
        found, = self.of_kind("starttls-stripped-on-path", self.judge(7))
        self.assertEqual(
            (DOMAIN, "a.example", "open", "critical", "path", day_text(5),
             day_text(6)),
            tuple(found[k] for k in ("domain", "subject", "state", "severity",
                                     "conclusion", "first-seen", "last-seen")))
        shown = [r for r in found["evidence"] if r["role"] == "shows"]
        self.assertEqual(1, len(shown))
        self.assertEqual(
            ("a.example", "authenticated", 80, "starttls-not-supported",
             "mx1.bank.example"),
            tuple(shown[0][k] for k in (
                "reporter", "trust", "failed", "result-type",
                "receiving-mx-hostname")))
        self.assertEqual({"b.example", "c.example", "d.example"},
                         {r["reporter"] for r in found["evidence"]
                          if r["role"] == "contrast"})
        code, out, err = self.cli("inbox", "show", shown[0]["intake-id"])
        self.assertEqual((OK, ""), (code, err))
        self.assertIn("starttls-not-supported", out)

    def test_others_reports_come_late(self):
        """What one tells alone is not yet an attack; what the others then
        tell makes it one."""
        self.quiet(0, 4)
        mails = self.attacked()
        self.take(7, mails[:2])
        first, = self.of_kind("starttls-stripped-on-path", self.judge(7))
        self.assertEqual("unknown", first["conclusion"])
        self.mark("acknowledge", first, "--reason", "looked at it")
        self.take(9, mails[2:])
        found, = self.of_kind("starttls-stripped-on-path", self.judge(9))
        # Who looked at it has not seen this.
        self.assertEqual((first["id"], "path", "critical", "open"),
                         tuple(found[k] for k in (
                             "id", "conclusion", "severity", "state")))

    def test_what_is_over_is_closed(self):
        self.quiet(0, 4)
        self.take(7, self.attacked())
        self.judge(7)
        self.quiet(7, 14)
        found, = self.of_kind("starttls-stripped-on-path", self.judge(13))
        self.assertEqual("open", found["state"])
        found, = self.of_kind("starttls-stripped-on-path", self.judge(15))
        self.assertEqual(("closed", "path"),
                         (found["state"], found["conclusion"]))
        self.assertTrue(found["closed-at"].startswith(day_text(15)))
        # Again is another one.
        self.take(17, [dict(m, **{"report-id": m["report-id"] + "x"})
                       for m in self.again(16)])
        again = self.of_kind("starttls-stripped-on-path", self.judge(17))
        self.assertEqual(["open", "closed"], [f["state"] for f in again])
        self.assertEqual(found["id"], again[1]["id"])
        self.assertEqual(["open"], [
            f["state"] for f in self.known("--state", "open")
            if f["kind"] == "starttls-stripped-on-path"])

    def again(self, day):
        """The same on another day."""
        return [report("a.example", day,
                       [detail("starttls-not-supported", 40)])] + \
            [report(r, day) for r in REPORTERS[1:]]

    def test_a_host_that_is_not_ours(self):
        self.quiet(0, 5)
        self.take(7, [report(r, 6) for r in REPORTERS[1:]] + [
            report("a.example", 6, [detail(
                "certificate-host-mismatch", 30, **{
                    "receiving-mx-hostname": "mx.evil.example",
                    "receiving-ip": "203.0.113.66"})])])
        found, = self.of_kind("foreign-mx", self.judge(7))
        self.assertEqual(("mx.evil.example", "path"),
                         (found["subject"], found["conclusion"]))

    def mark(self, word, finding, *options):
        self.assertEqual((OK, "", ""), self.cli(
            "finding", word, *options, finding["id"]))


class NotOnThePath(Findings):
    """What is ours, or what nobody vouches for."""

    def test_a_certificate_that_expired_is_ours(self):
        self.quiet(0, 5)
        self.take(7, [report(r, 6, [detail("certificate-expired", 40)])
                      for r in REPORTERS])
        found, = self.of_kind("certificate-expired", self.judge(7))
        self.assertEqual(("mx1.bank.example", "configuration", "high"),
                         (found["subject"], found["conclusion"],
                          found["confidence"]))

    def test_posts_alone_are_no_attack(self):
        """As many posts as an attacker likes, in whatever name, of reporters
        with a past."""
        liars = ["liar.example", "a.example"]
        for day in range(0, 6):
            self.take(day + 1, [report(r, day) for r in REPORTERS],
                      [report("liar.example", day)])
        self.take(7, [report(r, 6) for r in REPORTERS], [
            dict(report(r, 6, [
                detail("starttls-not-supported", 30),
                detail("certificate-not-trusted", 30, **{
                    "receiving-mx-hostname": "mx.evil.example",
                    "receiving-ip": "203.0.113.66"})]),
                 **{"report-id": f"forged-{r}"}) for r in liars])
        found = self.judge(7)
        self.assertEqual({"unknown"}, {
            f["conclusion"] for f in found}, found)
        self.assertEqual(set(liars), {
            f["subject"] for f in
            self.of_kind("unauthenticated-contradiction", found)})
        self.assertEqual({"unauthenticated"}, {
            r["trust"] for f in found for r in f["evidence"]
            if r["role"] == "shows"})

    def test_a_mail_whose_signature_is_another_ones(self):
        self.quiet(0, 5)
        forged = report("a.example", 6,
                        [detail("starttls-not-supported", 90)])
        self.take(7, [report(r, 6) for r in REPORTERS])
        folder = self.folder()
        (folder / "m").write_bytes(mail(forged, "evil.example"))
        self.assertEqual(OK, self.cli("import", folder)[0])
        found = self.judge(7)
        self.assertEqual(["unauthenticated-contradiction"],
                         [f["kind"] for f in found])

    def test_silence_of_one_and_of_all(self):
        self.quiet(0, 9)
        for day in range(10, 16):
            self.take(day + 1, [report(r, day) for r in REPORTERS[1:]] +
                      [report("a.example", day, domain=OTHER)])
        found, = self.of_kind("reporter-silent", self.judge(15))
        self.assertEqual((DOMAIN, "a.example", "warning"),
                         (found["domain"], found["subject"],
                          found["severity"]))
        for day in range(16, 22):
            self.take(day + 1, [report(r, day, domain=OTHER)
                                for r in REPORTERS])
        found, = self.of_kind("record-vanished", [
            f for f in self.judge(22) if f["state"] == "open"])
        self.assertEqual((DOMAIN, "configuration"),
                         (found["domain"], found["conclusion"]))


class ByHand(Findings):
    """What an operator does with one."""

    def found(self):
        """One that is open."""
        self.quiet(0, 3)
        self.take(5, [report(r, 4, [detail("certificate-expired", 40)])
                      for r in REPORTERS])
        return self.of_kind("certificate-expired", self.judge(5))[0]

    def test_shown_in_words(self):
        found = self.found()
        code, out, err = self.cli("finding", "show", found["id"])
        self.assertEqual((OK, ""), (code, err))
        self.assertIn("likely your configuration (confidence high)", out)
        self.assertIn("reporter a.example", out)
        code, out, err = self.cli("finding", "show", "--json", found["id"])
        self.assertEqual((OK, "", found), (code, err, json.loads(out)))
        code, out, err = self.cli("finding", "list")
        self.assertEqual((OK, ""), (code, err))
        self.assertIn("certificate-expired", out)

    def test_muted_until_a_day(self):
        found = self.found()
        self.assertEqual((OK, "", ""), self.cli(
            "finding", "mute", "--until", day_text(7), "--reason", "known",
            found["id"]))
        self.assertEqual(("muted", "known"), self.state_of(found, 6))
        self.assertEqual(("open", "known"), self.state_of(found, 7))
        self.assertEqual((OK, "", ""), self.cli(
            "finding", "mute", found["id"]))
        self.assertEqual(("muted", ""), self.state_of(found, 8))
        self.assertEqual((OK, "", ""), self.cli(
            "finding", "unmute", found["id"]))
        self.assertEqual(("open", ""), self.state_of(found, 8))

    def state_of(self, found, day):
        """What it has become when it is judged again."""
        self.judge(day)
        return next((f["state"], f["reason"]) for f in self.known()
                    if f["id"] == found["id"])

    def test_what_is_not_there(self):
        for command in (["show"], ["acknowledge"], ["mute"], ["unmute"]):
            code, out, err = self.cli("finding", *command, "none")
            self.assertEqual((NO_INPUT, ""), (code, out), command)
            self.assertIn("there is no finding none", err)
        for arguments in (["mute", "--until", "soon", "x"],
                          ["list", "--state", "new"], ["list", "a b"],
                          ["judge", "--day", "x"]):
            self.assertEqual(USAGE, self.cli("finding", *arguments)[0],
                             arguments)

    def test_of_one_domain(self):
        self.found()
        self.assertEqual({DOMAIN}, {
            f["domain"] for f in self.known(DOMAIN)})
        self.assertEqual([], self.known(OTHER))

    def test_a_domain_that_is_ours_no_more(self):
        self.found()
        self.assertEqual((OK, "", ""), self.cli("domain", "remove", DOMAIN))
        self.assertEqual({"closed"}, {f["state"] for f in self.judge(6)})


class InTheService(SystemTest):
    """Role watch judges as it starts, and then each hour."""

    def test_role_watch_judges(self):
        service = self.service(daemon__roles="collect, watch",
                               intake__authserv_id=SERVER)
        service.write_config()
        service.data_dir.mkdir()
        self.assertEqual(OK, service.cli("db", "migrate")[0])
        self.assertEqual((OK, "", ""), service.cli("domain", "add", DOMAIN))
        folder = self.folder()
        for n, name in enumerate(REPORTERS):
            (folder / f"{n}").write_bytes(mail(report(
                name, -1, [detail("certificate-expired", 40)]), name))
        self.assertEqual(OK, service.cli("import", folder)[0])
        service.start()
        found = wait_until(
            lambda: service.cli_json("finding", "list"),
            "role watch has judged")
        self.assertIn("certificate-expired", {f["kind"] for f in found})
        service.wait_logged("findings", "opened=")


if __name__ == "__main__":
    unittest.main()
