"""test_api.py -- the API of the page as a browser, a program and an attacker
meet it."""

import base64
import concurrent.futures
import contextlib
import gzip
import http.client
import itertools
import json
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import unittest
import urllib.parse

import memory
import test_tail as tail
from harness import NOON, OK, SystemTest, TLSRPTD, put_away, session, \
    wait_until
from postgres import Postgres
from test_endpoint import make_certificate
from test_inbox import EXAMPLE
from web import PASSWORD, Web

SECURITY = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SLOW_CLIENTS = 180  # of one address; others come from more
SLOW_ADDRESSES = 6
SLOW_CLIENTS_KIB = 128 * 1024  # that they may take in all, under ASan too


def openapi():
    """The routes as the program describes them."""
    return json.loads(subprocess.run([TLSRPTD, "--openapi"], check=True,
                                     capture_output=True).stdout)


def cursor_of(answer):
    """What is in the cursor of the next page, of JSON and of CSV."""
    found = re.findall(r"cursor=([^&>]+)>", answer.headers.get("Link", ""))
    if answer.headers["Content-Type"] == "application/json":
        found.append(answer.json.get("next") or "")
    return b" ".join(base64.urlsafe_b64decode(one + "==") for one in found)


class Base(SystemTest):
    """With a service of its own."""

    def web(self, **options):
        """The page's service, started."""
        web = Web(**options)
        self.addCleanup(put_away, web.service)
        return web.start()

    def assert_status(self, want, answer):
        """And that a refusal says why."""
        self.assertEqual(want, answer.status, answer.body)
        if want >= 400:
            self.assertEqual("application/problem+json",
                             answer.headers["Content-Type"])
            self.assertEqual(want, answer.json["status"])
        for name, value in SECURITY.items():
            self.assertEqual(value, answer.headers[name], name)
        return answer


class FirstUserTest(Base):
    """The link in the log."""

    def test_it_works_once(self):
        web = self.web()
        secret = web.setup_secret()
        wrong = {"token": "A" * 43, "name": "eve", "password": PASSWORD}
        right = {"token": secret, "name": "root", "password": PASSWORD}
        self.assertTrue(web.client().get("/session").json["setup-needed"])
        self.assert_status(403, web.client().ask("POST", "/setup", wrong))
        self.assert_status(400, web.client().ask(
            "POST", "/setup", right | {"password": "short"}))
        self.assert_status(201, web.client().ask("POST", "/setup", right))
        self.assert_status(403, web.client().ask(
            "POST", "/setup", right | {"name": "eve"}))
        self.assertFalse(web.client().get("/session").json["setup-needed"])

    def test_a_user_by_hand_closes_it(self):
        web = self.web()
        web.setup_secret()
        self.assertEqual((OK, "", ""), web.service.cli(
            "user", "add", "--role", "admin", "root",
            stdin=PASSWORD.encode()))
        client = web.client()
        self.assert_status(201, client.log_in("root"))
        self.assertEqual("root", client.get("/session").json["name"])


