"""test_lmtp.py -- the LMTP server takes mails from a real Postfix and from
clients of all manners, says 250 for nothing that it has not got for good, and
loses nothing that it said 250 for."""

import contextlib
import os
import pathlib
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from harness import (OK, PATIENCE_S, SystemTest, become_subreaper, wait_until)
from mail_hosts import POSTQUEUE, Postfix

LMTP_FILES = os.environ.get("LMTP_FILES", "lmtp_files")
MIB = 1 << 20
SENDER = "s@b.example"
ENVELOPE = (b"MAIL FROM:<s@x.example>\r\n"
            b"RCPT TO:<tls@a.example>\r\nDATA\r\n")
MESSAGE = b"""\
From: <tls-reports@sender.example>
Subject: A report
Date: Mon, 02 Mar 2026 12:00:00 +0000
Message-ID: <1@sender.example>

.
A line of 8 bits: \xc3\xbc\xff

..dot
From the start \x20
""".replace(b"\n", b"\r\n")


def with_dots(body):
    """As it is sent: dots before dots."""
    return (b"\n" + body).replace(b"\n.", b"\n..")[1:]


class Mail:
    """What the sink was given."""

    def __init__(self, path):
        self.id = path.stem
        self.body = path.read_bytes()
        facts = path.with_suffix(".facts").read_bytes().decode()
        self.peer, self.route, self.sender, recipients = facts.split("\n", 3)
        self.recipients = recipients.splitlines()


class Client:
    """Bytes to the server and replies from it."""

    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) \
            else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(address)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        """All of it."""
        self.socket.sendall(data)

    def reply(self):
        """The next one's last line; empty: there is no more."""
        while True:
            try:
                line = self.file.readline()
            except ConnectionResetError:
                return ""
            if line[3:4] != b"-":
                return line.decode().rstrip("\r\n")

    def replies(self, n):
        """The codes of the next n."""
        return [self.reply()[:3] for _ in range(n)]

    def ask(self, data):
        """Send, and the next reply."""
        self.send(data)
        return self.reply()

    def greet(self):
        """Until commands are taken."""
        assert self.replies(1) == ["220"]
        assert self.ask(b"LHLO client.example\r\n")[:3] == "250"
        return self

    def begin(self):
        """Until the message is."""
        self.send(ENVELOPE)
        assert self.replies(3) == ["250", "250", "354"]
        return self

    def deliver(self, body):
        """A message: the answer to it."""
        self.begin()
        return self.ask(body + b".\r\n")

    def close(self):
        """Without a word."""
        self.file.close()
        self.socket.close()


