"""test_receive.py -- reports of others come in over sockets: what was
acknowledged is in the inbox, whatever is killed."""

import contextlib
import gzip
import json
import os
import shutil
import signal
import smtplib
import socket
import ssl
import sys
import threading
import unittest
import urllib.error
import urllib.request

from endpoint import Client, post
from harness import NOON, OK, SystemTest, failure, session, wait_until
from https_receiver import Receiver
from ports import free_port
from test_endpoint import make_certificate, trusting
from test_inbox import EXAMPLE, OURS, mail

# LISTEN_FDNAMES, the descriptors, and what is run with them from the third on.
HAND_OVER = """\
import os, sys
fds = [os.dup(int(fd)) for fd in sys.argv[2:5]]
for i, fd in enumerate(fds):
    os.dup2(fd, 40 + i)
for i in range(len(fds)):
    os.dup2(40 + i, 3 + i, inheritable=True)
os.environ.update(LISTEN_FDS="3", LISTEN_FDNAMES=sys.argv[1],
                  LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[5], sys.argv[5:])
"""
ROLES = "collect, report, deliver, intake"


class Receiving(SystemTest):
    """A service that takes mails from the mail server of its machine."""

    def receiving(self, **options):
        self.port = free_port()
        wanted = {"daemon__roles": ROLES,
                  "intake__http_listen": f"127.0.0.1:{self.port}"}
        wanted.update(options)
        service = self.service(**wanted)
        service.options["intake.lmtp_listen"] = str(service.folder / "lmtp")
        service.write_config()
        service.start()
        wait_until((service.folder / "lmtp").exists, "role intake listens")
        self.assertEqual((OK, "", ""), service.cli("domain", "add", OURS))
        return service

    def give(self, service, report, recipient=f"tls@{OURS}"):
        """Over LMTP: what the server says to it."""
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            return lmtp.sendmail("", [recipient],
                                 mail(json.dumps(report).encode()))

    def post(self, body, path="/tlsrpt", **fields):
        """Over HTTP: status and answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {
                "Content-Type": "application/tlsrpt+gzip", **fields})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()

    def inbox(self, service, n):
        """Once there are n."""
        def found():
            rows = service.cli_json("inbox", "list")
            return rows if len(rows) >= n else None
        rows = wait_until(found, f"{n} reports are in the inbox")
        self.assertEqual(n, len(rows))
        return rows


class Receive(Receiving):
    """Reports that arrive."""

    def test_a_mail_is_in_the_inbox(self):
        service = self.receiving()
        self.give(service, EXAMPLE, f"tls+token@{OURS}")
        row, = self.inbox(service, 1)
        self.assertEqual(
            ("lmtp", "token", "untrusted", "company-x.example", 5326, 303),
            tuple(row[k] for k in (
                "way", "route", "state", "submitter",
                "total-successful-session-count",
                "total-failure-session-count")))

    def test_a_post_is_in_the_inbox(self):
        service = self.receiving()
        status, answer = self.post(
            gzip.compress(json.dumps(EXAMPLE).encode()), "/tlsrpt/token")
        row, = self.inbox(service, 1)
        self.assertEqual((201, row["intake-id"]), (status, answer["intake"]))
        self.assertEqual(
            ("https", "token", "counted", "unauthenticated", 5326, 303),
            tuple(row[k] for k in (
                "way", "route", "state", "verdict", "total-successful-session-count",
                "total-failure-session-count")))
        self.assertEqual(400, self.post(b"")[0])
        self.assertEqual(404, self.post(b"x", "/other")[0])

    def test_a_domain_that_is_not_told_is_that_of_the_token(self):
        service = self.receiving()
        for domain, token in ((OURS, "one"), ("b.example", "two"),
                              ("c.example", "two")):
            self.assertEqual((OK, "", ""), service.cli(
                "domain", "add", "--token", token, domain))
        for n, path in enumerate(("/tlsrpt/one", "/tlsrpt/two", "/tlsrpt/x",
                                  "/tlsrpt")):
            report = json.loads(json.dumps({**EXAMPLE, "report-id": path}))
            del report["policies"][0]["policy"]["policy-domain"]
            self.assertEqual(201, self.post(json.dumps(report).encode(),
                                            path)[0])
            self.inbox(service, n + 1)
        rows = {r["report-id"]: r for r in self.inbox(service, 4)}
        self.assertEqual(
            {"/tlsrpt/one": "counted", "/tlsrpt/two": "foreign",
             "/tlsrpt/x": "foreign", "/tlsrpt": "foreign"},
            {k: r["state"] for k, r in rows.items()})
        self.assertIn("DOMAIN_OF_TOKEN", rows["/tlsrpt/one"]["deviations"])
        self.assertEqual(OURS,
                         rows["/tlsrpt/one"]["policies"][0]["owned-domain"])

    def test_a_mail_does_not_take_the_place_of_a_post(self):
        service = self.receiving()
        self.post(json.dumps(EXAMPLE).encode())
        self.inbox(service, 1)
        other = json.loads(json.dumps(EXAMPLE))
        other["policies"][0]["summary"]["total-failure-session-count"] = 0
        self.give(service, other)
        self.assertEqual(
            {"https": "counted", "lmtp": "contradicted"},
            {r["way"]: r["state"] for r in self.inbox(service, 2)})

    def test_our_own_reports_arrive(self):
        """One instance posts to another by way of nginx, which has the
        certificate: every number is the same there."""
        receiver = self.receiving()
        front = Receiver(proxy=self.port)
        self.addCleanup(front.close)
        sender = self.service(
            deliver__mode="on", deliver__any_port="yes",
            deliver__allow_networks="127.0.0.0/8",
            deliver__ca_file=str(front.ca),
            deliver__delay_min="0s", deliver__delay_max="0s").start()
        record = f"v=TLSRPTv1; rua={front.url('/tlsrpt')}"
        failed = json.loads(failure(OURS))
        failed["pr"] = record
        sender.send(*([session(OURS, pr=record)] * 7),
                    *([json.dumps(failed).encode()] * 3))
        sender.wait_received(10)
        sender.close_day()
        row, = self.inbox(receiver, 1)
        report, = sender.reports()
        self.assertEqual(report.value["report-id"], row["report-id"])
        policies = report.value["policies"]
        self.assertEqual(
            tuple(sum(p["summary"][f"total-{k}-session-count"]
                      for p in policies) for k in ("successful", "failure")),
            tuple(row[f"total-{k}-session-count"]
                  for k in ("successful", "failure")))
        self.assertEqual((7, 3), (row["total-successful-session-count"],
                                  row["total-failure-session-count"]))
        # There it is noon still.
        self.assertEqual(["END_IN_FUTURE"], row["deviations"])

    def test_what_was_acknowledged_survives_a_kill(self):
        service = self.receiving()
        n = 0
        for _ in range(3):
            with service.locked_store():
                for _ in range(20):
                    report = dict(EXAMPLE, **{"report-id": f"r-{n}"})
                    self.give(service, report)
                    n += 1
                service.kill()
            (service.folder / "lmtp").unlink()
            service.set_clock(NOON)
            service.start()
            wait_until((service.folder / "lmtp").exists, "it listens again")
        ids = [r["report-id"] for r in self.inbox(service, n)]
        self.assertEqual(sorted(f"r-{i}" for i in range(n)), sorted(ids))

    def test_a_certificate_is_replaced_and_no_connection_is_closed(self):
        files = self.folder()
        for name in ("one", "two"):
            make_certificate(files, f"{name}.example")

        def install(pem, key):
            shutil.copy(files / pem, files / "the.pem")
            shutil.copy(files / key, files / "the.key")
        install("one.example.pem", "one.example.key")
        service = self.receiving(
            intake__http_certificate=str(files / "the.pem"),
            intake__http_key=str(files / "the.key"), intake__hourly="0")
        self.wait_listening()
        pid = service.role_pid("intake")

        def shown():
            for name in ("one.example", "two.example"):
                with contextlib.suppress(ssl.SSLCertVerificationError):
                    with Client(self.port, trusting(files, name)) as client:
                        client.send(post(os.urandom(20)))
                        return name, client.status()
            return None
        self.assertEqual(("one.example", 201), shown())
        over, seen = threading.Event(), []

        def keep_posting():
            with Client(self.port, trusting(files, "one.example")) as client:
                while not over.is_set():
                    client.send(post(os.urandom(20)))
                    seen.append(client.status())
        posters = [threading.Thread(target=keep_posting) for _ in range(4)]
        for poster in posters:
            poster.start()
        try:
            wait_until(lambda: len(seen) > 20, "they post")
            install("two.example.pem", "one.example.key")
            service.signal(signal.SIGHUP)
            service.wait_logged("certificate not taken, the old one stays",
                                "the key is not that of the first")
            self.assertEqual(("one.example", 201), shown())
            for name in ("two.example", "one.example") * 3:
                install(f"{name}.pem", f"{name}.key")
                service.signal(signal.SIGHUP)
                wait_until(lambda n=name: shown() == (n, 201), "it is shown")
            before = len(seen)
            wait_until(lambda: len(seen) > before + 20, "they go on")
        finally:
            over.set()
            for poster in posters:
                poster.join(30)
        self.assertEqual({201}, set(seen))
        self.assertEqual(pid, service.role_pid("intake"))

    def test_the_same_post_again_is_known_over_a_restart(self):
        """By the spool, and where that is gone by the store."""
        service = self.receiving()
        body = json.dumps(EXAMPLE).encode()
        answers = [self.post(body), self.post(body, "/tlsrpt/token")]
        with service.locked_store():
            other = self.post(body + b" ")
            service.kill()
            (service.folder / "lmtp").unlink()
            service.launch_to_receive()
            self.wait_listening()
            self.assertEqual((200, other[1]), self.post(body + b" "))
        answers.append(self.post(body))
        self.assertEqual([201, 200, 200], [a[0] for a in answers])
        self.inbox(service, 2)
        self.assertEqual(0, service.stop())
        shutil.rmtree(service.data_dir / "spool")
        known = len(service.log_lines("posts of before are known"))
        service.start()
        self.wait_listening()
        wait_until(lambda: len(service.log_lines(
            "posts of before are known")) > known, "the store was asked")
        answers.append(self.post(body))
        self.assertEqual((200, answers[0][1]), answers[-1])
        self.assertEqual(1, len({a[1]["intake"] for a in answers}))
        self.inbox(service, 2)
        wait_until(lambda: service.cli_json("status")["counters"].get(
            "posted-again") >= 3, "they are counted")

    def wait_listening(self):
        """Until somebody listens for HTTP."""
        def listens():
            with contextlib.suppress(ConnectionError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            return False
        wait_until(listens, "it listens")

    def test_sockets_that_are_handed_over_by_name(self):
        """As systemd does it. They are whose they were: who connects while
        there is no service waits for the next."""
        folder = self.folder()
        with socket.create_server(("127.0.0.1", 0)) as http, \
                socket.socket(socket.AF_UNIX) as lmtp, \
                socket.socket(socket.AF_UNIX) as other:
            self.port = http.getsockname()[1]
            for name, one in (("lmtp", lmtp), ("other", other)):
                one.bind(str(folder / name))
                one.listen()
            service = self.service(
                daemon__roles=ROLES, intake__http_listen="127.0.0.1:1",
                intake__lmtp_listen=str(folder / "not-bound"))
            plain = service.command()
            service.command = lambda: [
                sys.executable, "-ISc", HAND_OVER, "other:lmtp:http",
                *(str(s.fileno()) for s in (other, lmtp, http)), *plain]
            service.pass_fds = [s.fileno() for s in (other, lmtp, http)]
            for n in range(1, 3):
                service.start()
                self.assertEqual(201, self.post(b"{}" + b" " * n)[0])
                with smtplib.LMTP(str(folder / "lmtp")) as client:
                    client.sendmail("", [f"tls@{OURS}"], b"no report\r\n")
                self.inbox(service, 2 * n)
                self.assertEqual(0, service.stop())
                socket.create_connection(("127.0.0.1", self.port), 5).close()
            self.assertFalse((folder / "not-bound").exists())

    def test_a_socket_file_that_is_removed_is_made_anew(self):
        service = self.receiving()
        path = service.folder / "lmtp"
        path.unlink()
        service.wait_logged("socket file was removed or replaced", str(path))
        wait_until(path.exists, "it is there again")
        self.give(service, EXAMPLE)
        self.inbox(service, 1)

    def test_a_port_that_is_taken_holds_up_nobody_else(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port = taken.getsockname()[1]
            service = self.service(
                daemon__roles=ROLES,
                intake__http_listen=f"127.0.0.1:{self.port}")
            service.launch_to_receive()
            service.wait_logged("role not started", "intake",
                                f"127.0.0.1:{self.port}")
            service.wait_logged('what="collecting"')
            service.send(session(OURS))
            service.wait_received(1)
        def is_taken():
            with contextlib.suppress(OSError):
                return self.post(b"{}")[0] == 201
            return False
        wait_until(is_taken, "it listens")

    def test_what_is_no_report_is_taken_and_kept(self):
        service = self.receiving()
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            lmtp.sendmail("x@y.example", [f"tls@{OURS}"],
                          b"Subject: hello\r\n\r\nno report\r\n")
        row, = self.inbox(service, 1)
        self.assertEqual(("unreadable", "lmtp"), (row["state"], row["way"]))


if __name__ == "__main__":
    unittest.main()
