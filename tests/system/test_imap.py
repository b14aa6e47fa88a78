"""test_imap.py -- reports of others are fetched from mailboxes: a real
Dovecot's, and those of servers that lie. What is marked as taken is in the
inbox, whatever is killed, and one message holds up no other."""

import contextlib
import imaplib
import json
import ssl
import tempfile
import pathlib
import shutil
import time
import unittest

from harness import (CONFIG, DAY_START, NOON, OK, SystemTest, wait_until)
from https_receiver import make_certificates
from imap_server import ImapServer, hang_up
from mail_hosts import Dovecot
from ports import free_port
from test_inbox import EXAMPLE, OURS, mail

USER, PASSWORD = "tls@company-y.example", "a b=c;d%41\"\\"
OTHER = "other@company-y.example"
TAKEN, REFUSED = "TlsrptTaken", "TlsrptRefused"


def message(n):
    """A report's mail, other than that of another number."""
    return mail(json.dumps(dict(EXAMPLE, **{"report-id": f"r-{n}"})).encode())


class ImapTest(SystemTest):
    """A service that looks into mailboxes as often as it may."""

    def fetching(self, urls, ca, password=PASSWORD, start=True, **options):
        """urls: the mailboxes'. Not started: its folder is there."""
        wanted = {"daemon__roles": "collect, intake",
                  "intake__imap_period": "100ms",
                  "intake__imap_timeout": "10s",
                  "intake__imap_ca_file": str(ca)}
        wanted.update(options)
        service = self.service(**wanted)
        secret = service.folder / "password"
        secret.write_text(password + "\n")
        secret.chmod(0o600)
        service.options["intake.imap"] = ", ".join(
            f"{url}=password" for url in urls)
        service.write_config()
        if start:
            service.start()
            self.assertEqual((OK, "", ""),
                             service.cli("domain", "add", OURS))
        return service

    def inbox(self, service, n):
        """Once there are n."""
        def found():
            rows = service.cli_json("inbox", "list")
            return rows if len(rows) >= n else None
        rows = wait_until(found, f"{n} reports are in the inbox")
        self.assertEqual(n, len(rows))
        return rows


