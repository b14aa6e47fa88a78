"""test_restart.py -- no session is lost and none counts twice, however the
service ends and whenever the day does."""

import os
import random
import signal
import socket
import threading
import time
import unittest
from collections import Counter

from harness import (DAY, DAY_S, DAY_START, OK, SystemTest, failure, session,
                     wait_until)
from traffic import PADDING, Traffic, details, tally_totals, totals

SEED = 8460
DOMAINS = [f"d{i:02}.example" for i in range(50)]
NEXT_DAY = "2026-03-03"
REASONS = 16  # of failures, so that details are few and their counts large
KILLS = 32
TERMS = 8
SUPERVISED = 50
LIFE_S = 1.2  # longest
BEFORE_MIDNIGHT_S = 6


def domain_of(n):
    """The domain of the n-th session."""
    return DOMAINS[n % len(DOMAINS)]


def reason_of(n):
    """Why it failed; an even one did not."""
    return f"reason-{n // len(DOMAINS) % REASONS}" if n % 2 else None


def mixed(n):
    """The n-th session: a success or a failure, some with much that is
    ignored, so that the journal goes through its segments."""
    if reason_of(n) is not None:
        return failure(domain_of(n), f=reason_of(n))
    return session(domain_of(n), n=n, padding="" if n % 16 else PADDING)


def numbered(n):
    """The n-th session: a failure that carries its number."""
    return failure(domain_of(n), f=f"n={n}")


class Counted(Traffic):
    """Tests of mixed sessions."""

    def assert_counted(self, service, sent):
        """Each of the sessions counts once."""
        service.wait_received(sent)
        wanted = {}
        for n in range(sent):
            sums = wanted.setdefault(domain_of(n), [0, 0])
            sums[n % 2] += 1
        tallies = service.tallies("today")
        self.assertEqual(wanted, tally_totals(tallies))
        self.assertEqual(
            Counter((domain_of(n), reason_of(n)) for n in range(1, sent, 2)),
            details(tallies))
        self.assertEqual({"received": sent, "sessions": sent},
                         service.counters())


