"""test_schema.py -- reports are what RFC 8460 section 4.4 says, by a schema
that was written from its text and a validator that is not ours (ajv)."""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import SystemTest, TESTS, corpus, failure

SCHEMA = TESTS / "schema"
INSTALLED = ("package.json", "package-lock.json", "validate.mjs")

# RFC 8460 Appendix B, mended where its own text says otherwise: mx-host is an
# array (erratum 6241), the URI has no blanks, the IPv6 addresses no leading
# zeros (RFC 5952).
EXAMPLE = json.loads("""
{
  "organization-name": "Company-X",
  "date-range": {
    "start-datetime": "2016-04-01T00:00:00Z",
    "end-datetime": "2016-04-01T23:59:59Z"
  },
  "contact-info": "sts-reporting@company-x.example",
  "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
  "policies": [{
    "policy": {
      "policy-type": "sts",
      "policy-string": ["version: STSv1","mode: testing",
            "mx: *.mail.company-y.example","max_age: 86400"],
      "policy-domain": "company-y.example",
      "mx-host": ["*.mail.company-y.example"]
    },
    "summary": {
      "total-successful-session-count": 5326,
      "total-failure-session-count": 303
    },
    "failure-details": [{
      "result-type": "certificate-expired",
      "sending-mta-ip": "2001:db8:abcd:12::1",
      "receiving-mx-hostname": "mx1.mail.company-y.example",
      "failed-session-count": 100
    }, {
      "result-type": "starttls-not-supported",
      "sending-mta-ip": "2001:db8:abcd:13::1",
      "receiving-mx-hostname": "mx2.mail.company-y.example",
      "receiving-ip": "203.0.113.56",
      "failed-session-count": 200,
      "additional-information":
        "https://reports.company-x.example/report_info?id=5065427c-23d3"
    }, {
      "result-type": "validation-failure",
      "sending-mta-ip": "198.51.100.62",
      "receiving-ip": "203.0.113.58",
      "receiving-mx-hostname": "mx-backup.mail.company-y.example",
      "failed-session-count": 3,
      "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"
    }]
  }]
}
""")
POLICY = "/policies/0/policy"
SUMMARY = "/policies/0/summary"
DETAIL = "/policies/0/failure-details/0"
GONE = object()
TLSA = {"policy-type": "tlsa", "policy-string": ["3 1 1 " + "AB" * 32],
        "policy-domain": "mx.example"}

