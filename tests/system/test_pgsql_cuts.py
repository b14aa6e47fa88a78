"""test_pgsql_cuts.py -- the connection to PostgreSQL breaks, or the collector is
killed, at each step of what is said over it: nothing is lost, nothing is
counted twice."""

import unittest

from harness import session, wait_until
from pg_proxy import CUT, HOLD, PASS, SWALLOW, Proxy
from postgres import Postgres
from traffic import Traffic

COMMIT = b"COMMIT\0"
BEGIN = b"BEGIN"


def is_query(kind, message, text):
    """A simple query of this text."""
    return kind == b"Q" and message[5:].startswith(text)


class Once:
    """A rule that acts once, on a COMMIT of the role."""

    def __init__(self, action, role="collect"):
        self.action = action
        self.role = f"tlsrptd {role}"
        self.done = False

    def __call__(self, connection, kind, message):
        if (self.done or connection.application != self.role
                or not is_query(kind, message, COMMIT)):
            return PASS
        self.done = True
        return self.action


class AtStep:
    """Acts on the n-th message of a transaction of the collector, once."""

    def __init__(self, action, n):
        self.action = action
        self.left = n
        self.inside = None
        self.done = False
        self.ended = False

    def __call__(self, connection, kind, message):
        if self.done or connection.application != "tlsrptd collect":
            return PASS
        if self.inside is None and is_query(kind, message, BEGIN):
            self.inside = connection
        if self.inside is not connection:
            return PASS
        self.left -= 1
        if self.left == 0:
            self.done = True
            return self.action
        if is_query(kind, message, COMMIT):
            self.done = self.ended = True  # it has fewer messages
        return PASS


class KillsAtStep(AtStep):
    """The same at the n-th statement, and at that moment all processes of a
    service are killed. A transaction that brings no sessions does not count."""

    def __init__(self, action, n, service):
        super().__init__(action, n)
        self.n = n
        self.service = service
        self.has_sessions = self.has_killed = False

    def __call__(self, connection, kind, message):
        self.has_sessions |= b"a.example" in message
        if kind not in (b"Q", b"E"):  # a query; to execute what was bound
            return PASS
        action = super().__call__(connection, kind, message)
        if action != PASS:
            self.service.kill()
            self.has_killed = True
        elif self.ended and not self.has_sessions:
            self.left, self.inside = self.n, None
            self.done = self.ended = False
        return action

    def has_flushed(self):
        """The transaction had fewer messages, and is over."""
        return self.ended and self.has_sessions


class CutsTest(Traffic):
    """A service, the proxy, a server; a model that knows what was sent."""

    @classmethod
    def setUpClass(cls):
        cls.server = Postgres()
        cls.addClassCleanup(cls.server.close)

    def setUp(self):
        self.server.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.proxy = Proxy(f"{self.server.folder}/.s.PGSQL.{self.server.port}")
        self.addCleanup(self.proxy.close)
        self.subject = self.service(store__url=self.proxy.url()).start()
        self.sent = 0

    def send(self):
        """Sessions of three domains."""
        for domain in ("a.example", "b.example", "c.example"):
            self.subject.send(session(domain))
        self.sent += 3

    def assert_exact(self):
        """All that was sent is in the store, each once."""
        self.subject.wait_received(self.sent)
        self.assertEqual(self.sent, self.subject.counters()["received"])
        self.assertEqual(
            [str(self.sent // 3)] * 3,
            self.server.sql("SELECT succeeded FROM tally_policy "
                            "ORDER BY domain"))


class AtCommit(CutsTest):
    """The collector's COMMIT is on its way."""

    def cut(self, action):
        """And the service comes through it."""
        rule = self.proxy.rule = Once(action)
        self.send()
        wait_until(lambda: rule.done, "the connection is cut")
        self.send()
        self.assert_exact()

    def test_the_server_never_got_it(self):
        self.cut(CUT)

    def test_the_server_got_it_and_its_answer_was_lost(self):
        self.cut(SWALLOW)

    def test_the_server_gets_it_when_the_collector_has_come_back(self):
        """Whether the collector asks for its position or flushes once more: it
        waits for its first transaction, whose end nobody knows yet."""
        self.proxy.rule = Once(HOLD)
        self.send()
        wait_until(lambda: self.server.sql(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND application_name = 'tlsrptd collect'"),
            "the collector has come back")
        self.proxy.held.set()
        self.assert_exact()


class AtEachStep(CutsTest):
    """At each message of a flush, on its way there or with its answer."""

    def each_step(self, action):
        """Until a flush has no more messages."""
        n, ended = 0, False
        while not ended:
            n += 1
            rule = self.proxy.rule = AtStep(action, n)
            self.send()
            wait_until(lambda: rule.done, "the connection is cut")
            self.subject.wait_received(self.sent)
            ended = rule.ended
        self.assertGreater(n, 10)
        self.assert_exact()

    def test_on_its_way(self):
        self.each_step(CUT)

    def test_with_its_answer(self):
        self.each_step(SWALLOW)


class KilledAtEachStep(CutsTest):
    """The collector, at each statement of a flush; its socket's queue waits for
    the next start."""

    def setUp(self):
        super().setUp()
        self.assertEqual(0, self.subject.stop())
        self.subject = self.service_on_socket(
            daemon__roles="collect", store__url=self.proxy.url()).start()

    def each_step(self, action):
        """Until a flush has no more of them."""
        n, ended = 0, False
        while not ended:
            n += 1
            rule = self.proxy.rule = KillsAtStep(action, n, self.subject)
            self.send()
            wait_until(lambda: rule.has_killed or rule.has_flushed(),
                       "it is killed, or has flushed")
            ended = not rule.has_killed
            if not ended:
                self.subject.start()
            self.subject.wait_received(self.sent)
        self.assertGreater(n, 10)
        self.assert_exact()

    def test_the_server_never_got_it(self):
        self.each_step(CUT)

    def test_the_server_has_done_it(self):
        self.each_step(SWALLOW)


class OtherRoles(CutsTest):
    """Report and deliver write what can be written again."""

    def through(self, role, action):
        """A day with a cut at the first COMMIT of the role."""
        self.send()
        self.assert_exact()
        rule = self.proxy.rule = Once(action, role)
        self.subject.close_day()
        self.assertTrue(rule.done)
        self.assertEqual(["a.example", "b.example", "c.example"],
                         sorted(r.value["policies"][0]["policy"]
                                ["policy-domain"]
                                for r in self.subject.reports()))
        self.assertEqual(["3"], self.server.sql("SELECT count(*) FROM report"))

    def test_report_that_never_arrived(self):
        self.through("report", CUT)

    def test_report_whose_answer_was_lost(self):
        self.through("report", SWALLOW)

    def test_deliver_that_never_arrived(self):
        self.through("deliver", CUT)

    def test_deliver_whose_answer_was_lost(self):
        self.through("deliver", SWALLOW)


if __name__ == "__main__":
    unittest.main()