class Server:
    """lmtp_files in a folder of its own."""

    def __init__(self, max_bytes=MIB, memory=64 * MIB, sessions=128,
                 idle_ms=30000, session_ms=60000):
        become_subreaper()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.folder.chmod(0o755)  # Postfix has a user of its own
        self.path = str(self.folder / "socket")
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [LMTP_FILES, str(self.folder)] + [str(n) for n in (
                    max_bytes, memory, sessions, idle_ms, session_ms)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        self.port = int(self.process.stdout.readline())
        self.clients = []

    def client(self, unix=True):
        """Connected."""
        client = Client(self.path if unix else ("127.0.0.1", self.port))
        self.clients.append(client)
        return client

    def mails(self):
        """What has come so far."""
        return [Mail(p) for p in sorted(self.folder.glob("*.mail"))]

    def wait_mails(self, n):
        """Until so many have come, and no more."""
        wait_until(lambda: len(self.mails()) >= n, f"{n} mails")
        mails = self.mails()
        assert len(mails) == n, mails
        return mails

    @contextlib.contextmanager
    def sink(self, what):
        """The sink does so meanwhile."""
        path = self.folder / what
        path.touch()
        try:
            yield
        finally:
            path.unlink()

    def terminate(self):
        """Ask it to end."""
        self.process.send_signal(signal.SIGTERM)

    def close(self):
        """End it: its exit code."""
        for client in self.clients:
            client.close()
        if self.process.poll() is None:
            self.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            text = self.log.read_text(errors="replace")
            shutil.rmtree(self.folder)
            assert "Sanitizer" not in text, text


class LmtpTest(SystemTest):
    """Servers that end well."""

    def server(self, **options):
        """One for this test."""
        server = Server(**options)
        self.addCleanup(lambda: self.assertEqual(OK, server.close()))
        return server

    def assert_taken(self, server, reply):
        """250, and the mail of that id is there."""
        self.assertEqual("250 2.0.0 ", reply[:10])
        self.assertTrue((server.folder / f"{reply[10:]}.mail").exists())


class Postfixes(LmtpTest):
    """A real client."""

    def postfix(self, route):
        """One that sends all there."""
        postfix = Postfix(route)
        self.addCleanup(postfix.close)
        return postfix

    def submit(self, postfix, *recipients, message=MESSAGE):
        """By SMTP."""
        with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as smtp:
            smtp.sendmail(SENDER, recipients, message)

    def flush(self, postfix):
        """Have it try again what it has. It does so by itself, but passes over
        a mail that it looks at while the last attempt is ending."""
        subprocess.run([POSTQUEUE, "-c", str(postfix.folder), "-f"],
                       check=True)

    def test_by_unix_socket(self):
        server = self.server()
        postfix = self.postfix(f"lmtp:unix:{server.path}")
        self.submit(postfix, "tls+t1@a.example")
        mail, = server.wait_mails(1)
        self.assertTrue(mail.body.endswith(MESSAGE), mail.body)
        self.assertRegex(mail.peer, r"^uid \d+$")
        self.assertEqual(("t1", SENDER, ["tls+t1@a.example"]),
                         (mail.route, mail.sender, mail.recipients))
        postfix.wait_logged(f"status=sent (250 2.0.0 {mail.id})")

    def test_by_port_with_mixed_outcome(self):
        server = self.server()
        postfix = self.postfix(f"lmtp:inet:[127.0.0.1]:{server.port}")
        self.submit(postfix, "tls@a.example", "x@c.example",
                    "tls+t2@b.example", "y+t3@a.example")
        # The others' and, to the sender, that one could not be delivered.
        first, bounce = sorted(server.wait_mails(2),
                               key=lambda m: -len(m.sender))
        self.assertTrue(first.body.endswith(MESSAGE))
        self.assertEqual(
            ["tls+t2@b.example", "tls@a.example", "y+t3@a.example"],
            sorted(first.recipients))
        routes = [r.partition("@")[0].partition("+")[2]
                  for r in first.recipients]
        self.assertEqual([r for r in routes if r][0], first.route)
        self.assertRegex(first.peer, r"^127\.0\.0\.1:\d+$")
        self.assertEqual(("", [SENDER]), (bounce.sender, bounce.recipients))
        self.assertIn(b"x@c.example", bounce.body)
        log = postfix.log_text()
        self.assertEqual(3, log.count(f"status=sent (250 2.0.0 {first.id})"))
        self.assertEqual(1, log.count("dsn=5.1.1, "))

    def test_what_is_put_off_comes_later(self):
        server = self.server()
        postfix = self.postfix(f"lmtp:unix:{server.path}")
        with server.sink("full"):
            self.submit(postfix, "tls@a.example")
            postfix.wait_logged("dsn=4.3.1, status=deferred")
        wait_until(lambda: self.flush(postfix) or server.mails(), "a mail")
        mail, = server.wait_mails(1)
        self.assertTrue(mail.body.endswith(MESSAGE))

    def test_many(self):
        server = self.server()
        postfix = self.postfix(f"lmtp:unix:{server.path}")
        for i in range(40):
            self.submit(postfix, f"tls+{i}@a.example")
        mails = server.wait_mails(40)
        self.assertEqual({str(i) for i in range(40)},
                         {m.route for m in mails})


class Dialogues(LmtpTest):
    """Clients that are tests."""

    def test_python(self):
        server = self.server()
        for lmtp in (smtplib.LMTP(server.path),
                     smtplib.LMTP("127.0.0.1", server.port)):
            with lmtp:
                lmtp.sendmail(SENDER, ["tls@a.example"], MESSAGE,
                              ["BODY=8BITMIME"])
                with self.assertRaises(smtplib.SMTPRecipientsRefused):
                    lmtp.sendmail(SENDER, ["tls@c.example"], MESSAGE)
                with self.assertRaises(smtplib.SMTPSenderRefused) as caught:
                    lmtp.sendmail(SENDER, ["tls@a.example"], b"x" * (MIB + 1))
                self.assertEqual(552, caught.exception.smtp_code)
        first, second = server.wait_mails(2)
        self.assertEqual((MESSAGE, MESSAGE), (first.body, second.body))

    def test_pipelined_messages_in_one_write(self):
        server = self.server()
        client = server.client()
        client.send(b"LHLO x\r\n" + ENVELOPE + b"one\r\n.\r\n" +
                    b"MAIL FROM:<>\r\nRCPT TO:<a@a.example>\r\n"
                    b"RCPT TO:<x@c.example>\r\nRCPT TO:<b@b.example>\r\n"
                    b"DATA\r\ntwo\r\n.\r\n" + ENVELOPE +
                    b"three\r\n.\r\nQUIT\r\n")
        self.assertEqual(
            "220 250 250 250 354 250 250 250 550 250 354 250 250 "
            "250 250 354 250 221".split(), client.replies(18))
        self.assertEqual("", client.reply())
        one, two, three = server.wait_mails(3)
        self.assertEqual([b"one\r\n", b"two\r\n", b"three\r\n"],
                         [one.body, two.body, three.body])
        self.assertEqual(["a@a.example", "b@b.example"], two.recipients)

    def test_byte_by_byte(self):
        server = self.server()
        client = server.client(unix=False)
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"LHLO x\r\n" + ENVELOPE + b"..one\r\n.\r\nQUIT\r\n":
            client.send(bytes([byte]))
        self.assertEqual("220 250 250 250 354 250 221".split(),
                         client.replies(7))
        mail, = server.wait_mails(1)
        self.assertEqual(b".one\r\n", mail.body)

    def test_smuggling(self):
        server = self.server()
        inner = b"MAIL FROM:<evil@x.example>" + b"%s" + \
            b"RCPT TO:<tls@a.example>" + b"%s" + b"DATA" + b"%s" + b"evil"
        wanted = []
        for end in (b"\n", b"\r", b"\r\n"):
            for before in (b"\n", b"\r", b"x\r\r"):
                body = b"a" + before + b"." + end + \
                    inner.replace(b"%s", end) + b"\r\n"
                self.assert_taken(
                    server, server.client().greet().deliver(body))
                wanted.append(body)
        self.assertEqual(sorted(wanted),
                         sorted(m.body for m in server.mails()))

    def test_bounces_are_taken(self):
        server = self.server()
        about = "bounce+01890a5d-ac96-774b-bcce-b302099a8057-2@sender.example"
        with smtplib.LMTP(server.path) as lmtp:
            lmtp.sendmail("", [about], MESSAGE)
        mail, = server.wait_mails(1)
        self.assertEqual(("", "", [about]),
                         (mail.route, mail.sender, mail.recipients))

    def test_bytes_of_all_kinds(self):
        server = self.server()
        body = bytes(b for b in range(256)) * 400 + b"\r\n"
        reply = server.client().greet().deliver(body)
        self.assert_taken(server, reply)
        self.assertEqual(body, server.mails()[0].body)


class Limits(LmtpTest):
    """What there is an end of."""

    def test_a_large_message(self):
        server = self.server(max_bytes=10 * MIB)
        line = b".A line that begins with a dot, and has 64 bytes...\r\n"
        body = line * (10 * MIB // len(line))
        client = server.client(unix=False).greet()
        self.assert_taken(server, client.deliver(with_dots(body)))
        self.assertEqual(body, server.mails()[0].body)
        self.assertEqual("552 5.3.4", client.deliver(with_dots(body * 2))[:9])
        self.assert_taken(server, client.deliver(b"small\r\n"))
        server.wait_mails(2)

    def test_memory_over_all_sessions(self):
        # Two messages fit, as buffers may be twice as large as what they hold.
        server = self.server(max_bytes=MIB, memory=4 * MIB + 65536)
        half = b"x" * (MIB - 65536) + b"\r\n"
        clients = [server.client().greet().begin() for _ in range(4)]
        for client in clients:
            client.send(half)
        replies = [c.ask(b".\r\n")[:9] for c in clients]
        self.assertEqual(["250 2.0.0"] * 2 + ["452 4.3.1"] * 2,
                         sorted(replies))
        for client in clients:
            self.assert_taken(server, client.deliver(half))

    def test_slow_peers_hold_up_nobody(self):
        server = self.server(idle_ms=5000)
        slow = [server.client(unix=bool(i % 2)) for i in range(60)]
        for i, client in enumerate(slow):
            client.greet()
            if i % 3 == 0:
                client.begin()
            client.send(b"NOO" if i % 3 else b"half a line")
        client = server.client().greet()
        self.assert_taken(server, client.deliver(with_dots(MESSAGE)))
        # All of them were there meanwhile.
        slow[0].socket.setblocking(False)
        with self.assertRaises(BlockingIOError):
            slow[0].socket.recv(1)
        slow[0].socket.settimeout(PATIENCE_S)
        for client in slow:
            self.assertEqual("421 4.4.2", client.reply()[:9])
            self.assertEqual("", client.reply())
        self.assertEqual(1, len(server.mails()))

    def test_a_session_has_an_end(self):
        server = self.server(idle_ms=60000, session_ms=1500)
        client = server.client().greet().begin()
        begin = time.monotonic()
        client.socket.settimeout(0.05)
        text = b""
        with contextlib.suppress(OSError):
            while not text:
                client.send(b"x")
                with contextlib.suppress(TimeoutError):
                    text = client.socket.recv(100)
        self.assertEqual(b"421 4.4.2", text[:9])
        self.assertLess(time.monotonic() - begin, PATIENCE_S)

    def test_who_does_not_read_is_not_listened_to(self):
        server = self.server(idle_ms=1000)
        client = server.client()
        client.socket.settimeout(PATIENCE_S)
        with self.assertRaises(OSError):
            while True:
                client.send(b"NOOP\r\n" * 10000)

    def test_connections(self):
        server = self.server(sessions=100)
        clients = [server.client(unix=bool(i % 2)).greet()
                   for i in range(100)]
        for unix in (True, False):
            late = server.client(unix)
            self.assertEqual("421 4.3.2", late.reply()[:9])
            self.assertEqual("", late.reply())
        for client in clients:
            client.send(ENVELOPE)
        for client in clients:
            self.assertEqual(["250", "250", "354"], client.replies(3))
            client.send(with_dots(MESSAGE) + b".\r\n")
        for client in clients:
            self.assert_taken(server, client.reply())
        self.assertEqual("221", clients[0].ask(b"QUIT\r\n")[:3])
        self.assertEqual("", clients[0].reply())
        self.assert_taken(server, server.client().greet().deliver(b"x\r\n"))
        server.wait_mails(101)


class Sinks(LmtpTest):
    """What comes of it when the sink has it."""

    def test_refusals_are_for_the_moment(self):
        server = self.server()
        client = server.client().greet()
        for what, reply in (("full", "452 4.3.1"), ("broken", "451 4.3.0"),
                            ("fail", "451 4.3.0")):
            with server.sink(what):
                got = client.deliver(with_dots(MESSAGE))
                self.assertEqual(reply, got[:9])
        self.assert_taken(server, client.deliver(b"x\r\n"))
        server.wait_mails(1)

    def test_250_comes_after_the_disk(self):
        server = self.server(idle_ms=500, session_ms=500)
        client = server.client().greet().begin()
        with server.sink("hold"):
            client.send(b"x\r\n.\r\nNOOP\r\n")
            # Others are served, and nobody is told that it takes too long.
            until = time.monotonic() + 1
            while time.monotonic() < until:
                server.client().greet().close()
            client.socket.setblocking(False)
            with self.assertRaises(BlockingIOError):
                client.socket.recv(1)
            self.assertEqual([], server.mails())
            client.socket.settimeout(PATIENCE_S)
        self.assert_taken(server, client.reply())

    def test_a_peer_that_is_gone(self):
        server = self.server()
        client = server.client().greet().begin()
        with server.sink("hold"):
            client.send(b"x\r\n.\r\n")
            client.close()
            self.assertEqual("250", server.client().greet()
                             .ask(b"NOOP\r\n")[:3])
        mail, = server.wait_mails(1)
        self.assertEqual(b"x\r\n", mail.body)

    def test_a_message_cut_short_is_none(self):
        server = self.server()
        for end in (b"", b"\r\n", b"\r\n.", b"\r\n.\r"):
            client = server.client().greet().begin()
            client.send(b"x" + end)
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual("", client.reply())
        self.assertEqual([], server.mails())


class Ends(LmtpTest):
    """SIGTERM."""

    def test_each_session_is_told(self):
        server = self.server()
        idle = server.client().greet()
        halfway = server.client(unix=False).greet().begin()
        halfway.send(b"x\r\n")
        waiting = server.client().greet().begin()
        with server.sink("hold"):
            waiting.send(b"waits\r\n.\r\n" + ENVELOPE + b"late\r\n.\r\n")
            # It is with the sink once the next one is greeted.
            last = server.client().greet()
            server.terminate()
            for client in (idle, halfway, last):
                self.assertEqual("421 4.3.2", client.reply()[:9])
                self.assertEqual("", client.reply())
            self.assertIsNone(server.process.poll())
        reply = waiting.reply()
        self.assertEqual("421 4.3.2", waiting.reply()[:9])
        self.assertEqual(OK, server.process.wait(PATIENCE_S))
        self.assert_taken(server, reply)
        self.assertEqual([b"waits\r\n"], [m.body for m in server.mails()])

    def test_nothing_acknowledged_is_lost(self):
        for number in (signal.SIGTERM, signal.SIGKILL) * 3:
            server = Server()
            self.end_amid_traffic(server, number)

    def end_amid_traffic(self, server, number):
        """It ends while eight clients deliver as fast as they can."""
        taken, lock = {}, threading.Lock()

        def deliver(client, name):
            with contextlib.suppress(OSError, AssertionError):
                client.greet()
                for i in range(100000):
                    body = b"%d.%d\r\n" % (name, i)
                    reply = client.deliver(body)
                    if reply[:3] != "250":
                        return
                    with lock:
                        taken[reply[10:]] = body
        threads = [threading.Thread(target=deliver, args=(server.client(), i))
                   for i in range(8)]
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: len(taken) > 50, "mails are taken")
            server.process.send_signal(number)
            server.process.wait(PATIENCE_S)
            for thread in threads:
                thread.join(PATIENCE_S)
            there = {m.id: m.body for m in server.mails()}
        finally:
            code = server.close()
        self.assertEqual(OK if number == signal.SIGTERM else -number, code)
        for mail_id, body in taken.items():
            self.assertEqual(body, there.get(mail_id))


if __name__ == "__main__":
    unittest.main()