class AccountTest(Base):
    """Sessions, tokens, roles."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Web()
        cls.addClassCleanup(put_away, cls.shared.service)
        cls.shared.start()
        cls.admin = cls.shared.admin()

    def token(self, client=None, **wish):
        """A new token of the client's user."""
        answer = (client or self.admin).ask(
            "POST", "/tokens", {"name": "test"} | wish)
        return self.assert_status(201, answer).json

    def user(self, name, role="viewer", domains=None):
        """A new user, logged in."""
        self.assert_status(201, self.admin.ask("POST", "/users", {
            "name": name, "role": role, "password": PASSWORD,
            "domains": domains}))
        client = self.shared.client()
        self.assert_status(201, client.log_in(name))
        return client

    def test_the_cookie_is_no_script_s_and_no_other_site_s(self):
        answer = self.shared.client().log_in("root")
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("; HttpOnly", cookie)
        self.assertIn("; SameSite=Strict", cookie)
        self.assertIn("; Path=/", cookie)

    def test_behind_https_the_cookie_is_secure(self):
        web = self.web(**{"web.public_url": "https://tls.example"})
        client = web.client()
        answer = client.ask("POST", "/setup", {
            "token": web.setup_secret(), "name": "root",
            "password": PASSWORD}, Host="tls.example")
        cookie = self.assert_status(201, answer).headers["Set-Cookie"]
        self.assertTrue(cookie.startswith("__Host-tlsrpt="))
        self.assertIn("; Secure", cookie)
        self.assertIn("Strict-Transport-Security", answer.headers)

    def test_without_login_nothing_is_told(self):
        for path, methods in openapi()["paths"].items():
            for method, operation in methods.items():
                if not operation["security"]:
                    continue
                path = path.replace("{", "").replace("}", "")
                body = {} if "requestBody" in operation else None
                answer = self.shared.client().ask(method.upper(), path, body)
                self.assert_status(401, answer)

    def test_wrong_tokens(self):
        good = self.token()["token"]
        for wrong in ("", "x", "A" * 43, good[:-1], good + "A", good.lower(),
                      good + "\u00e9", "Basic x"):
            client = self.shared.client(wrong.encode().decode("latin-1"))
            self.assert_status(401, client.get("/tokens"))
        self.assert_status(200, self.shared.client(good).get("/tokens"))

    def test_a_removed_token_is_none(self):
        token = self.token()
        client = self.shared.client(token["token"])
        self.assert_status(200, client.get("/tokens"))
        self.assert_status(204, self.admin.ask(
            "DELETE", f"/tokens/{token['id']}"))
        self.assert_status(401, client.get("/tokens"))

    def test_another_s_token_is_not_mine_to_remove(self):
        anna, bert = self.user("anna"), self.user("bert")
        token = self.token(anna)
        self.assert_status(404, bert.ask("DELETE", f"/tokens/{token['id']}"))
        self.assertEqual([], bert.get("/tokens").json["rows"])
        self.assert_status(200, self.shared.client(
            token["token"]).get("/session"))

    def test_a_reading_token_writes_nothing(self):
        client = self.shared.client(self.token()["token"])
        self.assert_status(403, client.ask("POST", "/tokens", {"name": "x"}))
        self.assert_status(403, client.ask("DELETE", "/users/root"))

    def test_only_an_administrator_sees_to_users(self):
        for role in ("viewer", "analyst"):
            client = self.user(f"some-{role}", role)
            self.assert_status(403, client.get("/users"))
            self.assert_status(403, client.get("/audit"))
            self.assert_status(403, client.ask("PATCH", f"/users/some-{role}",
                                               {"role": "admin"}))
            self.assert_status(403, client.ask(
                "POST", "/tokens", {"name": "x", "scopes": ["admin"]}))

    def test_a_changed_password_ends_sessions(self):
        client = self.user("carl")
        self.assert_status(204, self.admin.ask(
            "PATCH", "/users/carl", {"password": "another password"}))
        self.assertIsNone(client.get("/session").json["name"])
        self.assert_status(401, self.shared.client().log_in("carl"))

    def test_one_changes_his_own_password(self):
        here, there = self.user("gert"), self.shared.client()
        self.assert_status(201, there.log_in("gert"))
        before = self.shared.client()
        before.cookie, before.csrf = here.cookie, here.csrf
        body = {"password": PASSWORD, "new-password": "another password"}
        for wrong, status in (({"password": "no password"}, 403),
                              ({"new-password": "short"}, 400)):
            self.assert_status(status, here.ask(
                "POST", "/session/password", body | wrong))
        self.assert_status(403, here.ask(
            "POST", "/session/password", body, X_CSRF_Token="A" * 43))
        answer = here.ask("POST", "/session/password", body)
        here.keep(self.assert_status(201, answer))
        self.assertEqual("gert", here.get("/session").json["name"])
        for ended in (there, before):
            self.assertIsNone(ended.get("/session").json["name"])
        self.assert_status(401, self.shared.client().log_in("gert"))
        self.assert_status(201, self.shared.client().log_in(
            "gert", "another password"))
        rows = self.admin.get("/audit?limit=500").json["rows"]
        told = [r["what"] for r in rows if r["who"] == "gert"]
        self.assertEqual(["login", "login-failed", "password-change",
                          "password-failed", "login", "login"], told)

    def test_a_token_changes_no_password(self):
        body = {"password": PASSWORD, "new-password": "another password"}
        for scope, status in (("read", 403), ("admin", 400)):
            client = self.shared.client(self.token(scopes=[scope])["token"])
            self.assert_status(status, client.ask(
                "POST", "/session/password", body))
        self.assert_status(201, self.shared.client().log_in("root"))

    def test_a_removed_user_has_nothing_left(self):
        client = self.user("dora")
        program = self.shared.client(self.token(client)["token"])
        self.assert_status(204, self.admin.ask("DELETE", "/users/dora"))
        self.assertIsNone(client.get("/session").json["name"])
        self.assert_status(401, program.get("/tokens"))

    def test_the_last_administrator_stays(self):
        self.assert_status(409, self.admin.ask("DELETE", "/users/root"))
        self.assert_status(409, self.admin.ask("PATCH", "/users/root",
                                               {"role": "viewer"}))

    def test_log_out(self):
        client = self.shared.client()
        client.log_in("root")
        self.assert_status(204, client.ask("DELETE", "/session"))
        self.assertIsNone(client.get("/session").json["name"])

    def test_what_changes_something_needs_the_csrf_token(self):
        client = self.shared.client()
        client.log_in("root")
        body = {"name": "x"}
        for csrf in ("", "wrong", "A" * 43):
            self.assert_status(403, client.ask("POST", "/tokens", body,
                                               X_CSRF_Token=csrf))
        for origin in ("https://evil.example", "null",
                       f"http://127.0.0.1:{self.shared.port + 1}"):
            self.assert_status(403, client.ask("POST", "/tokens", body,
                                               Origin=origin))
        self.assert_status(403, client.ask("POST", "/tokens", body,
                                           Sec_Fetch_Site="cross-site"))
        self.assert_status(201, client.ask(
            "POST", "/tokens", body,
            Origin=f"http://127.0.0.1:{self.shared.port}"))

    def test_a_form_of_another_page_is_no_login(self):
        body = json.dumps({"name": "root", "password": PASSWORD})
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            self.assert_status(415, self.shared.client().ask(
                "POST", "/session", body, Content_Type=kind))

    def test_audit(self):
        client = self.user("emil")
        self.shared.client().log_in("emil", "no password")
        self.token(client)
        rows = self.admin.get("/audit?limit=500").json["rows"]
        emil = [r["what"] for r in rows if "emil" in (r["who"], r["target"])]
        self.assertEqual(["token-add", "login-failed", "login", "user-add"],
                         emil)
        self.assertEqual({"127.0.0.1"}, {r["from"] for r in rows})

    def test_pages_and_csv(self):
        for i in range(5):
            self.user(f"page{i}")
        whole = self.admin.get("/users").json["rows"]
        rows, path = [], "/users?limit=2"
        while path:
            page = self.admin.get(path).json
            self.assertLessEqual(len(page["rows"]), 2)
            rows += page["rows"]
            path = page["next"] and f"/users?limit=2&cursor={page['next']}"
        self.assertEqual(whole, rows)
        csv = self.admin.get("/users?format=csv")
        self.assertEqual("text/csv; charset=utf-8",
                         csv.headers["Content-Type"])
        self.assertIn("attachment", csv.headers["Content-Disposition"])
        self.assertEqual(len(whole) + 1, len(csv.body.splitlines()))
        self.assertNotIn("Link", csv.headers)

    def test_pages_of_csv_are_linked(self):
        for i in range(5):
            self.user(f"linked{i}")
        rows, path = [], "/api/v1/users?format=csv&limit=2"
        while path:
            page = self.admin.ask_raw("GET", path)
            head, *lines = page.body.decode().splitlines()
            self.assertTrue(head.startswith("name,"), head)
            rows += [line.split(",")[0] for line in lines]
            path, _, rel = page.headers.get("Link", "").partition(">")
            self.assertEqual('; rel="next"' if path else "", rel)
            path = path.removeprefix("<")
        self.assertEqual([u["name"] for u in
                          self.admin.get("/users").json["rows"]], rows)

    def test_what_is_large_is_compressed(self):
        plain = self.admin.get("/advice")
        self.assertGreater(len(plain.body), 2000)
        self.assertNotIn("Content-Encoding", plain.headers)
        packed = self.admin.get("/advice", Accept_Encoding="br, gzip")
        self.assertEqual("gzip", packed.headers["Content-Encoding"])
        self.assertEqual(plain.body, gzip.decompress(packed.body))
        self.assertLess(len(packed.body), len(plain.body) / 2)
        tags = []
        for answer in (plain, packed):
            self.assertEqual("Accept-Encoding", answer.headers["Vary"])
            tags.append(answer.headers["ETag"])
        self.assertNotEqual(*tags)
        # A tag is good for the bytes that it came with.
        for accept, want in (("identity", [304, 200]), ("gzip", [200, 304])):
            self.assertEqual(want, [self.admin.get(
                "/advice", Accept_Encoding=accept,
                If_None_Match=tag).status for tag in tags], accept)
        self.assertNotIn("Content-Encoding", self.admin.get(
            "/advice", Accept_Encoding="gzip;q=0").headers)

    def test_what_is_small_or_secret_is_not_compressed(self):
        for i in range(30):
            self.user(f"somebody-with-a-long-name-{i}")
        for path in ("/session", "/users", "/domains?limit=1"):
            answer = self.admin.get(path, Accept_Encoding="gzip")
            self.assert_status(200, answer)
            self.assertNotIn("Content-Encoding", answer.headers, path)
        self.assertGreater(len(self.admin.get("/users").body), 3000)
        answer = self.admin.get("/no-such-thing", Accept_Encoding="gzip")
        self.assertNotIn("Content-Encoding", answer.headers)

    def test_etag(self):
        first = self.admin.get("/advice")
        tag = first.headers["ETag"]
        again = self.admin.get("/advice", If_None_Match=f'"x", {tag}')
        self.assertEqual((304, b""), (again.status, again.body))
        self.assert_status(200, self.admin.get("/advice", If_None_Match='"x"'))

    def test_hosts(self):
        for host in ("evil.example", "127.0.0.1.evil.example",
                     "localhost.evil.example"):
            self.assert_status(421, self.shared.client().get(
                "/health", Host=host))
            self.assert_status(421, self.shared.client().ask_raw(
                "GET", "/", Host=host))
        self.assert_status(200, self.shared.client().get(
            "/health", Host="localhost"))

    def test_no_path_leads_out(self):
        for path in ("/../etc/passwd", "/assets/../../etc/passwd",
                     "/..%2f..%2fetc/passwd", "/%2e%2e/x", "//etc/passwd",
                     "/assets/", "/assets", "/api/v1", "/api/v1/",
                     "/api/v1//health", "/api/v1/health/", "/api/v1/users/",
                     "/api/v1/users/%00", "/api/v1/users/a%0ab"):
            self.assert_status(404, self.admin.ask_raw("GET", path))

    def test_queries(self):
        for query in ("x=1", "limit=0", "limit=501", "limit=1&limit=2",
                      "format=xml", "cursor=*", "a" * 4097, "limit=%"):
            self.assert_status(400, self.admin.get(f"/users?{query}"))

    def test_bodies(self):
        for body in ("", "[]", "{", '"x"', '{"name":1}', '{"nonsense":"x"}',
                     '{"name":"a\\u0000b","password":"x"}', b"\xff",
                     '{"name":"a"}'):
            self.assert_status(400, self.shared.client().ask(
                "POST", "/session", body))
        self.assert_status(413, self.shared.client().ask(
            "POST", "/session", "x" * 20000))

    def test_other_methods(self):
        for method in ("PUT", "OPTIONS", "PATCH"):
            self.assert_status(405, self.admin.ask(method, "/users", {}))
        head = self.admin.ask("HEAD", "/users")
        self.assertEqual((200, b""), (head.status, head.body))