class Restarts(Counted):
    """The service ends again and again while sessions come in."""

    def setUp(self):
        self.chance = random.Random(SEED)
        # Ahead of the machine's clock, which tells the age of segments.
        tomorrow = (int(time.time()) // DAY_S + 1) * DAY_S
        self.subject = self.service_on_socket(
            now=tomorrow + DAY_S // 2, collect__flush_interval="50ms",
            collect__journal_keep="0s")
        self.traffic = self.sender(self.subject, mixed)

    def finish(self, at_least=0):
        """All that was sent is counted."""
        self.subject.start()
        sent = self.traffic.stop(at_least)
        self.assert_counted(self.subject, sent)
        return sent

    def test_killed_and_ended_at_any_point(self):
        ends = ["kill"] * KILLS + ["stop"] * TERMS
        self.chance.shuffle(ends)
        for end in ends:
            self.subject.launch()
            time.sleep(self.chance.uniform(0, LIFE_S))
            if end == "kill":
                self.subject.kill()
            else:
                # By the signal, if it had not begun to take signals.
                self.assertIn(self.subject.stop(), (OK, -signal.SIGTERM))
        self.finish(at_least=5000)

    def test_collector_killed_at_any_point(self):
        self.subject.start()
        for _ in range(6):
            time.sleep(self.chance.uniform(0, LIFE_S / 4))
            dead = wait_until(lambda: self.subject.role_pid("collect"),
                              "the collector runs")
            os.kill(dead, signal.SIGKILL)
            wait_until(lambda: self.subject.role_pid("collect") not in
                       (None, dead), "the collector was started again")
        self.assertIn('what="role was killed" role="collect"',
                      self.subject.log_text())
        sent = self.traffic.stop()
        self.assert_counted(self.subject, sent)

    def test_roles_end_with_their_supervisor(self):
        self.subject.start()
        self.subject.signal(signal.SIGKILL)
        self.subject.process.wait()
        self.subject.reap()  # waits until they have ended
        self.assertEqual([], self.subject.processes())
        self.finish()

    def test_journal_has_one_writer(self):
        """A collector that lingers without its supervisor is waited for."""
        self.subject.start()
        old, collector = self.subject.process, self.subject.role_pid("collect")
        os.kill(collector, signal.SIGSTOP)
        self.addCleanup(self.subject.reap, old.pid)
        self.subject.signal(signal.SIGKILL)
        old.wait()
        before = len(self.subject.log_text())
        self.subject.launch()

        def news():
            return self.subject.log_text()[before:]
        wait_until(lambda: 'what="collecting"' in news()
                   or "another process holds it" in news(),
                   "the new collector waits, or does not")
        waits = 'what="collecting"' not in news()
        os.kill(collector, signal.SIGCONT)
        self.subject.reap(old.pid)
        wait_until(lambda: 'what="collecting"' in news(), "it collects")
        self.assertTrue(waits, "two collectors write to one journal")
        self.assert_counted(self.subject, self.traffic.stop())

    def test_new_supervisor_while_old_roles_end(self):
        for _ in range(5):
            self.subject.start()
            time.sleep(self.chance.uniform(0, LIFE_S / 4))
            old = self.subject.process
            self.subject.signal(signal.SIGKILL)
            old.wait()
            self.subject.launch()
            time.sleep(LIFE_S)
            self.subject.kill()
            self.subject.reap(old.pid)
        self.finish()


class Supervised(Counted):
    """The collector ends again and again; the supervisor owns the socket."""

    def restart(self, how):
        """End the collector, and wait for the next one."""
        before = wait_until(lambda: self.subject.role_pid("collect"),
                            "a collector runs")
        if how == "kill":
            os.kill(before, signal.SIGKILL)
        else:
            self.subject.signal(signal.SIGHUP)
        wait_until(lambda: self.subject.role_pid("collect") not in
                   (None, before), "another collector runs")

    def test_what_was_sent_is_counted(self):
        chance = random.Random(SEED)
        self.subject = self.service(collect__flush_interval="50ms").start()
        traffic = self.sender(self.subject, mixed)
        # Turn by turn: of several in a row each waits twice as long.
        for how in ["kill", "reload"] * (SUPERVISED // 2):
            self.restart(how)
            time.sleep(chance.uniform(0, LIFE_S / 4))
        self.assert_counted(self.subject, traffic.stop(at_least=5000))
        self.assertGreaterEqual(len(self.subject.log_lines(
            'what="role was killed"', 'role="collect"')), SUPERVISED // 2)


class Ends(SystemTest):
    """The service binds its own socket, and ends while sessions come in."""

    def send_until_refused(self, service):
        """How many sessions the kernel accepted."""
        sent = 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            while True:
                try:
                    sender.sendto(session(domain_of(sent)),
                                  str(service.socket))
                except OSError:
                    return sent
                sent += 1

    def test_what_the_kernel_had_accepted_is_counted(self):
        service = self.service()
        accepted = 0
        for _ in range(5):
            service.start()
            timer = threading.Timer(0.5, service.signal, [signal.SIGTERM])
            timer.start()
            accepted += self.send_until_refused(service)
            timer.join()
            self.assertEqual(OK, service.stop())
        service.start()
        service.wait_received(accepted)
        self.assertEqual(accepted, service.counters()["received"])


class Midnight(Traffic):
    """The day changes while sessions come in."""

    def setUp(self):
        self.subject = self.service_on_socket(
            now=DAY_START + DAY_S - BEFORE_MIDNIGHT_S,
            collect__flush_interval="200ms")
        traffic = self.sender(self.subject, numbered, pause_s=0.004)
        self.subject.start()
        wait_until(self.closed, "the day is closed and reported")
        self.sent = traffic.stop()
        self.subject.wait_received(self.sent)
        self.days = [self.subject.tallies(d) for d in (DAY, NEXT_DAY)]

    def closed(self):
        """Whether the first day's reports lie in the folder."""
        day = self.subject.day()
        return (day["state"] == "closed" and day["reports"] >= len(DOMAINS)
                and day["reports"] == day["reports-delivered"])

    def test_midnight_under_load(self):
        for check in (self.check_once, self.check_order, self.check_reports,
                      self.check_not_late):
            with self.subTest(check.__doc__):
                check()

    def check_once(self):
        """Each session counts once, on the two days together."""
        wanted = Counter((domain_of(n), f"n={n}") for n in range(self.sent))
        first, second = map(details, self.days)
        self.assertEqual(wanted, first + second)

    def check_order(self):
        """What was sent first is of the first day."""
        first, second = (sorted(int(reason[2:]) for _, reason in details(day))
                         for day in self.days)
        self.assertEqual(list(range(len(first))), first)
        self.assertEqual(list(range(len(first), self.sent)), second)
        self.assertGreater(min(len(first), len(second)), len(DOMAINS))

    def check_reports(self):
        """The closed day's reports say what its tallies do."""
        reports = {r.name.split("!")[1]: r for r in self.subject.reports()}
        self.assertEqual(len(DOMAINS), len(reports))
        self.assertEqual(tally_totals(self.days[0]), totals(
            (domain, r.value["policies"]) for domain, r in reports.items()))
        for report in reports.values():
            self.assertEqual(f"{DAY}T23:59:59Z",
                             report.value["date-range"]["end-datetime"])

    def check_not_late(self):
        """No session came too late for its day's report."""
        day = self.subject.day()
        self.assertEqual(("watermark", ""),
                         (day["closed-by"], day["missing-collectors"]))
        self.assertEqual({0}, {t["part"] for d in self.days for t in d})
        self.assertEqual({0}, {r["part"] for r in self.subject.report_rows()})
        self.assertNotIn("late=1", self.subject.log_text())
        self.assertEqual("open", self.subject.day(NEXT_DAY)["state"])


if __name__ == "__main__":
    unittest.main()
