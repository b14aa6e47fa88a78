"""soak.py -- an hour of a busy relay in as few minutes as the machine takes: the
real service with all its roles, and what each holds at its start, after half of
it, and at the end. Speed is not measured. An hour like it goes before, so that
what has a fixed size is full: the table of posted reports, pages of the store.

Every second of the hour has 1,000 sessions, a report by HTTPS on a connection of
its own, a question to the page's API, every other one a report by mail (LMTP),
and every 15th one a look at /metrics; the domains are the same all the time. A
table goes to stderr, figures as .ci/bench wants them to stdout.
SOAK_SECONDS: another hour than one of 3,600 seconds."""

import gzip
import http.client
import json
import os
import pathlib
import random
import smtplib
import socket
import ssl
import sys
import threading
import time

SYSTEM = pathlib.Path(__file__).resolve().parent.parent / "system"
sys.path.insert(0, str(SYSTEM))

from harness import OK, Service, failure, session, wait_until  # noqa: E402
from https_receiver import openssl  # noqa: E402
from memory import anonymous_kib, descriptors, resident_kib, \
    threads  # noqa: E402
from ports import free_port  # noqa: E402
from test_inbox import EXAMPLE, OURS, mail  # noqa: E402

SECONDS = int(os.environ.get("SOAK_SECONDS", "3600"))
SESSIONS = 1000  # of a second
DOMAINS = 2000
DATAGRAMS = 100000  # that differ; then they come again
LOOKS = 20  # at a process that has nothing to do; the least counts
PATIENCE_S = 600
RATIO = 1.1
ROLES = ("collect", "intake", "web", "report", "deliver", "watch", "metrics")
MEASURES = {"anonymous": anonymous_kib, "resident": resident_kib,
            "descriptors": lambda pid: len(descriptors(pid)),
            "threads": threads}
QUESTIONS = ("/overview", "/domains", "/reports", f"/domains/{OURS}/days",
             f"/domains/{OURS}/failures?group=type", "/outgoing/days",
             "/collectors", "/health", None)


def datagrams():
    """Nine of ten sessions went well."""
    chance = random.Random(1)
    made = []
    for _ in range(DATAGRAMS):
        domain = f"d{int(DOMAINS * chance.random() ** 2)}.example"
        made.append(session(domain) if chance.random() < 0.9 else failure(
            domain, c=chance.choice((201, 202, 204)),
            h=f"mx{chance.randrange(3)}.{domain} greets you"))
    return made