class TimeTest(Base):
    """What ends by itself."""

    def test_an_expired_token_and_session(self):
        web = self.web()
        admin = web.admin()
        token = admin.ask("POST", "/tokens", {"name": "x"}).json["token"]
        client = web.client(token)
        self.assert_status(200, client.get("/tokens"))
        self.assertEqual(OK, web.service.stop())
        web.service.set_clock(NOON + 91 * 86400)
        web.start()
        self.assert_status(401, client.get("/tokens"))
        self.assertIsNone(admin.get("/session").json["name"])

    def test_idle_and_absolute(self):
        web = self.web(**{"web.session_idle": "30m", "web.session_max": "1h"})
        admin = web.admin()
        for minutes, name in ((20, "root"), (45, "root"), (59, "root"),
                              (61, None)):
            self.assertEqual(OK, web.service.stop())
            web.service.set_clock(NOON + minutes * 60)
            web.start()
            self.assertEqual(name, admin.get("/session").json["name"])
            if name:  # that it was used is noted soon after
                wait_until(lambda now=NOON + minutes * 60: self.seen(
                    web) >= now, "the session was used")

    def seen(self, web):
        """When the session was used last."""
        with contextlib.closing(sqlite3.connect(web.service.database)) as db:
            return db.execute(
                "SELECT MAX(seen_at) FROM web_session").fetchone()[0]


