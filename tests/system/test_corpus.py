"""test_corpus.py -- the sample datagrams of a real Postfix, through the socket
into tallies and reports: counts, names and bytes."""

import json
import random
import subprocess
import sys
import unittest

import expected
from harness import (CONTACT, DAY, DAY_S, DAY_START, ORGANIZATION,
                     SUBMITTER, Service, SystemTest, TESTS, corpus, put_away,
                     session)

TABLE = TESTS / "corpus" / "datagram" / "expected.tsv"
NAME_MAX = 255
ORDERS = 5
SEED = 8460


def policy_rows(domain, rua, policies):
    """The table's rows out of what tally list or a report says."""
    rows = []
    for item in policies:
        policy, summary = item["policy"], item["summary"]
        head = (domain, policy["policy-type"], policy["policy-domain"])
        rows.append(expected.row(
            "policy", *head, rua, summary["total-successful-session-count"],
            summary["total-failure-session-count"]))
        for detail in item.get("failure-details", []):
            rows.append(expected.row(
                "detail", *head, detail["result-type"],
                detail.get("sending-mta-ip", ""),
                detail.get("receiving-mx-hostname", ""),
                detail.get("receiving-mx-helo", ""),
                detail.get("receiving-ip", ""),
                detail.get("failure-reason-code", ""),
                detail["failed-session-count"]))
    return rows


def tally_rows(tallies):
    """The table out of `tally list --json`."""
    return sorted(row for t in tallies for row in policy_rows(
        t["domain"], ",".join(t["rua"]), t["policies"]))


def whole_name(report, domain):
    """The name that RFC 8460 section 5.1 gives the report."""
    return (f"{SUBMITTER}!{domain}!{DAY_START}!{DAY_START + DAY_S - 1}"
            f"!{report.id}.json.gz")


def fitting_name(name):
    """As much of it as a file system takes; the unique id stays whole."""
    end = name.rpartition("!")[2]
    if len(name) <= NAME_MAX:
        return name
    return name[:NAME_MAX - 1 - len(end)] + "!" + end


class Run:
    """One day of the service with these datagrams, closed and reported."""

    def __init__(self, service, datagrams, one_by_one=False):
        service.start()
        for i, datagram in enumerate(datagrams):
            service.send(datagram)
            if one_by_one:  # a flush of its own for each
                service.wait_received(i + 1)
        service.wait_received(len(datagrams))
        service.close_day()
        self.tallies = service.tallies()
        self.rows = service.report_rows()
        self.reports = service.reports()
        self.counters = service.counters()

    def by_id(self):
        """The reports' JSON by their ids."""
        return {r.id: r.json for r in self.reports}


class ExpectedTable(unittest.TestCase):
    """The committed table is what the script counts."""

    def test_table_is_the_output_of_the_script(self):
        done = subprocess.run(
            [sys.executable, "-B", expected.__file__], check=True,
            stdout=subprocess.PIPE)
        self.assertEqual(TABLE.read_text(), done.stdout.decode())


class CorpusDay(SystemTest):
    """Each sample datagram once, in the order of the files."""

    def setUp(self):
        self.samples = corpus()
        self.run_ = Run(self.service(), list(self.samples.values()))
        self.table = TABLE.read_text().splitlines()

    def check_counts(self):
        """What was counted is the table; nothing refused, nothing repaired."""
        self.assertEqual(self.table, tally_rows(self.run_.tallies))
        self.assertEqual({"received": len(self.samples),
                          "sessions": len(self.samples),
                          "repaired-record": 1}, self.run_.counters)

    def check_reports(self):
        """What was reported is the table, but for whom nobody wants any."""
        rua = {t["domain"]: ",".join(t["rua"]) for t in self.run_.tallies}
        silent = {domain for domain, uris in rua.items() if not uris}
        rows = []
        for row in self.run_.rows:
            report = self.find(row["report-id"])
            rows += policy_rows(row["domain"], rua[row["domain"]],
                                report.value["policies"])
        wanted = [r for r in self.table if r.split("\t")[1] not in silent]
        self.assertEqual({"versiononly.example"}, silent)
        self.assertEqual(wanted, sorted(rows))
        self.assertEqual(len(self.run_.rows), len(self.run_.reports))

    def find(self, report_id):
        """The report file with the id."""
        [found] = [r for r in self.run_.reports if r.id == report_id]
        return found

    def check_names(self):
        """The file's name tells what the JSON says."""
        for row in self.run_.rows:
            report = self.find(row["report-id"])
            name = whole_name(report, row["domain"])
            self.assertEqual(name, row["filename"])
            self.assertEqual(fitting_name(name), report.name)
            self.assertRegex(report.id, r"^[a-z2-7]{32}$")
        cut = [r for r in self.run_.rows if len(r["filename"]) > NAME_MAX]
        self.assertEqual(["l" * 63], [r["domain"].split(".")[0] for r in cut])

    def check_heads(self):
        """Who reports what day; each id once."""
        for report in self.run_.reports:
            head = {k: v for k, v in report.value.items() if k != "policies"}
            self.assertEqual({
                "organization-name": ORGANIZATION,
                "date-range": {"start-datetime": f"{DAY}T00:00:00Z",
                               "end-datetime": f"{DAY}T23:59:59Z"},
                "contact-info": CONTACT,
                "report-id": report.id,
            }, head)
        ids = [r.id for r in self.run_.reports]
        self.assertEqual(len(ids), len(set(ids)))

    def check_policies(self):
        """Policies as the MTA gave them: TLSA sorted, MTA-STS as published."""
        given = {}
        for datagram in self.samples.values():
            value = json.loads(datagram)
            for policy in value["policies"]:
                given.setdefault(value["d"].lower().rstrip("."), []).append(
                    (self.strings(policy), policy.get("mx-host")))
        for row in self.run_.rows:
            for item in self.find(row["report-id"]).value["policies"]:
                policy = item["policy"]
                self.assertIn((policy.get("policy-string"),
                               policy.get("mx-host")), given[row["domain"]])

    @staticmethod
    def strings(policy):
        """The policy-string that the report should have."""
        strings = policy.get("policy-string")
        return sorted(strings) if policy["policy-type"] == 1 else strings

    def check_command_line(self):
        """`report list` sums what the reports say."""
        for row in self.run_.rows:
            report = self.find(row["report-id"])
            policies = report.value["policies"]
            for key in ("total-successful-session-count",
                        "total-failure-session-count"):
                self.assertEqual(sum(p["summary"][key] for p in policies),
                                 row[key])
            self.assertEqual(len(policies), row["policies"])
            self.assertEqual(len(report.json), row["bytes"])
            self.assertEqual("delivered", row["state"])

    def test_day(self):
        for check in (self.check_counts, self.check_reports, self.check_names,
                      self.check_heads, self.check_policies,
                      self.check_command_line):
            with self.subTest(check.__doc__):
                check()