class Mailboxes(ImapTest):
    """Of a Dovecot, for all tests; each has a folder of its own."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot({USER: PASSWORD, OTHER: PASSWORD}, imap=True)
        cls.addClassCleanup(cls.dovecot.close)
        cls.trust = ssl.create_default_context(cafile=cls.dovecot.ca)
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.name = f"Box-{self.count}"
        with self.client() as client:
            self.assertEqual("OK", client.create(self.name)[0])

    @contextlib.contextmanager
    def client(self, user=USER):
        """Somebody who looks into the user's mailboxes."""
        client = imaplib.IMAP4_SSL("127.0.0.1", self.dovecot.imaps_port,
                                   ssl_context=self.trust)
        with client:
            client.login(user, PASSWORD)
            yield client

    def url(self, folder=None, user=USER, scheme="imaps"):
        """Of a mailbox."""
        port = self.dovecot.imaps_port if scheme == "imaps" \
            else self.dovecot.imap_port
        return (f"{scheme}://{user.replace('@', '%40')}@127.0.0.1:{port}"
                f"/{self.name if folder is None else folder}")

    def append(self, *bodies, folder=None, user=USER, date=None):
        """Messages."""
        with self.client(user) as client:
            for body in bodies:
                self.assertEqual("OK", client.append(
                    folder or self.name, None, date, body)[0])

    def flags(self, folder=None, user=USER):
        """Of each message of a mailbox, without \\Recent."""
        with self.client(user) as client:
            status, found = client.select(folder or self.name, readonly=True)
            self.assertEqual("OK", status)
            if found == [b"0"]:
                return []
            _, answer = client.fetch("1:*", "(FLAGS)")
            return [{f.decode() for f in imaplib.ParseFlags(line)} -
                    {"\\Recent"} for line in answer]

    def wait_flags(self, *wanted, folder=None, user=USER):
        """Until they are those."""
        try:
            wait_until(lambda: self.flags(folder, user) == list(wanted), "")
        except AssertionError:
            self.assertEqual(list(wanted), self.flags(folder, user))

    def fetch_from(self, *urls, **options):
        """A service for them."""
        return self.fetching(urls or [self.url()], self.dovecot.ca, **options)

    def test_a_mail_is_in_the_inbox_and_flagged(self):
        self.append(b"Return-Path: <tls@company-x.example>\n"
                    b"Delivered-To: tls+token@company-y.example\n" +
                    message(1))
        service = self.fetch_from()
        row, = self.inbox(service, 1)
        self.assertEqual(
            ("imap", "token", "company-x.example", 5326, 303),
            tuple(row[k] for k in (
                "way", "route", "submitter", "total-successful-session-count",
                "total-failure-session-count")))
        self.wait_flags({"\\Seen", TAKEN})
        self.append(message(2))
        self.inbox(service, 2)
        self.wait_flags({"\\Seen", TAKEN}, {"\\Seen", TAKEN})
        self.assertEqual(OK, service.stop())
        self.assertEqual(2, len(service.log_lines('what="mail received"')))
        self.assertNotIn(PASSWORD, service.log_text())
        self.assertEqual([], service.log_lines("level=warning", "mail"))

    def test_several_mailboxes_and_starttls(self):
        second = f"{self.name}-b"
        with self.client() as client:
            client.create(second)
        self.append(message(1))
        self.append(message(2), message(3), folder=second)
        self.append(message(4), folder="INBOX", user=OTHER)
        self.inbox(self.fetch_from(
            self.url(scheme="imap"), self.url(second),
            self.url("", OTHER)), 4)
        self.wait_flags({"\\Seen", TAKEN}, folder="INBOX", user=OTHER)

    def test_moved(self):
        self.append(message(1), message(2))
        target = f"100% done {self.name}"
        service = self.fetch_from(intake__imap_taken="move",
                                  intake__imap_folder=target)
        self.inbox(service, 2)
        self.wait_flags()
        self.append(message(3))
        self.inbox(service, 3)
        self.wait_flags()
        self.assertEqual(3, len(self.flags(f'"{target}"')))

    def test_deleted(self):
        self.append(message(1), message(2))
        with self.client() as client:
            client.select(self.name)
            client.store("1", "+FLAGS", "\\Deleted")
        self.inbox(self.fetch_from(intake__imap_taken="delete"), 1)
        # Somebody else's is not ours to expunge.
        self.wait_flags({"\\Deleted"})

    def test_too_large(self):
        large = b"X-Long: y\n\n" + b"x" * 76 * 1000
        self.append(message(1), large, message(2))
        service = self.fetch_from(intake__message_max="64KiB",
                                  intake__imap_taken="move",
                                  intake__imap_folder=f"Done-{self.name}")
        self.inbox(service, 2)
        self.wait_flags({"\\Flagged", REFUSED})
        self.assertEqual(OK, service.stop())
        self.assertEqual(1, len(service.log_lines(
            "a mail is not taken", "bytes")))

    def test_what_is_no_report_is_taken_too(self):
        nasty = b"From: x\n\n" + b"".join(
            b"A%03d OK done\n* SEARCH 1 2 3\n" % n for n in range(300))
        self.append(nasty, message(1), b"\x80 no header\n")
        service = self.fetch_from()
        self.wait_flags(*[{"\\Seen", TAKEN}] * 3)
        wait_until(lambda: any(
            r["report-id"] == "r-1"
            for r in service.cli_json("inbox", "list")), "the report")

    def test_time_of_receipt(self):
        when = DAY_START - 10 * 86400
        self.append(message(1), date=imaplib.Time2Internaldate(when))
        # What our clock has not come to yet is now.
        self.append(message(2), date=imaplib.Time2Internaldate(NOON + 10**7))
        rows = self.inbox(self.fetch_from(), 2)
        received = {r["report-id"]: r["received-at"] for r in rows}
        self.assertEqual("2026-02-20T00:00:00Z", received["r-1"])
        self.assertEqual("2026-03-02T12", received["r-2"][:13])

    def test_killed_between_the_spool_and_the_flag(self):
        for n in range(3):
            self.append(*[message(20 * n + i) for i in range(20)])
            service = self.fetch_from()
            wait_until(lambda s=service: s.log_lines('what="mail received"'),
                       "mails come in")
            service.kill()
            service.set_clock(NOON)
            service.start()
            self.wait_flags(*[{"\\Seen", TAKEN}] * 20 * (n + 1))
            wait_until(lambda s=service: len(
                {r["report-id"] for r in s.cli_json("inbox", "list")}) == 20,
                "all are there")
            rows = service.cli_json("inbox", "list")
            first = [r for r in rows if r["state"] != "duplicate"]
            self.assertEqual(20, len(first))
            self.assertEqual(OK, service.stop())

    def test_mailbox_made_anew(self):
        self.append(message(1))
        service = self.fetch_from()
        self.inbox(service, 1)
        self.wait_flags({"\\Seen", TAKEN})
        with self.client() as client:
            self.assertEqual("OK", client.delete(self.name)[0])
            self.assertEqual("OK", client.create(self.name)[0])
        self.append(message(2), message(3))
        self.inbox(service, 3)
        wait_until(lambda: service.log_lines("was made anew"), "it is said")
        self.wait_flags(*[{"\\Seen", TAKEN}] * 2)
        self.assertEqual(1, len(service.log_lines("was made anew")))

    def test_many(self):
        mails = self.dovecot.mail / USER / f".{self.name}" / "cur"
        for n in range(4100):
            path = mails / f"1772409600.{n}.x:2,"
            path.write_bytes(message(n) if n % 1000 == 0 else b"x: y\n\nz\n")
            shutil.chown(path, "nobody", "nogroup")
        service = self.fetch_from()
        wait_until(lambda: len(service.log_lines('what="mail received"')) ==
                   4100, "all are taken", 300)
        wait_until(lambda: self.flags() == [{"\\Seen", TAKEN}] * 4100,
                   "all are flagged")

    def test_wrong_password(self):
        self.append(message(1))
        service = self.fetch_from(password="wrong")
        service.wait_logged("cannot be looked into", "login is refused")
        self.assertEqual([set()], self.flags())
        self.assertNotIn("wrong", service.log_text())
        self.assertEqual(1, len(service.log_lines("cannot be looked into")))
        (service.folder / "password").write_text(PASSWORD)
        self.assertEqual(OK, service.stop())
        service.start()
        self.inbox(service, 1)

    def test_no_such_mailbox(self):
        service = self.fetch_from(self.url("none"))
        service.wait_logged("cannot be selected", "none")

    def test_certificate_that_does_not_verify(self):
        stranger = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.addCleanup(shutil.rmtree, stranger)
        make_certificates(stranger)
        for scheme in ("imaps", "imap"):
            service = self.fetching([self.url(scheme=scheme)],
                                    stranger / "ca.pem")
            service.wait_logged("certificate is not trusted")
        self.assertEqual([], self.flags())

    def test_nobody_listens(self):
        service = self.fetching(
            [f"imaps://tls@127.0.0.1:{free_port()}/INBOX"], self.dovecot.ca)
        service.wait_logged("cannot be looked into", "no answer")