class ThrottleTest(Base):
    """Who guesses waits: longer each time, so that he meets it however slow he
    is."""

    def until_it_is_too_often(self, ask):
        """All answers up to the first of 429."""
        answers = []

        def is_too_often():
            answers.append(ask())
            return answers[-1].status == 429

        wait_until(is_too_often, "it is too often")
        return answers

    def test_by_name(self):
        web = self.web()
        web.admin()
        answers = self.until_it_is_too_often(
            lambda: web.client().log_in("root", "a wrong password"))
        self.assertEqual([401] * 5, [a.status for a in answers[:5]])
        self.assertGreaterEqual(int(answers[-1].headers["Retry-After"]), 1)
        self.assert_status(429, web.client().log_in("root"))
        wait_until(lambda: web.client().log_in("root").status == 201,
                   "it may be tried again")

    def test_by_address(self):
        web = self.web()
        web.admin()
        names = (f"name{i}" for i in itertools.count())
        self.until_it_is_too_often(
            lambda: web.client().log_in(next(names), "a wrong password"))

    def test_of_one_s_own_password(self):
        web = self.web()
        client = web.admin()
        answers = self.until_it_is_too_often(
            lambda: client.ask("POST", "/session/password", {
                "password": "a wrong one",
                "new-password": "another password"}))
        self.assertEqual([403] * 5, [a.status for a in answers[:5]])
        self.assertIn("Retry-After", answers[-1].headers)


class DomainsTest(Base):
    """Two customers who may not see each other's domains."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Web(**{
            "daemon.roles": "collect, report, deliver, intake, web",
            "report.organization": "Example Sender"})
        service = cls.shared.service
        cls.addClassCleanup(put_away, service)
        service.start()
        service.send(session("a.example"), session("b.example"))
        wait_until(lambda: len(service.tallies()) == 2, "both are counted")
        service.close_day()
        cls.admin = cls.shared.admin()
        cls.clients = {}
        for name in ("a", "b"):
            cls.admin.ask("POST", "/users", {
                "name": name, "role": "viewer", "password": PASSWORD,
                "domains": [f"{name}.example"]})
            cls.clients[name] = cls.shared.client()
            cls.clients[name].log_in(name)
        cls.reports = {
            r["domain"][0]: r["report-id"] for r in cls.admin.get(
                "/outgoing/reports?from=2026-03-01&to=2026-03-03"
            ).json["rows"]}

    def test_each_sees_his_own(self):
        for name, client in self.clients.items():
            rows = client.get("/outgoing/reports?from=2026-03-01"
                              "&to=2026-03-03").json["rows"]
            self.assertEqual([f"{name}.example"], [r["domain"] for r in rows])
            self.assert_status(200, client.get(
                f"/outgoing/reports/{self.reports[name]}"))

    def test_no_route_tells_of_the_other(self):
        for mine, other in ("ab", "ba"):
            client = self.clients[mine]
            for path, methods in openapi()["paths"].items():
                if "get" not in methods:
                    continue
                for asked in self.questions(path, methods["get"], other):
                    answer = client.get(asked)
                    told = answer.body + cursor_of(answer)
                    self.assertNotIn(f"{other}.example".encode(), told, asked)
                    self.assertNotIn(self.reports[other].encode(), told,
                                     asked)
                    self.assertLess(answer.status, 500, asked)

    def questions(self, path, operation, other):
        """The route with all that is the other's."""
        for word in (f"{other}.example", self.reports[other], other):
            whole = path.replace("{domain}", word).replace("{id}", word) \
                .replace("{name}", word)
            names = {p["name"] for p in operation["parameters"]}
            yield whole
            if {"from", "to"} <= names:
                yield whole + "?from=2026-03-01&to=2026-03-03"
            if "domain" in names:
                yield whole + f"?domain={other}.example"
            if "format" in names:
                yield whole + "?format=csv"
            if {"from", "limit"} <= names:
                yield whole + "?from=2026-03-01&to=2026-03-03&limit=1"
                yield whole + "?from=2026-03-01&to=2026-03-03&limit=1" \
                    "&format=csv"
            elif "limit" in names:
                yield whole + "?limit=1"

    def test_pages_are_of_what_is_seen(self):
        """Rows of others take no room, and nothing tells how many they are."""
        for name, client in self.clients.items():
            page = self.assert_status(200, client.get(
                "/outgoing/reports?from=2026-03-01&to=2026-03-03&limit=1")).json
            self.assertEqual([f"{name}.example"],
                             [r["domain"] for r in page["rows"]])
            self.assertIsNone(page["next"])

    def test_what_is_about_all_is_not_for_them(self):
        for path in ("/outgoing/days", "/collectors"):
            self.assert_status(403, self.clients["a"].get(path))
            self.assert_status(200, self.admin.get(path))


