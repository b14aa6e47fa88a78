"""test_pgsql_silent.py -- PostgreSQL, or what stands before it, accepts and does
not answer: it is noticed, the service can be told to end, nothing is lost and
nothing is counted twice."""

import socket
import time
import unittest

from harness import OK, session, wait_until
from pg_proxy import DEAFEN, HANG, PASS, Proxy
from postgres import Postgres
from traffic import Traffic

STOP_S = 15  # of the supervisor's 30
NOTICE_S = 60


class Once:
    """A rule that acts once, on a message of the collector that begins so."""

    def __init__(self, action, text):
        self.action = action
        self.text = text
        self.done = False

    def __call__(self, connection, kind, message):
        if (self.done or connection.application != "tlsrptd collect"
                or kind != b"Q" or not message[5:].startswith(self.text)):
            return PASS
        self.done = True
        return self.action


class SilentTest(Traffic):
    """A server, the proxy before it; a model that knows what was sent."""

    def setUp(self):
        self.server = Postgres()
        self.addCleanup(self.server.close)
        self.proxy = Proxy(f"{self.server.folder}/.s.PGSQL.{self.server.port}")
        self.addCleanup(self.proxy.close)
        self.sent = 0

    def collector(self, **options):
        """One whose socket is the test's: its queue outlives it."""
        return self.service_on_socket(**{
            "store__url": self.proxy.url(), "daemon__roles": "collect",
            **options}).start()

    def send(self, service, n=30):
        """So many sessions of one domain."""
        service.send(*[session("a.example")] * n)
        self.sent += n

    def silent_server(self):
        """Connections are taken and left as they are."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        server.settimeout(NOTICE_S)
        return server

    def assert_ends_soon(self, service):
        """With its exit code, and long before it would be killed."""
        before = time.monotonic()
        self.assertEqual(OK, service.stop())
        self.assertLess(time.monotonic() - before, STOP_S)

    def assert_exact(self, service):
        """All that was sent is in the store, each once."""
        service.wait_received(self.sent)
        self.assertEqual(self.sent, service.counters()["received"])
        self.assertEqual([str(self.sent)], self.server.sql(
            "SELECT sum(succeeded) FROM tally_policy"))


class Ends(SilentTest):
    """Told to end while the store does not answer."""

    def through_pause(self, service):
        """The server stands still while there is something to be said."""
        self.send(service)
        self.assert_exact(service)
        self.server.pause()
        self.addCleanup(self.server.go_on)
        self.send(service)
        self.assert_ends_soon(service)
        self.server.go_on()
        service.start()
        self.send(service)
        self.assert_exact(service)

    def test_collect(self):
        self.through_pause(self.collector())

    def test_all_roles(self):
        self.through_pause(self.collector(
            daemon__roles="collect, report, deliver, intake"))

    def hang(self, action, text):
        """At a message, and all that follow there."""
        service = self.collector()
        rule = self.proxy.rule = Once(action, text)
        self.send(service)
        wait_until(lambda: rule.done, "the connection hangs")
        self.assert_ends_soon(service)
        service.start()
        self.send(service)
        self.assert_exact(service)

    def test_at_begin(self):
        self.hang(HANG, b"BEGIN")

    def test_at_commit_that_never_arrived(self):
        self.hang(HANG, b"COMMIT\0")

    def test_at_commit_whose_answer_was_lost(self):
        self.hang(DEAFEN, b"COMMIT\0")


    def test_while_it_connects(self):
        """To one host of two, neither of which says anything."""
        silent = [self.silent_server() for _ in range(2)]
        ports = ",".join(str(s.getsockname()[1]) for s in silent)
        service = self.service_on_socket(
            daemon__roles="collect", store__connect_timeout="60s",
            store__url=f"postgresql://u@/x?host=127.0.0.1,127.0.0.1&port={ports}")
        service.launch_to_receive()
        self.addCleanup(silent[0].accept()[0].close)
        self.assert_ends_soon(service)


class GoesOn(SilentTest):
    """Nobody tells it to end: it notices."""

    SHORT = {"store__statement_timeout": "1s", "store__connect_timeout": "2s"}

    def test_server_stands_still_and_goes_on(self):
        service = self.collector(**self.SHORT)
        self.send(service)
        self.assert_exact(service)
        self.server.pause()
        self.addCleanup(self.server.go_on)
        self.send(service)
        wait_until(lambda: service.log_lines(
            "store does not take tallies", "the server does not answer"),
            "it is said", NOTICE_S)
        self.send(service, 2000)  # more than the socket's queue takes
        self.server.go_on()
        self.assert_exact(service)

    def test_first_host_is_silent(self):
        port = self.silent_server().getsockname()[1]
        service = self.service_on_socket(
            **self.SHORT, daemon__roles="collect",
            store__url=f"postgresql://tlsrpt@127.0.0.1:{port},127.0.0.1:"
            f"{self.proxy.port}/postgres?sslmode=disable").start()
        self.send(service)
        self.assert_exact(service)

    def hang(self, action):
        """At a COMMIT; the next connection is a good one."""
        service = self.collector(**self.SHORT)
        rule = self.proxy.rule = Once(action, b"COMMIT\0")
        self.send(service)
        wait_until(lambda: rule.done, "the connection hangs")
        self.send(service)
        self.assert_exact(service)

    def test_commit_never_arrived(self):
        self.hang(HANG)

    def test_answer_to_commit_was_lost(self):
        self.hang(DEAFEN)


if __name__ == "__main__":
    unittest.main()
