"""test_alerts.py -- who is told of findings: a webhook with TLS that fails, is
slow and recovers, a mail server, a program; and a service that is killed just
when it tells."""

import contextlib
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import socketserver
import sqlite3
import ssl
import threading
import unittest
import uuid

from harness import (NOON, OK, TEMPFAIL, USAGE, SystemTest, run_cli,
                     wait_until)
from https_receiver import make_certificates

DAY_NUMBER = 20514  # 2026-03-02
SECRET = b"correct horse battery staple"
HOSTILE = "mx\x1b[2J\r\nBcc: all@victim.example\r\n.\r\n\u202eevil"
LEASE_S = 400  # more than a way is taken for
LONG_S = 90


class Webhook(contextlib.AbstractContextManager):
    """Keeps what is posted, and answers as it is told to."""

    def __init__(self, folder, tls=True):
        self.posts = []
        self.status = 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        # Who does not trust it breaks off.
        self.server.handle_error = lambda *_: None
        self.scheme = "https" if tls else "http"
        if tls:
            self.speak_tls(folder)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def speak_tls(self, folder):
        """With a certificate of a CA of its own."""
        make_certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self):
        """Where to post to; its path is nobody's business."""
        return (f"{self.scheme}://127.0.0.1:"
                f"{self.server.server_address[1]}/hook/t0ken")

    def handler(self):
        """The class of request handlers of this one."""
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One connection."""

            def do_POST(self):  # pylint: disable=invalid-name
                """Keep it, and answer when that may be."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = sink.status
                sink.posts.append((self.path, dict(self.headers), body, status))
                sink.may_answer.wait(LONG_S)
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_):  # pylint: disable=arguments-differ
                """Nobody reads it."""

        return Handler

    def messages(self):
        """What was posted, as JSON."""
        return [json.loads(body) for _, _, body, _ in self.posts]

    def __exit__(self, *_):
        self.may_answer.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class MailServer(contextlib.AbstractContextManager):
    """Takes each mail."""

    def __init__(self):
        self.mails = []  # (sender, recipient, bytes)
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            """One connection."""

            def say(self, line):
                """A reply."""
                self.wfile.write(line.encode() + b"\r\n")

            def data(self):
                """The lines up to the dot, without what was doubled."""
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line[:1] == b"." else line)
                return b"".join(lines)

            def handle(self):
                sender = recipient = None
                self.say("220 mail.example")
                while line := self.rfile.readline().decode():
                    verb = line[:4].upper()
                    if verb == "MAIL":
                        sender = line[len("MAIL FROM:"):].strip().split()[0]
                    elif verb == "RCPT":
                        recipient = line[len("RCPT TO:"):].strip()
                    elif verb == "DATA":
                        self.say("354 go on")
                        sink.mails.append((sender, recipient, self.data()))
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 ok")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Alerts(SystemTest):
    """A service that tells, and findings put into its store."""

    def telling(self, route, **options):
        """A service with that route that has judged for this hour: what the
        test puts into the store stays."""
        service = self.service(**{
            "daemon__roles": "collect, watch", "alert__routes": route,
            "alert__from": "tlsrpt@ours.example", **options})
        return self.begin(service)

    def begin(self, service):
        """Start it, and wait for its first round."""
        before = self.rounds(service)
        service.start()
        wait_until(lambda: self.rounds(service) > before, "it has judged")
        return service

    @staticmethod
    def rounds(service):
        """Changes with each round of alerts, which come after judging."""
        with contextlib.suppress(sqlite3.Error), contextlib.closing(
                sqlite3.connect(f"file:{service.database}?mode=ro",
                                uri=True)) as store:
            row = store.execute("SELECT worker FROM alert_way").fetchone()
            return "" if row is None else row[0]
        return ""

    @staticmethod
    def find(service, subject, severity=2, muted_until=None):
        """Put a finding into the store: its id."""
        name = str(uuid.uuid4())
        with contextlib.closing(
                sqlite3.connect(service.database, timeout=30)) as store:
            with store:
                store.execute(
                    "INSERT INTO finding VALUES (?, 'starttls-gone',"
                    " 'bank.example', ?, ?, ?, 1, 3, ?, ?, ?, NULL, ?, '',"
                    " '[]')",
                    (name, subject, 1 if muted_until is None else 3, severity,
                     DAY_NUMBER, DAY_NUMBER, NOON, muted_until))
        return name

    def by_webhook(self, tls=True, **options):
        """A webhook, and a service that tells it."""
        folder = self.folder()
        hook = self.enterContext(Webhook(folder, tls))
        if tls:
            options["alert__ca_file"] = folder / "ca.pem"
        secret = self.folder() / "secret"
        secret.write_bytes(SECRET + b"\n")
        secret.chmod(0o600)
        service = self.telling(f"warning={hook.url}", **{
            "alert__secret_file": secret,
            "alert__allow_networks": "127.0.0.0/8", "alert__timeout": "30s",
            **options})
        return hook, service

    def assert_signed(self, post):
        """By the secret, over the time and the body."""
        _, headers, body, _ = post
        told, mac = headers["Tlsrpt-Signature"].split(",")
        text = told.removeprefix("t=").encode() + b"." + body
        self.assertEqual(
            "v1=" + hmac.new(SECRET, text, hashlib.sha256).hexdigest(), mac)

    # -- webhooks --

    def test_a_webhook_fails_is_slow_and_recovers(self):
        hook, service = self.by_webhook(alert__timeout="5s")
        hook.status = 503
        first = self.find(service, HOSTILE)
        wait_until(lambda: hook.posts, "it was posted", LONG_S)
        service.wait_logged("alerts could not be told", "HTTP status 503")
        # The same cannot have been taken: what comes now goes with it.
        second = self.find(service, "mx2.bank.example", severity=3)
        hook.status = 200
        hook.may_answer.clear()
        wait_until(lambda: len(hook.posts) > 1, "it was tried again", LONG_S)
        wait_until(lambda: len(service.log_lines("could not be told")) > 1,
                   "it took too long", LONG_S)
        hook.may_answer.set()
        service.wait_logged("alerts were told")
        wait_until(lambda: service.cli_json("alert", "ways")[0]["failures"]
                   == 0, "that is noted")
        one, slow, again = hook.messages()
        self.assertEqual([first], [a["finding-id"] for a in one["alerts"]])
        self.assertEqual([second, first],
                         [a["finding-id"] for a in slow["alerts"]])
        self.assertEqual(HOSTILE, slow["alerts"][1]["subject"])
        self.assertEqual(slow, again)
        self.assertNotEqual(one["id"], slow["id"])
        for post in hook.posts:
            self.assert_signed(post)
            self.assertEqual("/hook/t0ken", post[0])
        self.assertNotIn("t0ken", service.log_text())
        for what in ("ways", "list"):
            shown = hook.url.replace("hook/t0ken", "...")
            _, out, _ = service.cli("alert", what)
            self.assertNotIn("t0ken", out)
            self.assertIn(shown, out)
            self.assertEqual({shown}, {x["way"] for x in
                                       service.cli_json("alert", what)})
        listed = service.cli_json("alert", "list")
        self.assertEqual([("sent", "opened")] * 2,
                         [(a["state"], a["event"]) for a in listed])

    def test_killed_between_telling_and_noting(self):
        hook, service = self.by_webhook()
        hook.may_answer.clear()
        self.find(service, "mx.bank.example")
        wait_until(lambda: hook.posts, "it was posted", LONG_S)
        service.kill()
        hook.may_answer.set()
        service.set_clock(NOON + LEASE_S)
        service.start()
        wait_until(lambda: len(hook.posts) > 1, "it is told again", LONG_S)
        service.wait_logged("alerts were told")
        self.assertEqual(*hook.messages())
        # Nothing more is to be told of it.
        worker = self.rounds(service)
        wait_until(lambda: self.rounds(service) != worker, "another round")
        self.assertEqual(2, len(hook.posts))

    def test_a_private_address_is_refused(self):
        hook, service = self.by_webhook(alert__allow_networks="10.0.0.0/8")
        code, out, _ = service.cli("alert", "test", hook.url)
        self.assertEqual(TEMPFAIL, code)
        self.assertIn("not told: 127.0.0.1 is refused", out)
        self.assertEqual([], hook.posts)

    def test_a_test_by_hand(self):
        hook, service = self.by_webhook()
        self.assertEqual((OK, "told: HTTP status 200\n"),
                         service.cli("alert", "test", hook.url)[:2])
        message, = hook.messages()
        self.assertEqual(["test"], [a["event"] for a in message["alerts"]])
        self.assert_signed(hook.posts[0])
        hook.status = 404
        code, out, _ = service.cli("--json", "alert", "test", hook.url)
        self.assertEqual(TEMPFAIL, code)
        self.assertEqual({"way": hook.url, "told": False,
                          "answer": "HTTP status 404"}, json.loads(out))
        self.assert_fails(USAGE, service.cli("alert", "test", "log"),
                          '"log" is no way of alert.routes')

    def test_in_the_clear_if_it_is_allowed(self):
        hook, service = self.by_webhook(tls=False, alert__allow_http="yes")
        self.assertEqual(OK, service.cli("alert", "test", hook.url)[0])
        self.assert_signed(hook.posts[0])

    def test_a_certificate_of_nobody_known(self):
        hook, service = self.by_webhook()
        service.options["alert.ca_file"] = ""
        service.write_config()
        code, out, _ = service.cli("alert", "test", hook.url)
        self.assertEqual(TEMPFAIL, code)
        self.assertIn("not told: ", out)
        self.assertEqual([], hook.posts)

    # -- mail --

    def test_one_mail_of_many_findings(self):
        box = self.enterContext(MailServer())
        service = self.telling(
            "warning=mailto:ops@ours.example", deliver__mail_by="smtp",
            deliver__smtp_host="127.0.0.1", deliver__smtp_port=box.port,
            deliver__smtp_tls="none")
        self.put_together(service, HOSTILE, "mx2.bank.example", "x" * 3000)
        self.find(service, "only information", severity=1)
        wait_until(lambda: box.mails, "a mail came", LONG_S)
        (sender, recipient, whole), = box.mails
        self.assertEqual("<tlsrpt@ours.example>", sender)
        self.assertEqual("<ops@ours.example>", recipient)
        mail = email.message_from_bytes(whole, policy=email.policy.SMTP)
        self.assertEqual("[tlsrpt] 3 alerts, 3 warning", mail["Subject"])
        self.assertIsNone(mail["Bcc"])
        self.assertEqual([], mail.defects)
        text = mail.get_content()
        self.assertIn("subject: mx\\x1b[2J\\r\\nBcc: all@victim.example"
                      "\\r\\n.\\r\\n\\xe2\\x80\\xaeevil", text)
        self.assertIn("x" * 3000, text)
        self.assertNotIn("information", text)
        self.assertLessEqual(max(map(len, whole.split(b"\r\n"))), 78)
        wait_until(lambda: all(a["state"] == "sent" for a in
                               service.cli_json("alert", "list")), "noted")
        _, out, _ = service.cli("alert", "list")
        self.assertNotIn("\x1b", out)
        self.assertNotIn("\u202e", out)

    @staticmethod
    def put_together(service, *subjects):
        """Findings that are there at one moment."""
        with contextlib.closing(
                sqlite3.connect(service.database, timeout=30)) as store:
            with store:
                store.executemany(
                    "INSERT INTO finding VALUES (?, 'starttls-gone',"
                    " 'bank.example', ?, 1, 2, 1, 3, ?, ?, ?, NULL, NULL, '',"
                    " '[]')",
                    [(str(uuid.uuid4()), subject, DAY_NUMBER, DAY_NUMBER, NOON)
                     for subject in subjects])

    # -- a program, the log --

    def test_a_program_gets_json_and_no_environment(self):
        folder = self.folder()
        program = folder / "page"
        program.write_text(f"#!/bin/sh\ncat >>{folder}/told\n"
                           f"env >{folder}/env\necho \"$@\" >{folder}/args\n")
        program.chmod(0o755)
        service = self.telling("critical=command",
                               alert__command=f"{program} --loud $HOME;x")
        self.find(service, "mx1", severity=2)
        self.find(service, HOSTILE, severity=3)
        wait_until((folder / "args").exists, "it was run", LONG_S)
        service.wait_logged("alerts were told")
        message = json.loads((folder / "told").read_text())
        self.assertEqual([HOSTILE], [a["subject"] for a in message["alerts"]])
        self.assertEqual("--loud $HOME;x\n", (folder / "args").read_text())
        self.assertNotIn("NOTIFY", (folder / "env").read_text())
        self.assertNotIn("HOME=", (folder / "env").read_text())

    def test_a_mute_that_is_over(self):
        service = self.telling("info=log")
        until = NOON + 3600
        muted = self.find(service, "muted", muted_until=until)
        shown = self.find(service, HOSTILE)
        service.wait_logged('what="alert"', f'finding="{shown}"')
        line, = service.log_lines('what="alert"')
        self.assertIn('level=warning', line.replace('"', ""))
        self.assertNotIn("\x1b", line)
        with contextlib.closing(
                sqlite3.connect(service.database, timeout=30)) as store:
            with store:
                store.execute("UPDATE finding SET muted_until = ? "
                              "WHERE finding_id = ?", (NOON, muted))
        service.wait_logged('what="alert"', f'finding="{muted}"')
        self.assertEqual(2, len(service.log_lines('what="alert"')))

    def test_an_acknowledged_one_is_dropped(self):
        """While nobody could be told."""
        service = self.telling("info=command", alert__command="/bin/false")
        name = self.find(service, "mx1")
        service.wait_logged("alerts could not be told", "exit status 1")
        self.assertEqual(OK, service.cli("finding", "acknowledge", name)[0])
        wait_until(lambda: [a["state"] for a in
                            service.cli_json("alert", "list")] == ["dropped"],
                   "it is dropped", LONG_S)

    # -- configuration --

    def test_faults_of_routes_are_told(self):
        config = self.folder() / "tlsrptd.conf"
        for routes, said in (
                ("grave=log", '"grave" is no severity'),
                ("info=mailto:me", '"me" is not a mail address'),
                ("info=https://a.example/", "alert.secret_file"),
                ("info=command", "command needs alert.command"),
                ("info=http://a.example/", "alert.allow_http"),
                ("info=mailto:a@b.example", "alert.from"),
                ("log", "is not written SEVERITY=WAY"),
                ("info=https://u:t0ken@a.example/t0ken", "has a user"),
                ("info=htps://a.example/t0ken", '"htps://a.example/..."')):
            config.write_text("[daemon]\nroles = watch\n"
                              f"[alert]\nroutes = {routes}\n")
            answer = run_cli("-c", config, "alert", "list")
            self.assert_fails(78, answer, f"{config}:4: alert.routes: ", said)
            self.assertNotIn("t0ken", str(answer))


if __name__ == "__main__":
    unittest.main()