class KeptAnswersTest(Base):
    """What the views are told may be what somebody was told before."""

    def told(self, client):
        """The domains of the overview."""
        return {d["domain"] for d in client.get("/overview").json["domains"]}

    def test_it_is_told_again_to_who_sees_the_same(self):
        web = self.web(**{"web.answer_age": "5m"})
        admin = web.admin()
        for name in ("a", "b"):
            web.service.cli("domain", "add", f"{name}.example")
            self.assert_status(201, admin.ask("POST", "/users", {
                "name": name, "role": "viewer", "password": PASSWORD,
                "domains": [f"{name}.example"]}))
        clients = {name: web.client() for name in ("a", "b")}
        for name, client in clients.items():
            client.log_in(name)
            self.assertEqual({f"{name}.example"}, self.told(client))
        first = self.assert_status(200, admin.get("/overview"))
        web.service.cli("domain", "add", "c.example")
        again = self.assert_status(200, admin.get("/overview"))
        self.assertEqual(first.body, again.body)
        self.assertEqual(first.headers["ETag"], again.headers["ETag"])
        self.assertEqual(304, admin.get(
            "/overview", If_None_Match=first.headers["ETag"]).status)
        self.assertEqual({"a.example", "b.example", "c.example"}, {
            d["domain"] for d in admin.get(
                "/overview?trust=all").json["domains"]})
        # Another domain is another answer, as soon as it is given.
        self.assert_status(204, admin.ask("PATCH", "/users/a", {
            "domains": ["a.example", "c.example"]}))
        self.assertEqual({"a.example", "c.example"}, self.told(clients["a"]))
        self.assertEqual({"b.example"}, self.told(clients["b"]))
        # Who may not ask is not told.
        self.assert_status(204, admin.ask("DELETE", "/users/b"))
        self.assert_status(401, clients["b"].get("/overview"))

    def test_compressed_or_not_it_is_the_same(self):
        web = self.web(**{"web.answer_age": "5m"})
        admin = web.admin()
        for i in range(30):
            web.service.cli("domain", "add", f"d{i}.example")
        for path, order in (("/overview", ("gzip", "identity", "gzip")),
                            ("/domains", ("identity", "gzip", "identity"))):
            answers = [admin.get(path, Accept_Encoding=accept)
                       for accept in order]
            self.assertEqual(
                ["gzip" if accept == "gzip" else None for accept in order],
                [a.headers.get("Content-Encoding") for a in answers])
            self.assertEqual(1, len({
                gzip.decompress(a.body) if accept == "gzip" else a.body
                for accept, a in zip(order, answers)}))
            self.assertEqual(2, len({a.headers["ETag"] for a in answers}))
            self.assertEqual(30, len(answers[order.index("identity")]
                                     .json["domains" if path == "/overview"
                                            else "rows"]))

    def test_it_is_made_anew_when_it_is_old(self):
        web = self.web(**{"web.answer_age": "1s"})
        admin = web.admin()
        self.assertEqual(set(), self.told(admin))
        web.service.cli("domain", "add", "a.example")
        wait_until(lambda: self.told(admin) == {"a.example"},
                   "the new domain is told of")

    def test_many_who_ask_at_once(self):
        web = self.web(**{"web.answer_age": "1s", "web.threads": "2"})
        admin = web.admin()
        web.service.cli("domain", "add", "a.example")
        token = admin.ask("POST", "/tokens", {"name": "x"}).json["token"]

        def ask(_):
            answer = web.client(token).get("/overview")
            return answer.status, bool(answer.json["domains"])

        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            self.assertEqual({(200, True)}, set(pool.map(ask, range(400))))


class DomainListTest(Base):
    """Domains of ours, page by page, with what was reported on each."""

    def report(self, web, name, **domains):
        """Counts of sessions by domain, out of a file: nobody vouches."""
        path = web.service.folder / f"{name}.json"
        path.write_text(json.dumps(dict(EXAMPLE, **{
            "report-id": name, "policies": [{
                "policy": {"policy-type": "sts",
                           "policy-domain": f"{domain}.example"},
                "summary": {"total-successful-session-count": succeeded,
                            "total-failure-session-count": failed}}
                for domain, (succeeded, failed) in domains.items()]})))
        self.assertEqual(OK, web.service.cli("import", path)[0])

    def rows(self, client, query=""):
        """Domain and counts, of the layer that nobody vouches for."""
        answer = self.assert_status(200, client.get(
            "/domains?from=2016-03-01&to=2016-04-30&trust=unauthenticated"
            + query)).json
        return [(r["domain"][0], r["sessions"], r["failures"])
                for r in answer["rows"]], answer["next"]

    def test_each_with_its_own_sums(self):
        web = self.web()
        admin = web.admin()
        for name in "abcd":
            self.assertEqual(OK, web.service.cli(
                "domain", "add", f"{name}.example")[0])
        self.report(web, "one", a=(5, 1), c=(7, 2))
        self.report(web, "two", c=(10, 0), d=(1, 1), a=(4, 0))
        all_of_them = [("a", 10, 1), ("b", None, None), ("c", 19, 2),
                       ("d", 2, 1)]
        self.assertEqual((all_of_them, None), self.rows(admin))
        rows, cursor = self.rows(admin, "&limit=3")
        self.assertEqual(all_of_them[:3], rows)
        self.assertEqual((all_of_them[3:], None),
                         self.rows(admin, f"&limit=3&cursor={cursor}"))
        self.assertEqual((all_of_them[2:3], None),
                         self.rows(admin, "&domain=c.example"))
        beside = admin.get("/domains?from=2016-03-01&to=2016-04-30").json
        self.assertEqual([None] * 4, [r["levels"] for r in beside["rows"]])
        self.assertEqual([10, None, 19, 2], [
            r["unauthenticated"] and sum(r["unauthenticated"].values())
            for r in beside["rows"]])
        admin.ask("POST", "/users", {
            "name": "two", "role": "viewer", "password": PASSWORD,
            "domains": ["d.example", "a.example"]})
        client = web.client()
        client.log_in("two")
        self.assertEqual(([("a", 10, 1), ("d", 2, 1)], None),
                         self.rows(client))
        # Each report with its own domains, or a viewer's part of them.
        self.assertEqual({"one": ("ac", 12, 3), "two": ("acd", 15, 1)},
                         self.reports(admin))
        self.assertEqual({"one": ("a", 5, 1), "two": ("ad", 5, 1)},
                         self.reports(client))

    def reports(self, client):
        """Domains and counts of each."""
        rows = self.assert_status(200, client.get(
            "/reports?from=2016-03-01&to=2016-04-30")).json["rows"]
        return {r["report-id"]: ("".join(d[0] for d in r["domains"]),
                                 r["succeeded"], r["failed"]) for r in rows}


