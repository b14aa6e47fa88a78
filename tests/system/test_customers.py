"""test_customers.py -- what was reported on one customer's domain tells another
nothing: no route, no filter and no cursor of it."""

import base64
import json
import unittest

from harness import OK, SystemTest, put_away
from postgres import Postgres
from test_api import cursor_of, openapi
from test_inbox import EXAMPLE
from web import PASSWORD, Web

SECRET = "hushhush"  # in each field of the other's
IPS = ("192.0.2.77", "203.0.113.77")
RANGE = "from=2016-03-01&to=2016-04-30"
# Values that only the other's rows have, and the like that nobody's have.
FILTERS = (
    ("mx", f"mx.{SECRET}.example", "mx.nobody.example"),
    ("receiving-ip", IPS[1], "203.0.113.99"),
    ("sending-ip", IPS[0], "192.0.2.99"),
    ("result-type", "dane-required", "tlsa-invalid"),
    ("reporter", f"reporter.{SECRET}.example", "nobody.example"),
    ("level", "not-sent", "encrypted"),
    ("verdict", "authenticated", "unaligned"),
    ("q", SECRET, "nobody"),
    ("q", f"report-{SECRET}", "nobody"),
)


def policy(domain, words, mode, failure):
    """One with that word in all its texts."""
    return {
        "policy": {"policy-type": "sts", "policy-domain": domain,
                   "policy-string": ["version: STSv1", f"mode: {mode}",
                                     f"mx: {words}.example",
                                     "max_age: 86400"],
                   "mx-host": [f"{words}.example"]},
        "summary": {"total-successful-session-count": 5,
                    "total-failure-session-count": 3},
        "failure-details": [failure]}


def failure_of(words, kind, ips):
    """Its one detail."""
    return {"result-type": kind, "sending-mta-ip": ips[0],
            "receiving-ip": ips[1],
            "receiving-mx-hostname": f"mx.{words}.example",
            "receiving-mx-helo": f"helo.{words}.example",
            "additional-information": words, "failure-reason-code": words,
            "failed-session-count": 3}


MINE = policy("a.example", "mine", "testing", failure_of(
    "mine", "certificate-expired", ("192.0.2.1", "203.0.113.1")))
OTHERS = policy("b.example", SECRET, "enforce", failure_of(
    SECRET, "dane-required", IPS))