# Where, what instead, and where the fault is to be seen if that is elsewhere.
BROKEN = {
    "organization missing": ("/organization-name", GONE, ""),
    "organization empty": ("/organization-name", ""),
    "organization of two lines": ("/organization-name", "a\nb"),
    "unknown member": ("/version", "1.0", ""),
    "date range missing": ("/date-range", GONE, ""),
    "start missing": ("/date-range/start-datetime", GONE, "/date-range"),
    "date only": ("/date-range/start-datetime", "2016-04-01"),
    "no time zone": ("/date-range/start-datetime", "2016-04-01T00:00:00"),
    "a 13th month": ("/date-range/end-datetime", "2016-13-01T23:59:59Z"),
    "April 31st": ("/date-range/end-datetime", "2016-04-31T23:59:59Z"),
    "24 o'clock": ("/date-range/end-datetime", "2016-04-01T24:00:00Z"),
    "date as a number": ("/date-range/end-datetime", 1459555199),
    "contact null": ("/contact-info", None),
    "contact as URI": ("/contact-info", "mailto:a@company-x.example"),
    "contact without domain": ("/contact-info", "postmaster"),
    "contact with name": ("/contact-info", "X <a@company-x.example>"),
    "report-id missing": ("/report-id", GONE, ""),
    "report-id as a number": ("/report-id", 7),
    "policies missing": ("/policies", GONE, ""),
    "policies not an array": ("/policies", EXAMPLE["policies"][0]),
    "policies empty": ("/policies", []),
    "policy missing": (POLICY, GONE, "/policies/0"),
    "policy-type unknown": (f"{POLICY}/policy-type", "dane"),
    "policy-type in capitals": (f"{POLICY}/policy-type", "STS"),
    "policy-string as string": (f"{POLICY}/policy-string", "version: STSv1"),
    "policy-domain missing": (f"{POLICY}/policy-domain", GONE, POLICY),
    "policy-domain as U-label": (f"{POLICY}/policy-domain", "grün.example"),
    "policy-domain with dot": (f"{POLICY}/policy-domain", "a.example."),
    "mx-host as string": (f"{POLICY}/mx-host", "*.mail.company-y.example"),
    "mx-host null": (f"{POLICY}/mx-host", None),
    "mx-host with prefix": (f"{POLICY}/mx-host", ["mx: a.example"],
                            f"{POLICY}/mx-host/0"),
    "mx-host of a tlsa policy": (POLICY, {**TLSA, "mx-host": ["mx.example"]}),
    "tlsa in parentheses": (POLICY, {**TLSA, "policy-string": [
        "3 1 1 ( ABAB ABAB )"]}, f"{POLICY}/policy-string/0"),
    "tlsa of half an octet": (POLICY, {**TLSA, "policy-string": ["3 1 1 ABA"]},
                              f"{POLICY}/policy-string/0"),
    "tlsa past an octet": (POLICY, {**TLSA, "policy-string": ["256 1 1 AB"]},
                           f"{POLICY}/policy-string/0"),
    "tlsa without records": (POLICY, {"policy-type": "tlsa",
                                      "policy-domain": "mx.example"}),
    "text of no policy": (f"{POLICY}/policy-type", "no-policy-found", POLICY),
    "summary missing": (SUMMARY, GONE, "/policies/0"),
    "success count missing": (f"{SUMMARY}/total-successful-session-count", GONE,
                              SUMMARY),
    "negative count": (f"{SUMMARY}/total-failure-session-count", -1),
    "half a session": (f"{SUMMARY}/total-failure-session-count", 0.5),
    "count as string": (f"{SUMMARY}/total-failure-session-count", "303"),
    "count past 2^53": (f"{SUMMARY}/total-failure-session-count", 2 ** 53),
    "details null": ("/policies/0/failure-details", None),
    "result type missing": (f"{DETAIL}/result-type", GONE, DETAIL),
    "result type unknown": (f"{DETAIL}/result-type", "tls-failure"),
    "result type as code": (f"{DETAIL}/result-type", 204),
    "no session failed": (f"{DETAIL}/failed-session-count", 0),
    "sessions missing": (f"{DETAIL}/failed-session-count", GONE, DETAIL),
    "IPv4 with leading zero": (f"{DETAIL}/sending-mta-ip", "192.0.02.1"),
    "IPv4 past an octet": (f"{DETAIL}/receiving-ip", "192.0.2.256"),
    "IP empty": (f"{DETAIL}/receiving-ip", ""),
    "IPv6 in capitals": (f"{DETAIL}/receiving-ip", "2001:DB8::1"),
    "IPv6 with leading zero": (f"{DETAIL}/receiving-ip", "2001:0db8::1"),
    "IPv6 not shortened": (f"{DETAIL}/receiving-ip", "2001:db8:0:0:0:0:0:1"),
    "IPv6 of nine words": (f"{DETAIL}/receiving-ip", "1:2:3:4:5:6:7:8:9"),
    "IP in brackets": (f"{DETAIL}/receiving-ip", "[192.0.2.1]"),
    "host name of two": (f"{DETAIL}/receiving-mx-hostname", "a.example b"),
    "reason null": (f"{DETAIL}/failure-reason-code", None),
    "URI with blanks": (f"{DETAIL}/additional-information",
                        "https://a.example/? id = 1"),
    "information as text": (f"{DETAIL}/additional-information", "see our site"),
}
NPM_S = 180


def changed(place, value):
    """The example with another value in one place."""
    report = copy.deepcopy(EXAMPLE)
    *path, last = [int(k) if k.isdigit() else k for k in place[1:].split("/")]
    at = report
    for key in path:
        at = at[key]
    if value is GONE:
        del at[last]
    else:
        at[last] = value
    return report


