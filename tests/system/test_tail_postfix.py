"""test_tail_postfix.py -- what a real Postfix logs of servers that offer
STARTTLS, do not, refuse it or break it off is what `tlsrpt tail` tells."""

import calendar
import contextlib
import json
import socket
import ssl
import subprocess
import threading
import time
import unittest

from harness import OK, SystemTest, run_cli, wait_until
from mail_hosts import Postfix

SMTP_PORT = 25  # an MX host has no other
PATIENCE_S = 10


class Sink:
    """An SMTP server on an address of loopback that takes all mail.
    starttls  "good", "none", "refused" or "broken"
    folder    has server.pem and server.key"""

    def __init__(self, address, starttls, folder):
        self.starttls = starttls
        self.folder = folder
        self.taken = 0
        self.socket = socket.create_server((address, SMTP_PORT))
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        """One client after the other, until it is closed."""
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            client.settimeout(PATIENCE_S)
            # It may go when it likes.
            with contextlib.suppress(OSError), \
                    contextlib.ExitStack() as opened:
                opened.enter_context(client)
                self.talk(client, opened)

    def talk(self, client, opened):
        """A dialogue, which goes on under TLS after STARTTLS."""
        lines = opened.enter_context(client.makefile("rwb"))
        self.say(lines, "220 sink.example")
        while line := lines.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"EHLO":
                offers = self.starttls != "none" and \
                    not isinstance(client, ssl.SSLSocket)
                self.say(lines, *["250-sink.example", "250-STARTTLS"]
                         if offers else ["250-sink.example"], "250 8BITMIME")
            elif verb == b"STARTTLS" and self.starttls == "refused":
                self.say(lines, "454 4.7.0 TLS not available")
            elif verb == b"STARTTLS":
                self.say(lines, "220 2.0.0 go on")
                if self.starttls == "broken":
                    client.sendall(b"this is no TLS\r\n")
                    break
                client = opened.enter_context(
                    self.context().wrap_socket(client, server_side=True))
                lines = opened.enter_context(client.makefile("rwb"))
            elif verb == b"DATA":
                self.say(lines, "354 go on")
                while lines.readline() not in (b".\r\n", b""):
                    pass
                self.taken += 1
                self.say(lines, "250 2.0.0 taken")
            elif verb == b"QUIT":
                self.say(lines, "221 2.0.0 bye")
                break
            else:
                self.say(lines, "250 2.0.0 ok")

    @staticmethod
    def say(lines, *replies):
        """Reply."""
        lines.write("".join(r + "\r\n" for r in replies).encode())
        lines.flush()

    def context(self):
        """Its certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem",
                                self.folder / "server.key")
        return context

    def close(self):
        """Take no more clients."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(2 * PATIENCE_S)
        self.socket.close()


# What is sent where, at which level, and what a reader of the log can know.
# Postfix before 3.11 does not say that it sent in clear text.
CASES = {
    "good": ("good", "may", "encrypted", "encrypted"),
    "untrusted": ("good", "secure", "not-sent", "not-verified"),
    "plain": ("none", "may", "cleartext-or-unknown", "not-told"),
    "missing": ("none", "encrypt", "not-sent", "starttls-not-offered"),
    "refused": ("refused", "encrypt", "not-sent", "starttls-refused"),
    "broken": ("broken", "encrypt", "not-sent", "handshake-failed"),
}


def address_of(name):
    """The loopback address of a case's server."""
    return f"127.84.60.{1 + list(CASES).index(name)}"


def table(rows):
    """An inline table of Postfix's."""
    return "inline:{" + ", ".join(f"{{{key} = {value}}}"
                                  for key, value in rows.items()) + "}"


class RealPostfix(SystemTest):
    """Its own log, by postlogd."""

    def test_what_it_logs(self):
        hops = {name: f"[{address_of(name)}]:{SMTP_PORT}" for name in CASES}
        postfix = Postfix(
            "error:no other", transport_maps=table({
                f"{name}.example": f"smtp:{hop}"
                for name, hop in hops.items()}),
            smtp_tls_policy_maps=table({
                hops[name]: case[1] for name, case in CASES.items()}),
            minimal_backoff_time="1h", maximal_backoff_time="1h")
        self.addCleanup(postfix.close)
        for name, case in CASES.items():
            sink = Sink(address_of(name), case[0], postfix.folder)
            self.addCleanup(sink.close)
        before = int(time.time())
        for name in CASES:
            subprocess.run(
                [*postfix.sendmail, "-f", "me@relay.example",
                 f"a@{name}.example", f"b@{name}.example"],
                input=b"Subject: x\n\nx\n", check=True)
        wait_until(lambda: len([line for line in
                                postfix.log_text().splitlines()
                                if " relay=127.84.60." in line])
                   >= 2 * len(CASES), "each recipient is tried")
        code, out, err = run_cli("--json", "tail", str(postfix.log))
        self.assertEqual((OK, ""), (code, err))
        found = {}
        for line in out.splitlines():
            session = json.loads(line)
            name = session["policy-domain"].removesuffix(".example")
            self.assertNotIn(name, found, "a session is told of once")
            found[name] = (session["level"], session["tls"])
            self.assertEqual(address_of(name), session["receiving-ip"])
            self.assertEqual(address_of(name),
                             session["receiving-mx-hostname"])
            self.assertFalse(session["datagram"])
            at = calendar.timegm(
                time.strptime(session["time"], "%Y-%m-%dT%H:%M:%SZ"))
            self.assertTrue(before <= at <= time.time(), session["time"])
        self.assertEqual({name: case[2:] for name, case in CASES.items()},
                         found, postfix.log_text())


if __name__ == "__main__":
    unittest.main()