class LargeReportTest(Base):
    """A report that is larger than a screen."""

    DETAILS = 100_000

    def test_its_details_come_page_by_page(self):
        web = self.web()
        admin = web.admin()
        self.assertEqual(OK, web.service.cli(
            "domain", "add", "a.example")[0])
        policy = dict(EXAMPLE["policies"][0])
        policy["policy"] = {"policy-type": "sts",
                            "policy-domain": "a.example"}
        policy["failure-details"] = [
            {"result-type": "certificate-expired",
             "receiving-mx-hostname": f"mx{i}.a.example",
             "failed-session-count": 1} for i in range(self.DETAILS)]
        path = web.service.folder / "large.json"
        path.write_text(json.dumps(dict(EXAMPLE, policies=[policy])))
        self.assertEqual(OK, web.service.cli("import", path)[0])
        row, = admin.get("/reports?from=2016-04-01&to=2016-04-01").json["rows"]
        hosts, cursor = [], ""
        while cursor is not None:
            page = self.assert_status(200, admin.get(
                f"/reports/{row['id']}/failures?limit=500{cursor}")).json
            self.assertLessEqual(len(page["rows"]), 500)
            hosts += [r["receiving-mx-hostname"] for r in page["rows"]]
            cursor = page["next"] and f"&cursor={page['next']}"
        self.assertEqual([f"mx{i}.a.example" for i in range(self.DETAILS)],
                         hosts)
        csv = self.assert_status(200, admin.get(
            f"/reports/{row['id']}/failures?format=csv"))
        lines = csv.body.decode().splitlines()
        self.assertEqual(self.DETAILS + 1, len(lines))
        self.assertEqual(hosts, [line.split(",")[3] for line in lines[1:]])
        self.assertNotIn("Link", csv.headers)
        found = self.assert_status(200, admin.get(
            "/domains/a.example/failures?group=mx&trust=unauthenticated"
            "&from=2016-04-01&to=2016-04-01")).json["rows"]
        self.assertEqual(100, len(found))


class AuditTest(Base):
    """What was done long ago is forgotten."""

    def test_it_is_kept_for_its_time(self):
        web = self.web(**{"web.audit_keep": "30d"})
        admin = web.admin()
        self.assertEqual(["login-failed", "setup"], self.rows(web, admin))
        for days, want in ((29, ["login", "login-failed", "setup"]),
                           (31, ["login", "login"])):
            self.assertEqual(OK, web.service.stop())
            web.service.set_clock(NOON + days * 86400)
            web.start()
            admin.log_in("root")
            wait_until(lambda want=want: self.kept(admin) == want,
                       "what is old is gone, and nothing else")

    def rows(self, web, admin):
        """With one that failed."""
        self.assert_status(401, web.client().log_in("root", "not this one"))
        return self.kept(admin)

    def kept(self, admin):
        """What was done, the newest first."""
        return [r["what"] for r in admin.get("/audit").json["rows"]]


class FindingTest(Base):
    """Who may say what becomes of a finding."""

    ID = "01900000-0000-7000-8000-00000000000"

    @classmethod
    def setUpClass(cls):
        cls.shared = Web()
        cls.addClassCleanup(put_away, cls.shared.service)
        cls.shared.start()
        cls.admin = cls.shared.admin()
        cls.clients = {}
        for name, role, domains in (("viewer", "viewer", None),
                                    ("analyst", "analyst", None),
                                    ("bound", "analyst", ["b.example"])):
            cls.admin.ask("POST", "/users", {
                "name": name, "role": role, "password": PASSWORD,
                "domains": domains})
            cls.clients[name] = cls.shared.client()
            cls.clients[name].log_in(name)

    def setUp(self):
        super().setUp()
        with contextlib.closing(sqlite3.connect(
                self.shared.service.database)) as db, db:
            db.execute("DELETE FROM finding")
            db.executemany(
                "INSERT INTO finding VALUES (?, 'starttls-gone', ?, '', 1, 3,"
                " 1, 3, 20500, 20501, ?, ?, NULL, '', '[]')",
                [(self.ID + "1", "a.example", NOON, None),
                 (self.ID + "2", "b.example", NOON, None),
                 (self.ID + "3", "b.example", NOON, NOON)])

    def mark(self, name, n, deed, **body):
        """What the client is answered."""
        return self.clients[name].ask(
            "POST", f"/findings/{self.ID}{n}/{deed}", body)

    def state(self, n=1):
        """As it is told."""
        one = self.clients["viewer"].get(f"/findings/{self.ID}{n}").json
        return one["state"], one["muted-until"], one["reason"]

    def test_an_analyst_acknowledges_mutes_and_unmutes(self):
        self.assert_status(204, self.mark("analyst", 1, "acknowledge",
                                          reason="renewed"))
        self.assertEqual(("acknowledged", None, "renewed"), self.state())
        self.assert_status(204, self.mark("analyst", 1, "mute",
                                          until="2026-04-01", reason="x"))
        self.assertEqual(("muted", "2026-04-01T00:00:00Z", "x"), self.state())
        self.assert_status(204, self.mark("analyst", 1, "mute"))
        self.assertEqual(("muted", None, ""), self.state())
        self.assert_status(204, self.mark("analyst", 1, "unmute"))
        self.assertEqual(("open", None, ""), self.state())
        rows = self.admin.get("/audit").json["rows"][:4]
        self.assertEqual(
            [("analyst", f"finding-{deed}", self.ID + "1")
             for deed in ("unmute", "mute", "mute", "acknowledge")],
            [(r["who"], r["what"], r["target"]) for r in rows])

    def test_who_may_not(self):
        for deed in ("acknowledge", "mute", "unmute"):
            self.assert_status(403, self.mark("viewer", 1, deed))
            self.assert_status(404, self.mark("bound", 1, deed))
            self.assert_status(401, self.shared.client().ask(
                "POST", f"/findings/{self.ID}1/{deed}", {}))
            self.assert_status(403, self.clients["analyst"].ask(
                "POST", f"/findings/{self.ID}1/{deed}", {},
                X_CSRF_Token="wrong"))
        self.assertEqual(("open", None, ""), self.state())
        self.assert_status(204, self.mark("bound", 2, "acknowledge"))
        self.assertEqual(1, len(self.clients["bound"].get(
            "/findings?finding-state=acknowledged").json["rows"]))

    def test_what_cannot_be(self):
        self.assert_status(404, self.mark("analyst", 3, "mute"))
        self.assert_status(404, self.mark("analyst", 9, "mute"))
        for until in ("2026-03-01", "tomorrow", "", "2026-02-30"):
            self.assert_status(400, self.mark("analyst", 1, "mute",
                                              until=until))
        self.assert_status(400, self.mark("analyst", 1, "acknowledge",
                                          reason="x" * 501))
        self.assertEqual(("open", None, ""), self.state())
        for query in ("kind=x", "severity=worst", "conclusion=guilty",
                      "finding-state=gone"):
            self.assert_status(400, self.admin.get(f"/findings?{query}"))

    def test_a_page_and_csv(self):
        first = self.admin.get("/findings?limit=2").json
        self.assertEqual(2, len(first["rows"]))
        rest = self.admin.get(f"/findings?cursor={first['next']}").json
        self.assertEqual([self.ID + "3"], [r["id"] for r in rest["rows"]])
        self.assertIsNone(rest["next"])
        csv = self.admin.get("/findings?format=csv&domain=a.example").body
        self.assertEqual(2, len(csv.splitlines()))
        self.assertIn(b"starttls-gone", csv)