class SameDay(SystemTest):
    """The order in which sessions come in does not show in reports."""

    def runs(self, datagrams, one_by_one=False, **options):
        """A day with the datagrams in their order, then in some others."""
        chance = random.Random(SEED)
        orders = [datagrams] + [chance.sample(datagrams, len(datagrams))
                                for _ in range(ORDERS)]
        return [self.run_day(order, one_by_one, options) for order in orders]

    @staticmethod
    def run_day(datagrams, one_by_one, options):
        """One of them; its folder goes at once, for a journal is large."""
        service = Service(**options)
        try:
            return Run(service, datagrams, one_by_one)
        finally:
            put_away(service)

    def test_corpus_in_any_order_gives_the_same_bytes(self):
        runs = self.runs(list(corpus().values()))
        for run in runs[1:]:
            self.assertEqual(runs[0].by_id(), run.by_id())
            self.assertEqual(runs[0].tallies, run.tallies)

    def test_spellings_in_any_order_give_the_same_bytes(self):
        runs = self.runs(spellings(), one_by_one=True,
                         collect__flush_interval="10ms")
        for run in runs:
            self.assertEqual(runs[0].by_id(), run.by_id())
        [report] = runs[0].reports
        tlsa, sts = report.value["policies"]
        self.assertEqual((SPELLINGS, 0), totals(tlsa))
        self.assertEqual((0, SPELLINGS), totals(sts))
        [detail] = sts["failure-details"]
        self.assertEqual(SPELLINGS, detail["failed-session-count"])
        self.assertEqual(["2 0 1 " + "CD" * 32, "3 1 1 " + "AB" * 32],
                         tlsa["policy"]["policy-string"])


def totals(item):
    """Successes and failures of a policy in a report."""
    return (item["summary"]["total-successful-session-count"],
            item["summary"]["total-failure-session-count"])


SPELLINGS = 8


def spelling(i):
    """One session, the i-th way to spell it."""
    tlsa = ["3 1 1 " + "AB" * 32, "2 0 1 " + "CD" * 32]
    sts = ["version: STSv1", "mode: enforce", "mx: mx.same.example",
           "max_age: 86400"]
    hosts = ["mx.same.example", "*.alt.same.example"]
    odd = i % 2 == 1
    return session("Same.Example." if odd else "same.example", [{
        "policy-type": 1,
        "policy-domain": "MX.same.example" if odd else "mx.same.example.",
        "policy-string": [
            tlsa[::-1], tlsa, tlsa + tlsa,
            [t.lower().replace("cdcd", "cd cd") for t in tlsa]][i % 4],
        "t": 0, "f": 0,
    }, {
        "policy-type": 2,
        "policy-domain": "SAME.example" if odd else "same.example",
        "policy-string": sts[i % 4:] + sts[:i % 4],
        "mx-host": hosts[::-1] if odd else [h.upper() for h in hosts],
        "failure-details": [{
            "c": 205, "n": "mx.SAME.example" if odd else "mx.same.example",
            "r": "2001:DB8:0::1" if odd else "2001:db8::1",
            "h": f"250-mx.same.example at your service, {i}\r\n250 SIZE",
            "f": "why"}],
        "t": 1, "f": 1,
    }], pr=[
        "v=TLSRPTv1; rua=mailto:a@same.example,https://same.example/b",
        "v=TLSRPTv1;rua=https://SAME.example/b , mailto:a@same.EXAMPLE;",
    ][odd])


def spellings():
    """One session in many spellings."""
    return [spelling(i) for i in range(SPELLINGS)]


if __name__ == "__main__":
    unittest.main()
