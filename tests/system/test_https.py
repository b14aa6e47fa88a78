"""test_https.py -- reports are posted to those who asked for them, by the real
service to a real nginx."""

import contextlib
import json
import signal
import socket
import sqlite3
import time
import unittest

from harness import (DAY, DAY_S, NOON, OK, SystemTest, failure, session,
                     wait_until)
from https_receiver import Receiver

TOMORROW = NOON + DAY_S
LEASE_S = 2 * 60 + 300  # twice the default timeout, and the margin


class Https(SystemTest):
    """One receiver, which answers as the path says."""

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def sending(self, **options):
        """A service that sends to the receiver without delay."""
        wanted = {
            "deliver__mode": "on",
            "deliver__any_port": "yes",
            "deliver__allow_networks": "127.0.0.0/8",
            "deliver__ca_file": str(self.receiver.ca),
            "deliver__delay_min": "0s",
            "deliver__delay_max": "0s",
        }
        wanted.update(options)
        return self.service(**wanted).start()

    def send(self, service, *paths):
        """A session of a domain for each path, whose reports go there; then
        the day closes."""
        service.send(*(self.session_for(path) for path in paths))
        service.wait_received(len(paths))
        service.close_day()

    def session_for(self, path):
        """Of domain x.example for path /x."""
        domain = path.strip("/") + ".example"
        return session(domain,
                       pr=f"v=TLSRPTv1; rua={self.receiver.url(path)}")

    def deliveries(self, service):
        """By path."""
        return {d["rua"].partition(str(self.receiver.port))[2]: d
                for d in service.cli_json("delivery", "list")}

    def settled(self, service, states):
        """The deliveries once their states are those, by path."""
        def found():
            now = self.deliveries(service)
            return now if {p: d["state"] for p, d in now.items()} == states \
                else None
        return wait_until(found, f"deliveries are {states}")

    def tried(self, service, delivery):
        """The attempts."""
        return service.cli_json("delivery", "show",
                                delivery["delivery"])["tried"]

    # -- what is sent --

    def test_a_report_is_posted_as_it_lies_in_the_folder(self):
        service = self.sending()
        self.send(service, "/a", "/b")
        found = self.settled(service, {"/a": "accepted", "/b": "accepted"})
        reports = {r.value["policies"][0]["policy"]["policy-domain"]: r
                   for r in service.reports()}
        for path in ("/a", "/b"):
            post, = self.receiver.posts_to(path)
            report = reports[path.strip("/") + ".example"]
            self.assertEqual(report.path.read_bytes(), post.body)
            self.assertEqual("application/tlsrpt+gzip",
                             post.headers["Content-Type"])
            self.assertIsNone(post.headers["Content-Encoding"])
            self.assertEqual(report.id, found[path]["report-id"])
            attempt, = self.tried(service, found[path])
            self.assertEqual(
                (1, "https", "verified", 201, "thank you",
                 f"127.0.0.1:{self.receiver.port}"),
                tuple(attempt[k] for k in ("attempt", "transport", "tls",
                                           "status", "answer", "peer")))

    def test_statuses_decide(self):
        self.receiver.answers = {
            "/no": (403, {}, "not \x1b[1mhere\n"),
            "/gone": (410, {}, ""),
            "/moved": (302, {"Location": self.receiver.url("/ok")}, ""),
            "/busy": (429, {"Retry-After": "7200"}, "later"),
            "/broken": (500, {}, "oops"),
        }
        service = self.sending()
        self.send(service, "/no", "/gone", "/moved", "/busy", "/broken",
                  "/reset", "/ok")
        found = self.settled(service, {
            "/no": "given-up", "/gone": "given-up", "/moved": "given-up",
            "/busy": "retrying", "/broken": "retrying", "/reset": "retrying",
            "/ok": "accepted"})
        self.assertEqual(1, len(self.receiver.posts_to("/ok")))
        attempt, = self.tried(service, found["/no"])
        self.assertEqual((403, "not \x1b[1mhere\n"),
                         (attempt["status"], attempt["answer"]))
        # Outside bytes do not reach the terminal.
        _, shown, _ = service.cli("delivery", "show",
                                  found["/no"]["delivery"])
        self.assertNotIn("\x1b", shown)
        self.assertIn("403", shown)
        attempt, = self.tried(service, found["/reset"])
        self.assertEqual(0, attempt["status"])
        self.assertNotEqual("", attempt["answer"])

    def test_another_attempt_has_the_same_report(self):
        self.receiver.answers = {"/a": (503, {}, "")}
        service = self.sending()
        self.send(service, "/a")
        self.settled(service, {"/a": "retrying"})
        self.receiver.answers = {}
        # The next attempt comes within 24 hours of the first.
        service.restart(TOMORROW + 23 * 3600)
        found = self.settled(service, {"/a": "accepted"})
        self.assertEqual(2, found["/a"]["attempts"])
        first, second = self.receiver.posts_to("/a")
        self.assertEqual(first.body, second.body)

    def test_attempts_end_after_24_hours(self):
        self.receiver.answers = {"/a": (503, {}, "")}
        service = self.sending()
        self.send(service, "/a")
        self.settled(service, {"/a": "retrying"})
        service.restart(TOMORROW + DAY_S + 60)
        found = self.settled(service, {"/a": "given-up"})
        self.assertIn("24 hours", found["/a"]["reason"])
        # The operator may begin anew.
        self.receiver.answers = {}
        self.assertEqual((OK, "", ""), service.cli(
            "delivery", "retry", found["/a"]["delivery"]))
        self.settled(service, {"/a": "accepted"})

    # -- whom it is sent to --

    def test_without_a_certificate_it_is_sent_and_told(self):
        service = self.sending(deliver__ca_file="")
        self.send(service, "/a")
        found = self.settled(service, {"/a": "accepted"})
        attempt, = self.tried(service, found["/a"])
        self.assertEqual("unverified", attempt["tls"])

    def test_or_not_sent_if_the_operator_wants(self):
        service = self.sending(deliver__ca_file="", deliver__unverified="no")
        self.send(service, "/a")
        found = self.settled(service, {"/a": "retrying"})
        attempt, = self.tried(service, found["/a"])
        self.assertEqual((0, ""), (attempt["status"], attempt["tls"]))
        self.assertIn("certificate", attempt["answer"].lower())
        self.assertEqual([], self.receiver.posts)

    def test_a_private_address_is_not_visited(self):
        service = self.sending(deliver__allow_networks="10.0.0.0/8")
        self.send(service, "/a")
        found = self.settled(service, {"/a": "given-up"})
        attempt, = self.tried(service, found["/a"])
        self.assertIn("loopback", attempt["answer"])
        self.assertEqual([], self.receiver.posts)

    def test_nothing_is_sent_unless_switched_on(self):
        for mode, states in (("off", {}), ("shadow", {"/a": "shadow"})):
            service = self.sending(deliver__mode=mode)
            self.send(service, "/a")
            self.assertEqual(states, {
                path: d["state"]
                for path, d in self.deliveries(service).items()})
            self.assertEqual(1, len(service.reports()))
            service.stop()
        self.assertEqual([], self.receiver.posts)

    def test_only_reports_with_failures_if_the_operator_wants(self):
        service = self.sending(deliver__only_with_failures="yes")
        failed = json.loads(failure("b.example"))
        failed["pr"] = f"v=TLSRPTv1; rua={self.receiver.url('/b')}"
        service.send(self.session_for("/a"), json.dumps(failed).encode())
        service.wait_received(2)
        service.close_day()
        self.settled(service, {"/b": "accepted"})
        self.assertEqual(2, len(service.reports()))

    # -- when something is slow, or dies --

    def test_one_that_never_answers_holds_up_no_other(self):
        self.receiver.answers = {"/slow": (None, {}, "")}
        others = {f"/h{n}": "accepted" for n in range(20)}
        service = self.sending(deliver__host_connections="2")
        self.send(service, "/slow", *others)
        self.settled(service, {"/slow": "queued", **others})
        self.assertTrue(self.deliveries(service)["/slow"]["being-tried"])

    def test_a_slow_host_leaves_places_for_others(self):
        with socket.create_server(("127.0.0.2", 0)) as slow:
            rua = f"https://127.0.0.2:{slow.getsockname()[1]}/"
            service = self.sending(deliver__connections="8",
                                   deliver__host_connections="2")
            names = [f"s{n}.example" for n in range(8)]
            service.send(*(session(name, pr=f"v=TLSRPTv1; rua={rua}")
                           for name in names), self.session_for("/z"))
            service.wait_received(len(names) + 1)
            service.close_day()
            wait_until(lambda: self.receiver.posts_to("/z"),
                       "the other host is visited")
            tried = [d for d in service.cli_json("delivery", "list")
                     if d["rua"] == rua and d["attempts"] > 0]
            self.assertEqual(2, len(tried))

    def test_an_answer_is_heard_while_the_store_is_away(self):
        timeout_s = 15  # more than two waits for SQLite's lock
        self.receiver.answering.clear()
        service = self.sending(deliver__timeout=f"{timeout_s}s")
        self.send(service, "/a")
        wait_until(lambda: self.receiver.posts, "the attempt has begun")
        began = time.monotonic()
        with service.locked_store():
            service.wait_logged("role=deliver", "trying again")
            self.receiver.answering.set()
            wait_until(lambda: time.monotonic() > began + timeout_s + 3,
                       "the attempt's time is over")
        found = self.settled(service, {"/a": "accepted"})
        self.assertEqual(1, found["/a"]["attempts"])
        self.assertEqual(1, len(self.receiver.posts))

    def test_a_kill_in_the_middle_of_an_attempt(self):
        self.receiver.answers = {"/a": (None, {}, "")}
        service = self.sending()
        self.send(service, "/a")
        wait_until(lambda: self.receiver.posts, "the attempt has begun")
        service.kill()
        self.receiver.answers = {}
        service.set_clock(TOMORROW + LEASE_S + 60)
        service.start()
        found = self.settled(service, {"/a": "accepted"})
        first, second = self.tried(service, found["/a"])
        self.assertIsNone(first["ended-at"])
        self.assertEqual(201, second["status"])
        bodies = {post.body for post in self.receiver.posts}
        self.assertEqual(1, len(bodies))

    def test_what_is_not_claimed_is_not_sent(self):
        service = self.sending()
        with contextlib.closing(sqlite3.connect(
                service.database, isolation_level=None)) as store:
            store.execute("PRAGMA busy_timeout = 10000")
            store.execute("CREATE TRIGGER no_attempt BEFORE INSERT ON "
                          "delivery_attempt BEGIN SELECT RAISE(ABORT, 'no'); "
                          "END")
            self.send(service, "/a")
            service.wait_logged("role=deliver", "does not work")
            # Enough for more claims than there may be attempts at a time.
            time.sleep(2)
            self.assertEqual([], self.receiver.posts)
            store.execute("DROP TRIGGER no_attempt")
        self.settled(service, {"/a": "accepted"})
        self.assertEqual(1, len(self.receiver.posts))

    def test_at_its_end_an_attempt_is_broken_off_and_made_again(self):
        self.receiver.answers = {"/a": (None, {}, "")}
        service = self.sending()
        self.send(service, "/a")
        wait_until(lambda: self.receiver.posts, "the attempt has begun")
        self.receiver.answers = {}
        service.signal(signal.SIGTERM)
        service.restart(TOMORROW + 60)
        found = self.settled(service, {"/a": "accepted"})
        first, second = self.tried(service, found["/a"])
        self.assertIsNotNone(first["ended-at"])
        self.assertEqual(201, second["status"])

    def test_a_uri_that_cannot_be_used_is_shown(self):
        service = self.sending()
        service.send(session(
            "b.example", pr="v=TLSRPTv1; rua=https://u:p@b.example/x"))
        service.wait_received(1)
        service.close_day()
        found, = wait_until(
            lambda: service.cli_json("delivery", "list"), "it is queued")
        self.assertEqual("given-up", found["state"])
        self.assertNotEqual("", found["reason"])
        self.assertEqual(DAY, found["day"])


if __name__ == "__main__":
    unittest.main()