def under(domain, kind, strings, code=None):
    """A session under a policy; failed with that result type, if any."""
    policy = {"policy-type": kind, "policy-domain": domain,
              "policy-string": strings, "t": int(code is not None),
              "f": int(code is not None)}
    if code is not None:
        policy["failure-details"] = [{"c": code}]
    return session(domain, [policy])


class OutgoingTest(Base):
    """What our own servers saw, and what became of its reports."""

    RANGE = "from=2026-03-01&to=2026-03-03"
    LEVELS = ("authenticated", "testing", "encrypted",
              "cleartext-or-unknown", "not-sent")

    @classmethod
    def setUpClass(cls):
        cls.shared = Web(**{
            "daemon.roles": "collect, report, deliver, web",
            "deliver.mode": "shadow",
            "report.organization": "Example Sender"})
        service = cls.shared.service
        cls.addClassCleanup(put_away, service)
        service.start()
        enforce, testing = (["version: STSv1", f"mode: {mode}"]
                            for mode in ("enforce", "testing"))
        usable, unusable = ["3 1 1 " + 64 * "a"], ["1 1 1 " + 64 * "a"]
        sent = [under("a.example", 2, enforce)] * 5 + \
            [under("a.example", 2, enforce, 204)] * 2 + \
            [under("b.example", 2, testing)] * 7 + \
            [under("b.example", 2, testing, 204)] * 3 + \
            [under("c.example", 1, usable)] * 11 + \
            [under("c.example", 1, usable, 205)] * 4 + \
            [under("d.example", 1, unusable)] * 13 + \
            [under("d.example", 1, unusable, 304)] * 6 + \
            [session("e.example")] * 17
        service.send(*sent)
        wait_until(lambda: cls.counted() == len(sent), "all are counted")
        service.close_day()
        cls.admin = cls.shared.admin()
        wait_until(lambda: [d["next-at"] for d in cls.rows(
            "/outgoing/deliveries")] == 5 * [None], "all are done with")

    @classmethod
    def counted(cls):
        """Sessions in the store."""
        return sum(sum(p["summary"].values())
                   for t in cls.shared.service.tallies()
                   for p in t["policies"])

    @classmethod
    def rows(cls, path):
        """Of a list, as the admin sees it."""
        return cls.admin.get(path).json["rows"]

    def test_levels_of_a_day(self):
        day, = self.rows(f"/outgoing/days?{self.RANGE}")
        # a and c authenticated, b in testing, d and e nobody was verified;
        # failures: 2 + 4 under what forbids delivery, 3 + 6 not.
        self.assertEqual(dict(zip(self.LEVELS, (16, 7, 30, 9, 6))),
                         day["levels"])
        self.assertEqual(sum(day["levels"].values()),
                         day["sessions-succeeded"] + day["sessions-failed"])
        head, line = self.admin.get(
            f"/outgoing/days?{self.RANGE}&format=csv").body.decode() \
            .splitlines()
        told = dict(zip(head.split(","), line.split(",")))
        self.assertEqual(["16", "7", "30", "9", "6"],
                         [told[f"levels.{name}"] for name in self.LEVELS])

    def test_what_logs_told(self):
        """Two domains, one of them in clear text as well, and encrypted
        twice."""
        log = self.folder() / "mail.log"
        log.write_text(tail.session(1) + tail.session(2, 13) +
                       tail.clear(3, 14) +
                       tail.delivery(4, 15, "tls=may:none, ", "b.example"))
        self.assertEqual(OK, self.shared.service.cli(
            "tail", "--store", str(log))[0])
        keys = ("date", "domain", "mx-host", "receiving-ip", "level", "tls",
                "sessions", "with-datagram", "in-reports")
        host = ("mx.a.example", "192.0.2.1")
        clear = ("cleartext-or-unknown", "none", 1, 0, 0)
        want = [("2026-03-02", "a.example", *host, "encrypted", "encrypted",
                 2, 0, 0), ("2026-03-02", "a.example", *host, *clear),
                ("2026-03-02", "b.example", *host, *clear)]
        path = f"/outgoing/logs?{self.RANGE}"
        rows = self.rows(path)
        self.assertEqual(want, [tuple(r[k] for k in keys) for r in rows])
        self.assertEqual(("2026-03-02T12:00:01Z", "2026-03-02T12:00:02Z"),
                         (rows[0]["first-at"], rows[0]["last-at"]))
        for asked, n in (("domain=a.example", 2), ("date=2026-03-02", 3),
                         ("level=cleartext-or-unknown", 2),
                         ("domain=b.example&level=encrypted", 0),
                         ("cursor=nonsense", 3)):
            self.assertEqual(n, len(self.rows(f"{path}&{asked}")), asked)
        got, after = [], ""
        while after is not None:
            page = self.admin.get(f"{path}&limit=1{after}").json
            got += page["rows"]
            after = page["next"] and \
                f"&cursor={urllib.parse.quote(page['next'])}"
        self.assertEqual(rows, got)
        self.admin.ask("POST", "/users", {
            "name": "b", "role": "viewer", "password": PASSWORD,
            "domains": ["b.example"]})
        bound = self.shared.client()
        bound.log_in("b")
        for asked in (path, f"{path}&limit=1", "/outgoing/deliveries?limit=1"):
            page = bound.get(asked).json
            self.assertEqual(["b.example"],
                             [r["domain"] for r in page["rows"]], asked)
            self.assertIsNone(page["next"], asked)

    def test_by_state_of_the_delivery(self):
        deliveries = self.rows("/outgoing/deliveries")
        states = {d["state"] for d in deliveries}
        for path in ("/outgoing/deliveries?",
                     f"/outgoing/reports?{self.RANGE}&"):
            for state in states | {"accepted"}:
                asked = f"{path}delivery-state={state}"
                want = {d["domain"] for d in deliveries
                        if d["state"] == state}
                self.assertEqual(want, {r["domain"]
                                        for r in self.rows(asked)}, asked)
                csv = self.admin.get(f"{asked}&format=csv").body
                self.assertEqual(len(want), csv.count(b"\n") - 1, asked)
            self.assert_status(400, self.admin.get(
                f"{path}delivery-state=nonsense"))


