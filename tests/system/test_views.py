"""test_views.py -- what others reported, as the API's lists tell it, in JSON and
as CSV."""

import csv
import io
import json
import unittest

from harness import OK, SystemTest, put_away
from test_inbox import EXAMPLE, OURS
from web import Web

RANGE = "from=2016-04-01&to=2016-04-01&trust=unauthenticated"
ENFORCE = ["version: STSv1", "mode: enforce", "mx: mx.company-y.example"]


class ViewsTest(SystemTest):
    """RFC 8460's example, and what another reporter saw under another policy."""

    @classmethod
    def setUpClass(cls):
        cls.web = Web()
        cls.addClassCleanup(put_away, cls.web.service)
        cls.web.start()
        cls.admin = cls.web.admin()
        service = cls.web.service
        for domain in (OURS, "quiet.example"):
            assert service.cli("domain", "add", domain)[0] == OK
        other = dict(EXAMPLE["policies"][0])
        other["policy"] = dict(other["policy"], **{"policy-string": ENFORCE})
        other["summary"] = {"total-successful-session-count": 1,
                            "total-failure-session-count": 40}
        other["failure-details"] = [{"result-type": "certificate-expired",
                                     "failed-session-count": 40}]
        for report in (EXAMPLE, dict(EXAMPLE, **{
                "report-id": "other", "contact-info": "=cmd@other.example",
                "organization-name": "Other", "policies": [other]})):
            path = service.folder / "report.json"
            path.write_text(json.dumps(report))
            assert service.cli("import", path)[0] == OK

    def get(self, path):
        """Its JSON."""
        answer = self.admin.get(path)
        self.assertEqual(200, answer.status, answer.body)
        return answer.json

    def table(self, path):
        """Its CSV, a dictionary for each row."""
        answer = self.admin.get(path + "&format=csv")
        self.assertEqual(200, answer.status, answer.body)
        self.assertEqual("text/csv; charset=utf-8",
                         answer.headers["Content-Type"])
        return list(csv.DictReader(io.StringIO(answer.body.decode(),
                                               newline="")))

    def test_failures_by_the_policy_seen(self):
        path = f"/domains/{OURS}/failures?{RANGE}&group=policy"
        rows = {(r["policy-string"][1], r["result-type"]): r
                for r in self.get(path)["rows"]}
        self.assertEqual({
            ("mode: testing", "certificate-expired"): 100,
            ("mode: testing", "starttls-not-supported"): 200,
            ("mode: testing", "validation-failure"): 3,
            ("mode: enforce", "certificate-expired"): 40},
            {of: row["sessions"] for of, row in rows.items()})
        row = rows["mode: enforce", "certificate-expired"]
        self.assertEqual(("sts", OURS, ENFORCE), (
            row["policy-type"], row["policy-domain"], row["policy-string"]))
        self.assertEqual(f"sts {OURS}: {'; '.join(ENFORCE)}", row["key"])
        self.assertEqual({"; ".join(ENFORCE)}, {
            r["policy-string"] for r in self.table(path)
            if r["sessions"] == "40"})
        self.assertEqual({None}, {r["policy-type"] for r in self.get(
            f"/domains/{OURS}/failures?{RANGE}")["rows"]})

    def test_the_overview_as_csv_is_its_domains_in_order(self):
        path = f"/overview?{RANGE}"
        told = self.get(path)
        self.assertEqual(([OURS, "quiet.example"], None), (
            [d["domain"] for d in told["domains"]], told["next"]))
        rows = self.table(path)
        self.assertEqual([OURS, "quiet.example"], [r["domain"] for r in rows])
        # Under enforce 40 were not sent; 303 in testing may have gone open.
        self.assertEqual(("5670", "343", "2", "40", "303", ""), tuple(
            rows[0][name] for name in ("sessions", "failures", "reports",
                                       "levels.not-sent",
                                       "levels.cleartext-or-unknown",
                                       "unauthenticated.testing")))
        self.assertEqual(("0", "0", ""), tuple(
            rows[1][name] for name in ("sessions", "reports", "worst")))

    def test_pages_of_the_overview_join(self):
        path = f"/overview?{RANGE}&limit=1"
        first = self.get(path)
        second = self.get(f"{path}&cursor={first['next']}")
        self.assertEqual([OURS, "quiet.example"], [
            d["domain"] for p in (first, second) for d in p["domains"]])
        self.assertIsNone(second["next"])
        page = self.admin.get(path + "&format=csv")
        self.assertIn(f"cursor={first['next']}", page.headers["Link"])
        self.assertEqual(["quiet.example"], [r["domain"] for r in self.table(
            f"{path}&cursor={first['next']}")])
        self.assertEqual(400, self.admin.get(f"{path}&cursor=eA").status)
        self.assertEqual([], self.get(f"{path}&cursor=OTk5")["domains"])

    def test_reporters(self):
        path = f"/reporters?{RANGE}"
        rows = self.get(path)["rows"]
        self.assertEqual(rows, self.get(f"/overview?{RANGE}")["reporters"])
        self.assertEqual([r["reporter"] for r in rows],
                         [r["reporter"] for r in self.table(path)])
        self.assertEqual([], self.get(path + "&reporter=no.example")["rows"])

    def test_policies_of_a_report(self):
        one, = (r for r in self.get(f"/reports?{RANGE}")["rows"]
                if r["report-id"] == "other")
        path = f"/reports/{one['id']}/policies"
        rows = self.get(path)["rows"]
        self.assertEqual(rows, self.get(f"/reports/{one['id']}")["policies"])
        self.assertEqual((ENFORCE, 1, 40), (
            rows[0]["policy-string"], rows[0]["succeeded"], rows[0]["failed"]))
        row, = self.table(path + "?limit=9")
        self.assertEqual("; ".join(ENFORCE), row["policy-string"])
        for path in ("x.0", "01900000-0000-7000-8000-000000000001.0"):
            self.assertEqual(404, self.admin.get(
                f"/reports/{path}/policies").status)

    def test_what_was_found_as_csv(self):
        row, = (r for r in self.table(f"/search?q={OURS[:7]}")
                if r["kind"] == "domain")
        self.assertEqual((OURS, f"#/domain/{OURS}"),
                         (row["text"], row["link"]))


if __name__ == "__main__":
    unittest.main()