def node_folder():
    """The build folder with the validator, made if need be."""
    build = os.environ.get("TLSRPT_TEST_BUILD")
    folder = pathlib.Path(build or tempfile.gettempdir()) / "report-schema"
    locked = (SCHEMA / "package-lock.json").read_bytes()
    stamp = folder / "installed-lock.json"
    folder.mkdir(parents=True, exist_ok=True)
    for name in INSTALLED:
        shutil.copyfile(SCHEMA / name, folder / name)
    if not (stamp.exists() and stamp.read_bytes() == locked):
        install(folder)
        stamp.write_bytes(locked)
    return folder


def install(folder):
    """npm ci."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise AssertionError(
                f"{program} is not installed: this test checks reports with "
                "ajv and needs Node.js 18 or newer with npm")
    try:
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
             "--fetch-retries=1", "--fetch-timeout=30000"],
            cwd=folder, capture_output=True, text=True, timeout=NPM_S)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"npm ci took more than {NPM_S} s: is npm's "
                             "registry reachable?") from None
    if done.returncode != 0:
        raise AssertionError(f"npm ci failed:\n{done.stdout}{done.stderr}")


def validate(*files):
    """The faults: {file: [(place, what)]}, only of files that have any."""
    done = subprocess.run(
        ["node", "validate.mjs", SCHEMA / "report.schema.json", *files],
        cwd=node_folder(), capture_output=True, text=True)
    if done.returncode not in (0, 1) or done.stderr:
        raise AssertionError(f"validate.mjs failed:\n{done.stderr}")
    faults = {}
    for line in done.stdout.splitlines():
        file, place, what = line.split(": ", 2)
        faults.setdefault(pathlib.Path(file), []).append((place, what))
    if done.returncode != (1 if faults else 0):
        raise AssertionError(f"validate.mjs ended with {done.returncode}")
    return faults


class Schema(SystemTest):
    """The schema itself."""

    def setUp(self):
        self.dir = self.folder()

    def write(self, name, report):
        """A report as a file."""
        path = self.dir / f"{name.replace('/', '_')}.json"
        path.write_text(json.dumps(report))
        return path

    def test_takes_the_example_of_the_rfc_as_mended(self):
        self.assertEqual({}, validate(self.write("example", EXAMPLE)))

    def test_takes_the_other_policies(self):
        self.assertEqual({}, validate(
            self.write("tlsa", changed(POLICY, TLSA)),
            self.write("none", changed(POLICY, {
                "policy-type": "no-policy-found",
                "policy-domain": "xn--grn-ioa.example"}))))

    def test_refuses_what_is_broken(self):
        files = {self.write(name, changed(*case[:2])): name
                 for name, case in BROKEN.items()}
        faults = validate(*files)
        for file, name in files.items():
            with self.subTest(name):
                place = (*BROKEN[name], BROKEN[name][0])[2]
                self.assertIn(place,
                              [p for p, _ in faults.get(file, [])])

    def test_refuses_what_is_no_report(self):
        for name, text in (("truncated", '{"organization-name": "x"'),
                           ("array", "[]"), ("null", "null"), ("empty", "")):
            path = self.dir / f"{name}.json"
            path.write_text(text)
            self.assertIn(path, validate(path))


class Reports(SystemTest):
    """What the service makes of the sample datagrams."""

    def test_all_reports_of_the_samples_are_valid(self):
        samples = corpus()
        service = self.service().start()
        service.send(*samples.values())
        service.wait_received(len(samples))
        service.close_day()
        files = [r.path for r in service.reports()]
        self.assertEqual(len(service.report_rows()), len(files))
        self.assertGreater(len(files), 60)
        self.assertEqual({}, validate(*files))

    def test_information_that_is_no_uri_is_not_given_as_one(self):
        service = self.service().start()
        told = ("see our wiki", "https://a.example/\n\x1b", "a.example/why",
                "https://a.example/<b>")
        service.send(failure("uri.example", a="https://a.example/?why=%20#x"),
                     *(failure("text.example", a=text) for text in told))
        service.wait_received(1 + len(told))
        service.close_day()
        self.assertEqual({}, validate(*(r.path for r in service.reports())))
        details = {d.get("additional-information")
                   for r in service.reports() for p in r.value["policies"]
                   for d in p["failure-details"]}
        self.assertEqual({None, "https://a.example/?why=%20#x"}, details)


if __name__ == "__main__":
    unittest.main()