class Liars(ImapTest):
    """Servers that do what a test says."""

    def server(self, messages, tls=True, **lies):
        """One with its certificate, for this test."""
        self.certificates = self.folder()
        make_certificates(self.certificates)
        server = ImapServer(messages, self.certificates if tls else None,
                            **lies)
        self.addCleanup(server.close)
        return server

    def fetch_from(self, server, scheme="imaps", **options):
        """A service for its mailbox."""
        return self.fetching(
            [f"{scheme}://tls@127.0.0.1:{server.port}/INBOX"],
            self.certificates / "ca.pem", **options)

    def assert_others_come(self, lie, tries=3, **options):
        """One message is a lie; those around it are taken."""
        server = self.server({n: message(n) for n in (3, 5, 9)},
                             fetch={5: lie})
        service = self.fetch_from(server, **options)
        self.assertEqual({"r-3", "r-9"}, {
            r["report-id"] for r in self.inbox(service, 2)})
        wait_until(lambda: server.flags(5), "the bad one is marked")
        self.assertEqual({"\\Flagged", REFUSED}, server.flags(5))
        for n in (3, 9):
            self.assertEqual({"\\Seen", TAKEN}, server.flags(n))
        self.assertEqual(tries, sum(
            h == ("UID FETCH", b"5 BODY[]") for h in server.heard))
        self.assertEqual(1, len(service.log_lines("a mail is not taken")))
        return service

    def test_closes_in_the_middle(self):
        self.assert_others_come(lambda c, tag: c.sendall(
            b"* 2 FETCH (UID 5 BODY[] {1000}\r\nFrom: x"))

    def test_says_no(self):
        self.assert_others_come(lambda c, tag: c.sendall(
            tag + b" NO [SERVERBUG] cannot read it\r\n"))

    def test_hangs(self):
        server = None

        def hang(_connection, _tag):
            server.closing.wait(30)
        server = self.server({n: message(n) for n in (3, 5, 9)},
                             fetch={5: hang})
        service = self.fetch_from(server, intake__imap_timeout="500ms")
        self.inbox(service, 2)
        wait_until(lambda: server.flags(5), "the bad one is marked")

    def test_claims_more_than_it_sends(self):
        self.assert_others_come(
            lambda c, tag: c.sendall(
                b"* 2 FETCH (UID 5 BODY[] {1000}\r\nFrom: x\r\n)\r\n" +
                tag + b" OK done\r\n"))

    def test_claims_less_than_it_sends(self):
        self.assert_others_come(
            lambda c, tag: c.sendall(
                b"* 2 FETCH (UID 5 BODY[] {3}\r\nFrom: x\r\n)\r\nx\r\n" +
                b"* 3 FETCH x\r\n" + tag + b" NO not done\r\n"))

    def test_sends_without_end(self):
        def send(connection, _tag):
            connection.sendall(b"* 2 FETCH (UID 5 BODY[] {%d}\r\n" % 2**40)
            while True:
                connection.sendall(b"x" * 65536)
        self.assert_others_come(send, tries=1, intake__message_max="64KiB")

    def test_sends_garbage(self):
        self.assert_others_come(
            lambda c, tag: c.sendall(bytes(range(256)) * 40 + b"\r\n"))

    def test_one_size_that_cannot_be_told(self):
        server = None

        def sizes(connection, tag, rest):
            uids = rest.decode().partition(" ")[0].split(",")
            if "SIZE" in rest.decode() and "5" in uids:
                connection.sendall(tag + b" NO not for 5\r\n")
            else:
                server.send(connection, tag, rest)
                connection.sendall(tag + b" OK done\r\n")
        server = self.server({n: message(n) for n in (3, 5, 9)},
                             commands={"UID FETCH": sizes})
        self.inbox(self.fetch_from(server), 2)
        wait_until(lambda: server.flags(5), "the bad one is marked")

    def test_numbers_out_of_order(self):
        said = [b"* SEARCH 9 4294967295 9 17\r\n* SEARCH 3 5\r\n* SEARCH\r\n"]
        server = self.server(
            {n: message(n) for n in (9, 4294967295, 3, 5)}, commands={
                "UID SEARCH": lambda c, tag, rest: c.sendall(
                    (said.pop() if said else b"* SEARCH\r\n") + tag +
                    b" OK\r\n")})
        service = self.fetch_from(server)
        rows = self.inbox(service, 4)
        self.assertEqual({"r-3", "r-5", "r-9", "r-4294967295"},
                         {r["report-id"] for r in rows})

    def test_search_that_is_none(self):
        # Of a flood libcurl or we have enough first.
        for said, why in ((b"* SEARCH 1 x\r\n", "no list of numbers"),
                          (b"* SEARCH 0\r\n", "no list of numbers"),
                          (b"* SEARCH" + b" 1" * 200000 + b"\r\n", ""),
                          (b"* OK x\r\n" * 100000, ""),
                          (b"no IMAP\r\n" * 30000, "")):
            server = self.server(
                {1: message(1)}, commands={
                    "UID SEARCH": lambda c, tag, rest, said=said:
                    c.sendall(said + tag + b" OK done\r\n")})
            service = self.fetch_from(server)
            service.wait_logged("cannot be looked into", why)
            self.assertEqual(set(), server.flags(1))
            self.assertEqual(OK, service.stop())

    def test_a_hundred_thousand_that_are_taken(self):
        server = self.server({1: message(1)})
        server.exists = 100000
        self.inbox(self.fetch_from(server), 1)
        wait_until(lambda: server.flags(1), "it is marked")
        windows = [rest.split(b" ")[0] for verb, rest in server.heard
                   if verb == "UID SEARCH"]
        self.assertEqual(b"1:2000", windows[0])
        self.assertEqual(b"98001:100000", windows[49])

    def test_without_keywords(self):
        server = self.server(
            {1: message(1), 2: b"x" * 70000},
            permanent=rb"\Answered \Flagged \Deleted \Seen")
        self.inbox(self.fetch_from(server, intake__message_max="64KiB"), 1)
        wait_until(lambda: server.flags(1) and server.flags(2), "marked")
        self.assertEqual(({"\\Seen", "\\Answered"}, {"\\Flagged"}),
                         (server.flags(1), server.flags(2)))

    def test_marks_that_are_refused(self):
        """Nothing is taken twice while the service runs, and others wait."""
        server = self.server({1: message(1), 2: message(2)}, commands={
            "UID STORE": lambda c, tag, rest: c.sendall(tag + b" NO quota\r\n")})
        service = self.fetch_from(server)
        self.inbox(service, 2)
        service.wait_logged("cannot be marked", "quota")
        server.messages[3] = type(server.messages[1])(message(3))
        del server.commands["UID STORE"]
        self.inbox(service, 3)
        wait_until(lambda: server.flags(3), "the third is marked")
        self.assertEqual([{"\\Seen", TAKEN}] * 3,
                         [server.flags(n) for n in (1, 2, 3)])
        service.wait_logged("is looked into again")

    def test_moved_without_move(self):
        done = []

        def copy(connection, tag, rest):
            done.append(rest)
            connection.sendall(tag + (b" OK\r\n" if len(done) > 1 else
                                      b" NO [TRYCREATE] no such\r\n"))
        server = self.server({1: message(1)}, commands={
            "UID COPY": copy,
            "CREATE": lambda c, tag, rest: c.sendall(tag + b" OK\r\n")})
        self.inbox(self.fetch_from(server, intake__imap_taken="move"), 1)
        wait_until(lambda: server.flags(1), "it is deleted")
        self.assertEqual([b'1 "Processed"'] * 2, done)
        self.assertIn(("CREATE", b'"Processed"'), server.heard)
        self.assertEqual({"\\Deleted"}, server.flags(1))

    def test_without_tls(self):
        server = self.server({1: message(1)}, tls=False)
        for scheme in ("imap", "imaps"):
            service = self.fetch_from(server, scheme)
            service.wait_logged("there is no TLS")
            self.assertEqual(OK, service.stop())
        self.assertEqual({"CAPABILITY"}, {
            v for v, _ in server.heard if v.isascii() and v.isalpha()})

    def test_stop_while_it_hangs(self):
        server = self.server({1: message(1)}, commands={
            "UID SEARCH": lambda c, tag, rest: server.closing.wait(30)})
        service = self.fetch_from(server, intake__imap_timeout="60s")
        wait_until(lambda: any(v == "UID SEARCH" for v, _ in server.heard),
                   "it hangs")
        begin = time.monotonic()
        self.assertEqual(OK, service.stop())
        self.assertLess(time.monotonic() - begin, 20)

    def test_back_again(self):
        """Said once while it is away, and once when it is back."""
        server = self.server({1: message(1)}, commands={
            "SELECT": hang_up})
        service = self.fetch_from(server)
        wait_until(lambda: sum(v == "SELECT" for v, _ in server.heard) > 3,
                   "several looks")
        del server.commands["SELECT"]
        self.inbox(service, 1)
        self.assertEqual(1, len(service.log_lines("cannot be looked into")))
        service.wait_logged("is looked into again", "attempts=")


class Configurations(ImapTest):
    """What is no mailbox."""

    def test_refused(self):
        for url, why in (
                ("imaps://u:secret@h.example/INBOX", "password stands in"),
                ("http://u@h.example/", "begins neither"),
                ("imaps://h.example/", "is not written"),
                ("imaps://u@h.example/x?y", "only a folder"),
                ("imaps://u@h.example/Processed", "cannot be moved")):
            service = self.fetching([url], "/dev/null", start=False,
                                    intake__imap_taken="move")
            service.launch()
            self.assertEqual(CONFIG, service.process.wait(30))
            service.wait_logged("intake.imap", why)
            self.assertNotIn("secret", service.log_text())


if __name__ == "__main__":
    unittest.main()