class CertificateTest(Base):
    """HTTPS by the role itself."""

    def setUp(self):
        self.files = self.folder()
        for name in ("one.example", "two.example"):
            make_certificate(self.files, name)
        self.install("one.example")

    def install(self, pem, key=None):
        """As the files that the configuration names."""
        shutil.copy(self.files / f"{pem}.pem", self.files / "the.pem")
        shutil.copy(self.files / f"{key or pem}.key", self.files / "the.key")

    def connection(self, web, name):
        """To who shows that name's certificate."""
        context = ssl.create_default_context(
            cafile=self.files / f"{name}.pem")
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", web.port,
                                                 timeout=30, context=context)
        self.addCleanup(connection.close)
        return connection

    def status(self, connection):
        """Of the health; None: it shows another certificate, or nothing."""
        try:
            connection.request("GET", "/api/v1/health")
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            connection.close()
            return None

    def test_it_is_replaced_and_no_connection_is_closed(self):
        web = Web(**{"web.certificate": self.files / "the.pem",
                     "web.key": self.files / "the.key"})
        self.addCleanup(put_away, web.service)
        web.service.launch()
        first = self.connection(web, "one.example")
        wait_until(lambda: self.status(first) == 200, "it listens")
        kept, pid = first.sock, web.service.role_pid("web")
        self.install("two.example", "one.example")
        web.service.signal(signal.SIGHUP)
        web.service.wait_logged("certificate not taken, the old one stays",
                                "the key is not that of the first")
        self.install("two.example")
        web.service.signal(signal.SIGHUP)
        wait_until(lambda: self.status(
            self.connection(web, "two.example")) == 200, "it is shown")
        self.assertIsNone(self.status(self.connection(web, "one.example")))
        self.assertEqual(200, self.status(first))
        self.assertIs(kept, first.sock)
        self.assertEqual(pid, web.service.role_pid("web"))


class StoreTest(Base):
    """The store goes and comes back."""

    def test_postgresql(self):
        postgres = Postgres()
        self.addCleanup(postgres.close)
        secret = postgres.password_file(postgres.folder)
        web = self.web(**{"store.url": postgres.url(),
                          "store.password_file": str(secret)})
        admin = web.admin()
        self.assert_status(200, admin.get("/users"))
        self.assert_status(201, admin.ask("POST", "/users", {
            "name": "v", "role": "viewer", "password": PASSWORD,
            "domains": ["a.example"]}))
        postgres.stop()
        answer = self.assert_status(503, admin.get("/users"))
        self.assertIn("Retry-After", answer.headers)
        self.assert_status(503, web.client().log_in("root"))
        postgres.start()
        wait_until(lambda: admin.get("/users").status == 200,
                   "the store is back")
        self.assert_status(201, web.client().log_in("v"))

    def test_sqlite_that_comes_late(self):
        web = Web()
        self.addCleanup(put_away, web.service)
        web.service.data_dir.mkdir()
        away = web.service.data_dir / "tlsrptd.db"
        away.mkdir()
        web.service.launch()
        wait_until(lambda: self.status(web) == 503, "it says so")
        away.rmdir()
        wait_until(lambda: self.status(web) == 200, "it is there")

    def status(self, web):
        """Of the health; None while nobody listens."""
        try:
            return web.client().get("/health").status
        except OSError:
            return None


class SlowTest(Base):
    """Clients that ask without end, or take nothing."""

    def test_a_thousand_slow_clients(self):
        web = self.web()
        pid = web.service.role_pid("web")
        before, sockets = memory.anonymous_kib(pid), []
        try:
            for i in range(SLOW_CLIENTS * SLOW_ADDRESSES):
                s = socket.socket()
                sockets.append(s)
                s.bind((f"127.0.0.{2 + i % SLOW_ADDRESSES}", 0))
                s.connect(("127.0.0.1", web.port))
                s.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0")
            self.assertGreaterEqual(len(sockets), 1000)
            admin = web.admin()
            for _ in range(20):
                self.assert_status(200, admin.get("/overview"))
            self.assertLess(memory.anonymous_kib(pid) - before,
                            SLOW_CLIENTS_KIB)
        finally:
            for s in sockets:
                s.close()


class DescriptionTest(unittest.TestCase):
    """The document that programs are written from."""

    def test_each_operation_has_a_name_of_its_own(self):
        names = [o["operationId"] for p in openapi()["paths"].values()
                 for o in p.values()]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn("get_session", names)


if __name__ == "__main__":
    unittest.main()