class Hour:
    """What is done, second by second, while sessions are sent."""

    def __init__(self, service, ports, folder):
        self.service = service
        self.ports = ports
        self.trust = ssl.create_default_context(cafile=folder / "soak.pem")
        self.trust.check_hostname = False
        self.token = self.made_token()
        self.datagrams = datagrams()
        self.sent = 0
        self.done = {self.post: 0, self.give: 0, self.ask: 0, self.scrape: 0}
        self.failed = []

    def made_token(self):
        """Of one who may see everything."""
        for arguments, stdin in ((("domain", "add", OURS), b""),
                                 (("user", "add", "anna"), b"a passphrase\n"),
                                 (("token", "add", "anna"), b"")):
            code, out, err = self.service.cli(*arguments, stdin=stdin)
            if code != OK:
                sys.exit(f"soak: tlsrpt {arguments}: {err}")
        return out.split()[-1]

    def request(self, name, method, path, body=None, **headers):
        """One, on a connection of its own."""
        if name == "http":
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.ports[name], timeout=60, context=self.trust)
        else:
            connection = http.client.HTTPConnection(
                "127.0.0.1", self.ports[name], timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise OSError(f"{path}: {answer.status}")

    def report(self, name):
        """One that nobody has handed over before."""
        return json.dumps(dict(EXAMPLE, **{"report-id": name})).encode()

    def post(self, second):
        """A report by HTTPS."""
        self.request("http", "POST", "/tlsrpt", gzip.compress(
            self.report(f"post-{second}")),
            **{"Content-Type": "application/tlsrpt+gzip"})

    def give(self, second):
        """A report by mail."""
        if second % 2 == 0:
            with smtplib.LMTP(str(self.service.folder / "lmtp")) as lmtp:
                lmtp.sendmail("", [f"tls@{OURS}"],
                              mail(self.report(f"mail-{second}")))

    def ask(self, second):
        """What the page would, or the page itself."""
        question = QUESTIONS[second % len(QUESTIONS)]
        path = "/" if question is None else f"/api/v1{question}"
        self.request("web", "GET", path,
                     Authorization=f"Bearer {self.token}")

    def scrape(self, second):
        """As Prometheus does."""
        if second % 15 == 0:
            self.request("metrics", "GET", "/metrics")

    def keep_up(self, what, until):
        """Do it once for each second that the sessions have come to."""
        try:
            while self.done[what] < until:
                if self.done[what] <= self.sent // SESSIONS:
                    what(self.done[what])
                    self.done[what] += 1
                else:
                    time.sleep(0.001)
        except (OSError, http.client.HTTPException,
                smtplib.SMTPException) as error:
            self.failed.append(f"{what.__name__}: {error!r}")

    def run(self, until):
        """From where it is to that second, and until all is in the store."""
        others = [threading.Thread(target=self.keep_up, args=(what, until))
                  for what in self.done]
        for other in others:
            other.start()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(str(self.service.socket))
            while self.sent < until * SESSIONS:
                sender.send(self.datagrams[self.sent % DATAGRAMS])
                self.sent += 1
        for other in others:
            other.join()
        if self.failed:
            sys.exit(f"soak: {self.failed}")
        wait_until(self.all_stored, "all is in the store", PATIENCE_S)

    def all_stored(self):
        """Hand counts: sessions, posts and mails, each once."""
        seconds = self.sent // SESSIONS
        received = self.service.counters()
        if received.get("received", 0) > self.sent:
            sys.exit(f"soak: {received} of {self.sent}")
        reports = seconds + (seconds + 1) // 2
        found = {row["report-id"] for row in
                 self.service.cli_json("inbox", "list")}
        return received.get("sessions") == self.sent \
            and len(found) == reports


def pids(service):
    """Of the supervisor and each role."""
    return {"supervisor": service.process.pid,
            **{role: service.role_pid(role) for role in ROLES}}


def held(service):
    """The least that each holds in a while without work."""
    found = {}
    for _ in range(LOOKS):
        for role, pid in pids(service).items():
            for name, measure in MEASURES.items():
                least = found.get((role, name))
                now = measure(pid)
                found[role, name] = now if least is None else min(least, now)
        time.sleep(0.25)
    return found


def show(role, looks):
    """A line of the table: each measure, look by look."""
    print(f"{role:<11}" + "".join(
        "".join(f"{look[role, name]:>9,}" for look in looks) + " |"
        for name in MEASURES), file=sys.stderr)


def figure(name, unit, value, limit, most):
    """How the end stands to the middle."""
    ratio = value / limit
    print(json.dumps({
        "name": f"soak.{name}", "value": value, "unit": unit, "limit": limit,
        "ratio": ratio, "goal": f"ratio <= {most:g}", "met": ratio <= most}),
        flush=True)


def figures(roles, looks):
    """Memory of each; what all of them have open, and their threads."""
    *_, middle, end = looks
    for role in roles:
        figure(f"anonymous.{role}", "KiB", end[role, "anonymous"],
               middle[role, "anonymous"], RATIO)
    for name in ("descriptors", "threads"):
        figure(name, "of all", sum(end[role, name] for role in roles),
               sum(middle[role, name] for role in roles), 1)


def soak(service, folder):
    """The hour, in two halves."""
    ports = {name: free_port() for name in ("http", "web", "metrics")}
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", "soak.key", "-out",
            "soak.pem", "-days", "30", "-subj", "/CN=soak", folder=folder)
    os.chmod(folder / "soak.key", 0o600)
    service.options.update({
        "intake.http_listen": f"127.0.0.1:{ports['http']}",
        "intake.http_certificate": folder / "soak.pem",
        "intake.http_key": folder / "soak.key",
        "intake.lmtp_listen": folder / "lmtp",
        "web.listen": f"127.0.0.1:{ports['web']}",
        "metrics.listen": f"127.0.0.1:{ports['metrics']}"})
    service.write_config()
    service.start()
    before = pids(service)
    hour = Hour(service, ports, folder)
    looks, began = [held(service)], time.monotonic()
    for until in (SECONDS, SECONDS * 3 // 2, SECONDS * 2):
        hour.run(until)
        looks.append(held(service))
        print(f"{hour.sent:,} sessions, {hour.done[hour.post]:,} posts, "
              f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if pids(service) != before:
        sys.exit(f"soak: roles have ended: {service.log_text()[-2000:]}")
    print("unused, start, middle, end: anonymous and resident KiB, descriptors, "
          "threads", file=sys.stderr)
    for role in before:
        show(role, looks)
    figures(before, looks)


def main():
    """With a service that leaves nothing."""
    service = Service(**{
        "collect.flush_interval": "1s", "intake.hourly": "0",
        "intake.daily": "0"})
    try:
        soak(service, service.folder)
        if service.stop() != OK:
            sys.exit(f"soak: it ended badly: {service.log_text()[-2000:]}")
    finally:
        service.close()


main()
