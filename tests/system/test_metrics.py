"""test_metrics.py -- /metrics of a service under traffic, and alerts on it."""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import unittest

from harness import DAY_START, OK, SystemTest, session, wait_until
from ports import free_port
from sending import SendingTest
from test_inbox import EXAMPLE

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "packaging" / "prometheus" / "tlsrptd.rules.yml"
RULES_TEST = pathlib.Path(__file__).parent / "rules" / "tlsrptd.test.yml"


def promtool(*arguments, stdin=""):
    """promtool's exit code and all it said."""
    done = subprocess.run(["promtool", *arguments], input=stdin, text=True,
                          capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def ask(port, method="GET", path="/metrics"):
    """The answer's status, type and text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return (answer.status, answer.getheader("Content-Type"),
                answer.read().decode())
    finally:
        connection.close()


class Scraping:
    """A service whose metrics are read as Prometheus does."""

    def watch(self, service):
        """Give it a port for metrics, before it starts."""
        self.port = free_port()
        service.options["metrics.listen"] = f"127.0.0.1:{self.port}"
        service.write_config()
        return service

    def scrape(self):
        """The samples by name and labels; {} while nobody answers."""
        try:
            status, _, text = ask(self.port)
        except OSError:
            return {}
        self.assertEqual(200, status)
        lines = (line.rpartition(" ") for line in text.splitlines()
                 if not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    def wait_for(self, wanted):
        """Until the samples of these names have these values."""
        found = {}

        def is_so():
            samples = self.scrape()
            found.update({name: samples.get(name) for name in wanted})
            return found == wanted
        try:
            wait_until(is_so, "metrics")
        except AssertionError:
            self.assertEqual(wanted, found)
        return self.scrape()


def counted(what):
    """The name of a counter of datagrams."""
    return f'tlsrptd_datagrams_total{{role="collect",what="{what}"}}'


class Metrics(Scraping, SystemTest):
    """What is counted while datagrams come."""

    def setUp(self):
        self.subject = self.watch(self.service()).start()

    def test_what_was_sent_is_counted_across_a_kill(self):
        self.subject.send(*[session("a.example")] * 3, session("b.example"),
                          b"{", b"")
        # Five reach the journal, the empty one does not.
        self.wait_for({counted("received"): 5, counted("sessions"): 4,
                       counted("refused-json"): 1, counted("empty"): 1,
                       counted("discarded"): 0})
        pid = self.subject.role_pid("collect")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.subject.role_pid("collect") not in (None, pid),
                   "the collector was started again")
        self.subject.send(session("c.example"))
        self.wait_for({counted("received"): 6, counted("sessions"): 5,
                       counted("refused-json"): 1, counted("empty"): 1,
                       'tlsrptd_role_starts_total{role="collect"}': 2,
                       'tlsrptd_role_starts_total{role="report"}': 1})

    def test_each_process_is_told(self):
        samples = self.wait_for(
            {f'tlsrptd_role_up{{role="{role}"}}': 1
             for role in ("collect", "report", "deliver", "intake", "web",
                          "watch", "metrics")} | {"tlsrptd_store_up": 1})
        pid = self.subject.role_pid("collect")
        labels = '{role="collect"}'
        self.assertEqual(
            len(os.listdir(f"/proc/{pid}/fd")),
            samples["process_open_fds" + labels])
        status = pathlib.Path(f"/proc/{pid}/status").read_text("ascii")
        kib = int(status.partition("VmRSS:")[2].split()[0])
        self.assertAlmostEqual(
            1, samples["process_resident_memory_bytes" + labels] / kib / 1024,
            delta=0.3)
        self.assertGreater(samples["process_cpu_seconds_total" + labels], 0)
        for severity in ("info", "warning", "critical"):
            self.assertEqual(
                0, samples[f'tlsrptd_findings_open{{severity="{severity}"}}'])
        self.assertEqual(1, samples["tlsrptd_collectors"])
        self.assertIn("tlsrptd_watermark_seconds", samples)

    def test_promtool_finds_no_fault(self):
        self.wait_for({"tlsrptd_store_up": 1})
        status, kind, text = ask(self.port)
        self.assertEqual(200, status)
        self.assertEqual("text/plain; version=0.0.4; charset=utf-8", kind)
        self.assertEqual((0, ""), promtool("check", "metrics", stdin=text))

    def test_only_that_page_is_there(self):
        self.wait_for({'tlsrptd_role_up{role="metrics"}': 1})
        self.assertEqual(405, ask(self.port, "POST")[0])
        self.assertEqual(404, ask(self.port, path="/")[0])


class Deliveries(Scraping, SendingTest):
    """What is counted while reports are sent."""

    def test_outcomes_are_counted(self):
        self.receiver.answers = {"/b.example": (410, {}, "")}
        service = self.watch(self.to_send()).start()
        self.send(service, "a.example", "b.example", "c.example")
        self.settled(service, {"a.example": "accepted",
                               "b.example": "given-up",
                               "c.example": "accepted"})
        outcome = 'tlsrptd_delivery_outcomes_total{role="deliver",outcome='
        # The service was started anew when the day closed.
        self.wait_for({
            'tlsrptd_reports_built_total{role="report"}': 3,
            outcome + '"accepted"}': 2,
            outcome + '"given-up"}': 1,
            outcome + '"retrying"}': 0,
            "tlsrptd_deliveries_waiting": 0,
            # Nobody verified anything, and nothing failed.
            "tlsrptd_dates_open": 0,
            "tlsrptd_last_day_seconds": DAY_START,
            'tlsrptd_last_day_sessions{level="authenticated"}': 0,
            'tlsrptd_last_day_sessions{level="testing"}': 0,
            'tlsrptd_last_day_sessions{level="encrypted"}': 3,
            'tlsrptd_last_day_sessions{level="cleartext-or-unknown"}': 0,
            'tlsrptd_last_day_sessions{level="not-sent"}': 0})


class Received(Scraping, SystemTest):
    """What others report."""

    def test_reports_are_told_by_class(self):
        subject = self.watch(self.service()).start()
        held = self.folder() / "report.json"
        held.write_text(json.dumps(EXAMPLE), encoding="utf-8")
        self.wait_for({'tlsrptd_inbox_reports{class="unusable"}': 0})
        self.assertEqual(OK, subject.cli("import", str(held))[0])
        # It is about no domain of ours.
        samples = self.wait_for(
            {'tlsrptd_inbox_reports{class="unauthenticated"}': 0,
             'tlsrptd_inbox_reports{class="unusable"}': 1})
        self.assertGreater(
            samples['tlsrptd_inbox_bytes{class="unusable"}'], 0)


class Rules(unittest.TestCase):
    """The alerts that are shipped."""

    def test_they_are_rules(self):
        code, said = promtool("check", "rules", str(RULES))
        self.assertEqual(0, code, said)

    def test_they_fire_when_they_should(self):
        code, said = promtool("test", "rules", str(RULES_TEST))
        self.assertEqual(0, code, said)


if __name__ == "__main__":
    unittest.main()