class CustomersTest(SystemTest):
    """a and b, each with a report of his own and one about both."""

    @classmethod
    def options(cls):
        """Of the service: where the store is."""
        return {}

    @classmethod
    def setUpClass(cls):
        cls.web = Web(**cls.options())
        cls.addClassCleanup(put_away, cls.web.service)
        cls.web.start()
        cls.admin = cls.web.admin()
        for name in "ab":
            cls.web.service.cli("domain", "add", f"{name}.example")
        cls.put("mixed", [MINE, OTHERS])
        cls.put("theirs", [OTHERS], **{
            "report-id": f"report-{SECRET}",
            "organization-name": f"reporter.{SECRET}.example",
            "contact-info": f"tls@reporter.{SECRET}.example"})
        cls.put("their-same", [OTHERS], **{"report-id": "same"})
        cls.put("my-same", [MINE], **{"report-id": "same"})
        cls.put("broken", None)
        cls.admin.ask("POST", "/users", {
            "name": "a", "role": "analyst", "password": PASSWORD,
            "domains": ["a.example"]})
        cls.admin.ask("POST", "/users", {
            "name": "none", "role": "analyst", "password": PASSWORD,
            "domains": []})
        cls.a, cls.none = cls.web.client(), cls.web.client()
        cls.a.log_in("a")
        cls.none.log_in("none")
        cls.ids = {}
        for row in cls.admin.get(
                f"/reports?{RANGE}&trust=all").json["rows"]:
            cls.ids[row["id"]] = row["domains"]

    @classmethod
    def put(cls, name, policies, **more):
        """Import it; of no policies: something that is no report."""
        path = cls.web.service.folder / f"{name}.json"
        report = {**EXAMPLE, "report-id": name, **more}
        report["policies"] = policies
        path.write_text(json.dumps(report) if policies
                        else f'{{"report-id": "{SECRET}"')
        cls.web.service.cli("import", path)

    def hidden(self):
        """What may be in no answer to a."""
        return [SECRET, "b.example", *IPS, *(
            one for i, domains in self.ids.items()
            if "a.example" not in domains for one in (i, i.split(".")[0]))]

    def assert_nothing_of_b(self, client, path):
        """And the service answers."""
        answer = client.get(path)
        self.assertLess(answer.status, 500, path)
        told = answer.body.decode() + cursor_of(answer).decode()
        for secret in self.hidden():
            # What was asked for is no news.
            if secret not in path:
                self.assertNotIn(secret, told, path)
        return answer

    def paths(self, ids):
        """Each route that is read, with each of these."""
        for path, methods in openapi()["paths"].items():
            if "get" not in methods:
                continue
            names = {p["name"] for p in methods["get"]["parameters"]}
            for one in ids if "{" in path else [""]:
                whole = path.replace("{domain}", one).replace("{id}", one) \
                    .replace("{name}", one)
                yield whole, names

    def test_the_admin_sees_it(self):
        """Else this would test nothing."""
        self.assertEqual(
            [["a.example"], ["a.example", "b.example"], ["b.example"],
             ["b.example"]],
            sorted(d for d in self.ids.values() if d))
        for name, value, _ in FILTERS:
            path = "/search" if name == "q" else "/reports"
            if name == "verdict":
                continue  # nobody signed these
            asked = f"{path}?{name}={value}" + (
                "" if name == "q" else f"&{RANGE}")
            if value != SECRET:
                self.assertTrue(self.admin.get(asked).json["rows"], asked)

    def test_no_route_tells(self):
        ids = ["a.example", "b.example", *self.ids]
        for path, names in self.paths(ids):
            for query in (
                    "", "limit=1", "format=csv", RANGE, f"{RANGE}&trust=all",
                    f"{RANGE}&limit=1&trust=all", f"{RANGE}&format=csv",
                    f"{RANGE}&trust=all&format=csv&limit=1",
                    "domain=b.example", f"{RANGE}&domain=b.example"):
                given = {one.split("=")[0] for one in query.split("&") if one}
                if given <= names:
                    self.assert_nothing_of_b(self.a, f"{path}?{query}")

    def test_no_group_tells(self):
        for group in ("type", "mx", "receiving-ip", "reporter", "sending-ip",
                      "policy"):
            for domain in "ab":
                self.assert_nothing_of_b(
                    self.a, f"/domains/{domain}.example/failures?{RANGE}"
                    f"&trust=all&group={group}")

    def test_no_filter_tells(self):
        """One that only b's rows meet has the answer of one that none do."""
        for path, names in self.paths(["a.example"]):
            for name, others, nobodys in FILTERS:
                if name not in names:
                    continue
                more = (f"&{RANGE}" if "from" in names else "") + (
                    "&trust=all" if "trust" in names else "")
                answers = [self.assert_nothing_of_b(
                    self.a, f"{path}?{name}={value}{more}")
                    for value in (others, nobodys)]
                self.assertEqual(answers[0].status, answers[1].status)
                if answers[0].status == 200 and \
                        "rows" in answers[0].json:
                    self.assertEqual(answers[1].json["rows"],
                                     answers[0].json["rows"], (path, name))

    def test_bytes_with_another_s_in_them(self):
        for i, domains in self.ids.items():
            status = 200 if domains == ["a.example"] else 404
            self.assertEqual(status, self.a.get(f"/reports/{i}/raw").status,
                             domains)
            self.assertEqual(200, self.admin.get(f"/reports/{i}/raw").status)

    def test_another_s_is_as_none(self):
        """The same answer, whether there is such a thing or not."""
        nobody = "01990000-0000-7000-8000-000000000000.0"
        for i, domains in self.ids.items():
            if "a.example" in domains:
                continue
            for tail in ("", "/policies", "/failures", "/raw"):
                self.assertEqual(self.a.get(f"/reports/{nobody}{tail}").body,
                                 self.a.get(f"/reports/{i}{tail}").body)
        for tail in ("days", "failures", "policies", "compare", "readiness"):
            self.assertEqual(self.a.get(f"/domains/x.example/{tail}").body,
                             self.a.get(f"/domains/b.example/{tail}").body)

    def test_who_is_bound_to_none_sees_none(self):
        ids = ["a.example", "b.example", *self.ids]
        for path, names in self.paths(ids):
            for query in ("", RANGE, f"{RANGE}&trust=all"):
                given = {one.split("=")[0] for one in query.split("&") if one}
                if not given <= names:
                    continue
                answer = self.assert_nothing_of_b(self.none,
                                                  f"{path}?{query}")
                self.assertNotIn(b'"a.example"', answer.body, path)

    def test_a_token_sees_no_more(self):
        token = self.a.ask("POST", "/tokens", {
            "name": "x", "scopes": ["read"]})
        client = self.web.client(token.json["token"])
        for path, _ in self.paths(["b.example", *self.ids]):
            self.assert_nothing_of_b(client, path)

    def test_cursors_that_somebody_made(self):
        """Those of other lists, of bytes and of others' rows: no fault."""
        place = next(i for i, d in self.ids.items() if d == ["b.example"])
        for cursor in (b"\xff\xfe", b"\0", b"a\0b", b"-1", b"9" * 40,
                       b"16892 b.example x", b"16892 \xff \xff",
                       b"99999999999999999 \xff", b"1 \xff.example \xff 1 1 1",
                       f"16892 {place.replace('.', ' ')}".encode(), b"' --",
                       b"9223372036854775807 9223372036854775807", b"|"):
            text = base64.urlsafe_b64encode(cursor).decode().rstrip("=")
            for path, names in self.paths(["a.example", place]):
                if "cursor" not in names:
                    continue
                more = f"&{RANGE}" if "from" in names else ""
                for client in (self.a, self.admin):
                    asked = f"{path}?cursor={text}{more}"
                    self.assertIn(client.get(asked).status,
                                  (200, 400, 403, 404), (asked, cursor))
                self.assert_nothing_of_b(self.a,
                                         f"{path}?cursor={text}{more}")


class PostgresCustomersTest(CustomersTest):
    """The same with the other database."""

    @classmethod
    def options(cls):
        postgres = Postgres()
        cls.addClassCleanup(postgres.close)
        return {"store.url": postgres.url(),
                "store.password_file":
                    str(postgres.password_file(postgres.folder))}


if __name__ == "__main__":
    unittest.main()
