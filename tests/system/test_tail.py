"""test_tail.py -- the logs of MTAs: what is read out of them, and that each
session counts once, whatever is rotated and killed meanwhile."""

import contextlib
import datetime
import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import unittest

from harness import (CONFIG, DAY, DAY_S, NOON, NO_INPUT, OK, SystemTest, TESTS,
                     TLSRPT, USAGE, failure, run_cli, wait_until)
from postgres import Postgres

CORPUS = TESTS / "corpus" / "mta_log"
MX = "mx.a.example[192.0.2.1]"


def at(second, pid, message):
    """A line of syslog."""
    time = datetime.datetime.fromtimestamp(NOON + second, datetime.timezone.utc)
    return (f"{time:%Y-%m-%dT%H:%M:%S}.000000+00:00 out1 "
            f"postfix/smtp[{pid}]: {message}\n")


def tls(second, pid=12):
    """A connection comes up."""
    return at(second, pid, f"Trusted TLS connection established to {MX}:25: "
              "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)")


def delivery(second, pid=12, level="", domain="a.example"):
    """A mail of its own is sent."""
    return at(second, pid, f"{second:08X}: to=<x@{domain}>, relay={MX}:25, "
              f"delay=0.1, delays=0/0/0.1/0, {level}dsn=2.0.0, status=sent "
              "(250 2.0.0 ok)")


def session(second, pid=12):
    """Both: it was encrypted."""
    return tls(second, pid) + delivery(second, pid, "tls=may, ")


def clear(second, pid=12):
    """One in clear text."""
    return delivery(second, pid, "tls=may:none, ")


def entry(second, number, message, binary, cursor=None):
    """As systemd.journal-export-formats(7) has it; a field may be binary."""
    cursor = cursor or f"s=ab;i={second}{number};x=1"
    data = message.encode()
    text = (b"\nMESSAGE=" + data + b"\n" if not binary else
            b"\nMESSAGE\n" + len(data).to_bytes(8, "little") + data + b"\n")
    return (f"__CURSOR={cursor}\n"
            f"__REALTIME_TIMESTAMP={(NOON + second) * 1000000}\n"
            "_MACHINE_ID=0123456789abcdef0123456789abcdef\n"
            "_HOSTNAME=out1\nSYSLOG_IDENTIFIER=postfix/smtp\n"
            "OTHER=a=b\nCOREDUMP\n").encode() + \
        (20000).to_bytes(8, "little") + b"\n" * 20000 + \
        b"\n_PID=12" + text + b"\n"


def exported(*seconds):
    """Sessions in an export of the journal: two entries each, of one time."""
    return b"".join(
        entry(s, i, line.split("]: ", 1)[1].rstrip("\n"), binary=i == 1)
        for s in seconds
        for i, line in enumerate((tls(s), delivery(s, level="tls=may, "))))


def numbered(*sessions):
    """Sessions with clear cursors: (sequence, number, second) of each."""
    return b"".join(
        entry(second, 0, delivery(number).split("]: ", 1)[1].rstrip("\n"),
              False, f"s={sequence};i={number:x};b=cd;m=1;t=1;x=1")
        for sequence, number, second in sessions)


class TailTest(SystemTest):
    """What the tests share: a log, and a store that is made."""

    def setUp(self):
        self.log = self.folder() / "mail.log"
        self.log.touch()

    def stored(self, **options):
        """A service that is not started; its store is there."""
        service = self.service(**options)
        service.data_dir.mkdir()
        self.assertEqual((OK, ""), service.cli("db", "migrate")[::2])
        return service

    def write(self, *lines):
        """More lines at the end of the log."""
        with open(self.log, "a", encoding="utf-8") as log:
            log.write("".join(lines))

    def rotate(self, to="mail.log.1"):
        """The log gets another name, and a new one is made."""
        self.log.rename(self.log.parent / to)
        self.log.touch()

    def rows(self, service, sql):
        """What SQLite has."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            return store.execute(sql).fetchall()

    def counted(self, service):
        """Sessions in the store by what the log tells of TLS."""
        return dict(self.rows(service, "SELECT tls, SUM(sessions) FROM "
                              "log_level GROUP BY tls"))

    def tail(self, service, *more):
        """Count what the log has now: the lines that were printed."""
        code, out, err = service.cli("tail", "--store", *more, str(self.log))
        self.assertEqual((OK, ""), (code, err))
        return out.splitlines()


ENCRYPTED, NOT_TOLD, NONE = 3, 4, 5  # model/tls_seen.def


class Printed(TailTest):
    """What `tlsrpt tail` says."""

    def test_sessions_in_words(self):
        self.write(session(0), clear(1))
        code, out, err = run_cli("tail", str(self.log))
        self.assertEqual((OK, ""), (code, err))
        self.assertEqual([
            "2026-03-02T12:00:00Z encrypted tls=encrypted domain=a.example "
            "mx=mx.a.example ip=192.0.2.1 id=00000000 mta=out1",
            "2026-03-02T12:00:01Z cleartext-or-unknown tls=none "
            "domain=a.example mx=mx.a.example ip=192.0.2.1 id=00000001 "
            "mta=out1"], out.splitlines())

    def test_sessions_in_json_of_standard_input(self):
        lines = session(0).encode().removesuffix(b"\n")
        code, out, err = run_cli("--json", "tail", "-", stdin=lines)
        self.assertEqual((OK, ""), (code, err))
        self.assertEqual({
            "time": "2026-03-02T12:00:00Z", "level": "encrypted",
            "tls": "encrypted", "mta": "out1", "queue-id": "00000000",
            "policy-domain": "a.example",
            "receiving-mx-hostname": "mx.a.example",
            "receiving-ip": "192.0.2.1", "datagram": False}, json.loads(out))

    def test_the_sample_logs(self):
        """Counted by eye in tests/corpus/mta_log."""
        want = {"postfix-trusted.log": "encrypted",
                "postfix-verified.log": "authenticated authenticated",
                "postfix-cleartext.log": "none off not-told",
                "postfix-failed.log":
                    "starttls-not-offered handshake-failed",
                "postfix-next-host.log": "not-verified verified",
                "exim.log": "verified starttls-not-offered handshake-failed",
                "opensmtpd.log": "encrypted", "times.log": ""}
        for name, words in want.items():
            with self.subTest(name):
                code, out, err = run_cli("tail", str(CORPUS / name))
                self.assertEqual((OK, ""), (code, err))
                got = [line.split()[2].removeprefix("tls=")
                       if "authenticated" not in words else line.split()[1]
                       for line in out.splitlines()]
                self.assertEqual(words, " ".join(got))

    def test_what_cannot_be_read(self):
        self.assert_fails(NO_INPUT, run_cli("tail", str(self.log) + ".no"),
                          "mail.log.no")
        self.assert_fails(USAGE, run_cli("tail", "-", str(self.log)), "alone")
        self.assert_fails(USAGE, run_cli("tail", str(self.log.parent)),
                          "is no file")


class Counted(TailTest):
    """What is in the store then."""

    def test_each_session_once(self):
        service = self.stored()
        self.write(session(0), session(1), clear(2))
        self.assertEqual(3, len(self.tail(service)))
        self.assertEqual([], self.tail(service))
        self.write(clear(3))
        self.assertEqual(1, len(self.tail(service)))
        self.assertEqual({ENCRYPTED: 2, NONE: 2}, self.counted(service))
        self.assertEqual(
            [(2, NOON + 2, 2)],
            self.rows(service, "SELECT run, missing_since, missing "
                      "FROM log_history"))

    def test_a_session_that_is_half_in_the_log(self):
        """What stands before the place is known, but counts no more."""
        service = self.stored()
        self.write(session(0), tls(1))
        self.tail(service)
        self.write(delivery(2, level="tls=may, "))
        self.assertEqual(1, len(self.tail(service)))
        self.assertEqual({ENCRYPTED: 2}, self.counted(service))

    def test_half_a_line_waits_for_the_rest(self):
        service = self.stored()
        line = clear(0)
        self.write(line[:50])
        self.assertEqual([], self.tail(service))
        self.write(line[50:])
        self.assertEqual(1, len(self.tail(service)))

    def test_rotated_while_nobody_read(self):
        service = self.stored()
        self.write(session(0))
        self.tail(service)
        self.write(session(1))
        self.rotate("mail.log.2")
        self.write(session(2))
        self.rotate("mail.log.1")
        # Others' names that begin like it.
        (self.log.parent / "mail.log.gone").write_text(clear(9))
        (self.log.parent / "mail.log.3.gz").write_bytes(
            gzip.compress(clear(9).encode()))
        self.write(session(3))
        self.assertEqual(3, len(self.tail(service)))
        self.assertEqual([], self.tail(service))
        self.assertEqual({ENCRYPTED: 4}, self.counted(service))

    def test_rotated_and_gone(self):
        service = self.stored()
        self.write(session(0))
        self.tail(service)
        self.log.unlink()
        self.write(session(1), session(2))
        code, out, err = service.cli("tail", "--store", str(self.log))
        self.assertEqual(OK, code)
        self.assertIn("is gone, in part", err)
        self.assertEqual(2, len(out.splitlines()))
        self.assertEqual({ENCRYPTED: 3}, self.counted(service))

    def test_copied_and_cut(self):
        """logrotate's copytruncate."""
        service = self.stored()
        self.write(session(0), session(1))
        self.tail(service)
        self.write(session(2))
        (self.log.parent / "mail.log.1").write_bytes(self.log.read_bytes())
        os.truncate(self.log, 0)
        self.write(session(3))
        self.assertEqual(2, len(self.tail(service)))
        self.assertEqual({ENCRYPTED: 4}, self.counted(service))

    def test_wherever_it_was_left(self):
        """What is counted does not depend on where somebody stopped to read,
        be it between the lines of a session or in one of them."""
        lines = [line for name in (
            "postfix-trusted.log", "postfix-failed.log",
            "postfix-next-host.log", "postfix-verified.log", "exim.log")
            for line in (CORPUS / name).read_text().splitlines(True)]
        # The times of a log do not go back.
        text = "".join(
            re.sub(r" 12:00:\d\d", f" 12:00:{i:02d}", line, count=1)
            for i, line in enumerate(lines))
        text += delivery(50, level="tls=may, ") + delivery(
            50, level="tls=may, ", domain="b.example")
        text = text.encode()
        sums = ("SELECT day, domain, mx_host, peer_ip, tls, level, sessions, "
                "datagrams, first_at, last_at FROM log_level ORDER BY 1, 2, "
                "3, 4, 5, 6")
        history = "SELECT * FROM log_history ORDER BY 1, 2"
        whole = self.stored()
        self.log.write_bytes(text)
        self.tail(whole)
        want = [self.rows(whole, sums), self.rows(whole, history)]
        self.assertEqual(1 + 2 + 2 + 2 + 3 + 2,
                         sum(row[6] for row in want[0]))
        for cut in range(40, len(text), len(text) // 45):
            service = self.stored()
            self.log.write_bytes(text[:cut])
            self.tail(service)
            with open(self.log, "ab") as log:
                log.write(text[cut:])
            self.tail(service)
            self.assertEqual(want, [self.rows(service, sums),
                                    self.rows(service, history)], cut)

    def test_an_export_of_the_journal(self):
        """Entries that were counted are passed over, and known."""
        service = self.stored()
        for text, want in (
                (exported(0, 1), 2), (exported(0, 1), 0),
                (exported(0, 1, 2), 1), (exported(2, 3)[:-20], 0),
                (exported(3, 4), 2), (exported(1), 0)):
            code, out, err = service.cli("tail", "--store", "-", stdin=text)
            self.assertEqual((OK, ""), (code, err))
            self.assertEqual(want, len(out.splitlines()), text)
        self.assertEqual({ENCRYPTED: 5}, self.counted(service))
        self.assertEqual(
            [("journal:0123456789abcdef0123456789abcdef",)],
            self.rows(service, "SELECT path FROM log_file"))

    def test_a_journal_whose_clock_steps_back(self):
        """systemd numbers entries; their times may be any."""
        service = self.stored()
        first = [("a1", 0x9, 100), ("a1", 0xa, 101), ("a1", 0xb, 50)]
        for entries, want in (
                (first, 3), (first, 0), (first + [("a1", 0xc, 40)], 1),
                ([("a1", 0xb, 50), ("a1", 0xc, 40)], 0),
                # The first number is not in the export any more.
                ([("a1", 0x10, 30)], 1),
                # The journal was made anew, with numbers of its own.
                ([("b2", 0x1, 29), ("a1", 0x10, 30), ("b2", 0x2, 20)], 1),
                ([("b2", 0x2, 20), ("b2", 0x3, 10)], 1)):
            code, out, err = service.cli("tail", "--store", "-",
                                         stdin=numbered(*entries))
            self.assertEqual((OK, ""), (code, err))
            self.assertEqual(want, len(out.splitlines()), entries)

    def test_a_store_that_is_not_there(self):
        service = self.service()
        self.write(session(0))
        code, out, _ = service.cli("tail", "--store", str(self.log))
        self.assertNotEqual(OK, code)
        self.assertEqual("", out)

    def test_reports_have_nothing_of_it(self):
        service = self.stored()
        self.write(session(0))
        self.tail(service)
        self.assertEqual([], service.tallies())


class Listed(TailTest):
    """What `tlsrpt log` says of it."""

    def test_days(self):
        service = self.stored()
        self.write(session(0), session(1), clear(2))
        self.tail(service)
        self.assertEqual([{
            "policy-domain": "a.example",
            "receiving-mx-hostname": "mx.a.example",
            "receiving-ip": "192.0.2.1", "level": level, "tls": words,
            "sessions": sessions, "datagrams": 0, "settled": 0,
            "in-reports": 0,
            "first-at": f"2026-03-02T12:00:0{first}Z",
            "last-at": f"2026-03-02T12:00:0{last}Z"}
            for level, words, sessions, first, last in (
                ("encrypted", "encrypted", 2, 0, 1),
                ("cleartext-or-unknown", "none", 1, 2, 2))],
            service.cli_json("log", "list", "--day", DAY))
        self.assertEqual([], service.cli_json("log", "list"))
        self.assertEqual([], service.cli_json(
            "log", "list", "--day", "today", "--domain", "b.example"))
        out = service.cli("log", "list", "--day", DAY, "--domain",
                          "A.example.")[1].splitlines()
        self.assertRegex(out[1], r"^a\.example +mx\.a\.example +192\.0\.2\.1 "
                         r"+encrypted +encrypted +2 +0 +0$")
        self.assertEqual("no log told of a session\n",
                         service.cli("log", "list")[1])

    def test_history(self):
        service = self.stored()
        self.write(session(0), session(1), clear(2),
                   delivery(3, domain="b.example"))
        self.tail(service)
        rows = service.cli_json("log", "history")
        self.assertEqual(["a.example", "b.example"],
                         [row["policy-domain"] for row in rows])
        self.assertEqual({
            "policy-domain": "a.example",
            "receiving-mx-hostname": "mx.a.example",
            "first-at": "2026-03-02T12:00:00Z",
            "last-at": "2026-03-02T12:00:02Z",
            "first-tls-at": "2026-03-02T12:00:00Z",
            "last-tls-at": "2026-03-02T12:00:01Z", "run": 2,
            "run-since": "2026-03-02T12:00:00Z", "best-level": "encrypted",
            "missing-since": "2026-03-02T12:00:02Z",
            "last-missing-at": "2026-03-02T12:00:02Z", "missing": 1}, rows[0])
        self.assertIsNone(rows[1]["best-level"])
        self.assertEqual(rows[:1],
                         service.cli_json("log", "history", "--missing"))
        self.assertEqual(2, len(service.cli(
            "log", "history", "--domain", "a.example")[1].splitlines()))


class Followed(TailTest):
    """With --follow, and by role collect."""

    def follow(self, service):
        """`tlsrpt tail --store --follow`, ended with the test."""
        process = subprocess.Popen(
            [TLSRPT, "-c", str(service.config), "tail", "--store", "--follow",
             str(self.log)], stdout=subprocess.DEVNULL)
        self.addCleanup(self.kill, process)
        return process

    def kill(self, process):
        """kill -9, if it still runs."""
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()

    def wait_counted(self, service, want):
        """Until the store has these, and no more."""
        wait_until(lambda: sum(self.counted(service).values()) >=
                   sum(want.values()), f"counted: {want}")
        self.assertEqual(want, self.counted(service))

    def test_killed_again_and_again(self):
        """Whenever it dies, and whatever is rotated: each session is one."""
        service = self.stored()
        total = 0
        for turn in range(8):
            process = self.follow(service)
            lines = [session(total + i, 100 + i % 7) for i in range(300)]
            for i in range(0, 300, 50):
                self.write(*lines[i:i + 50])
            total += 300
            if turn % 3 == 2:
                self.rotate(f"mail.log-2026030{turn}")
            # Somewhere on the way.
            wait_until(lambda: sum(self.counted(service).values()) >=
                       total - 250 + 30 * turn or process.poll() is not None,
                       "some of them")
            self.kill(process)
        self.follow(service)
        self.write(clear(total))
        self.wait_counted(service, {ENCRYPTED: total, NONE: 1})

    def test_killed_between_two_transactions(self):
        """A log that takes many of them, read by one who is killed in it."""
        service = self.stored()
        total, seen = 12000, []
        self.write(*[session(i, 100 + i % 7) for i in range(total)])
        while not seen or seen[-1] < total:
            before = seen[-1] if seen else 0
            process = self.follow(service)
            wait_until(lambda: sum(self.counted(service).values()) > before,
                       "it went on")
            self.kill(process)
            seen.append(sum(self.counted(service).values()))
        self.assertEqual({ENCRYPTED: total}, self.counted(service))
        self.assertGreater(len(seen), 1, "it was never killed on the way")

    def test_written_to_its_end_under_its_old_name(self):
        service = self.stored()
        self.write(session(0))
        self.follow(service)
        self.wait_counted(service, {ENCRYPTED: 1})
        with open(self.log, "a", encoding="utf-8") as old:
            self.rotate()
            old.write(session(1))
            old.flush()
            self.wait_counted(service, {ENCRYPTED: 2})
            old.write(session(2))
        self.write(session(3))
        self.wait_counted(service, {ENCRYPTED: 4})

    def test_role_collect(self):
        service = self.service(collect__logs=str(self.log),
                               daemon__roles="collect")
        self.write(session(0))
        service.start()
        self.wait_counted(service, {ENCRYPTED: 1})
        self.assertEqual([], service.log_lines("cannot be followed"))
        self.rotate()
        self.write(clear(1))
        self.wait_counted(service, {ENCRYPTED: 1, NONE: 1})
        service.kill()
        self.write(clear(2))
        service.start()
        self.wait_counted(service, {ENCRYPTED: 1, NONE: 2})
        self.assertEqual([], self.tail(service))
        self.assertEqual({ENCRYPTED: 1, NONE: 2}, self.counted(service))

    def test_a_log_with_two_names(self):
        """What one of them has counted, the other has, too."""
        link = self.log.parent / "link.log"
        link.symlink_to(self.log)
        service = self.service(collect__logs=str(link),
                               daemon__roles="collect")
        self.write(session(0))
        service.start()
        self.wait_counted(service, {ENCRYPTED: 1})
        service.stop()
        self.assertEqual([], self.tail(service))
        code, out, err = service.cli("tail", "--store", str(link))
        self.assertEqual((OK, "", ""), (code, out, err))
        self.assertEqual(
            [(str(self.log.resolve()),)],
            self.rows(service, "SELECT path FROM log_file"))

    def test_a_name_that_is_given_to_the_next_file(self):
        """A symbolic link to the file of the day."""
        link = self.log.parent / "link.log"
        link.symlink_to(self.log)
        service = self.service(collect__logs=str(link),
                               daemon__roles="collect")
        self.write(tls(0))
        service.start()
        wait_until(lambda: self.rows(service, "SELECT * FROM log_file"),
                   "it is read")
        new = self.log.parent / "next.log"
        new.write_text(delivery(1, level="tls=may, "))
        (self.log.parent / "link.new").symlink_to(new)
        (self.log.parent / "link.new").rename(link)
        self.wait_counted(service, {ENCRYPTED: 1})
        new.write_text(new.read_text() + clear(2))
        self.wait_counted(service, {ENCRYPTED: 1, NONE: 1})

    def test_a_log_that_comes_later(self):
        self.log.unlink()
        service = self.service(collect__logs=str(self.log),
                               daemon__roles="collect")
        service.start()
        service.wait_logged("a log cannot be followed", "mail.log")
        self.write(session(0))
        self.wait_counted(service, {ENCRYPTED: 1})

    def test_paths_are_absolute(self):
        service = self.service(collect__logs="mail.log")
        self.assert_fails(CONFIG, service.cli("status"), "no absolute path")


class Reported(TailTest):
    """RFC 7435 s2: what was there for long and is gone is told of, in reports
    too, as failure-reason-code (RFC 8460 s4.4)."""

    def details(self, successes, *, reason=None, mx="mx.a.example", after=""):
        """Those of the report on a session without STARTTLS, after sessions
        with it so many seconds away."""
        service = self.stored()
        self.log.write_text("")
        self.write(*[session(s, 100 + i) for i, s in enumerate(successes)],
                   after)
        self.tail(service)
        service.start()
        more = {"f": reason} if reason else {}
        service.send(failure("a.example", c=201, n=mx, r="192.0.2.1",
                             **more),
                     failure("a.example", c=204, n=mx, r="192.0.2.1"))
        service.wait_received(2)
        service.close_day()
        [report] = service.reports()
        service.stop()
        return {d["result-type"]: d.get("failure-reason-code")
                for p in report.value["policies"]
                for d in p["failure-details"]}

    def test_starttls_that_was_there(self):
        """A session a day, the last on 1 March: by hand."""
        stable = [-i * DAY_S for i in range(10, 0, -1)]
        seen = "starttls-seen-until-2026-03-01"
        cases = (
            ("stable", {"successes": stable}, seen),
            ("the host's name is in capitals",
             {"successes": stable, "mx": "MX.A.Example"}, seen),
            ("the MTA has a reason",
             {"successes": stable, "reason": "own"}, "own"),
            ("another host",
             {"successes": stable, "mx": "mx2.a.example"}, None),
            ("too few", {"successes": stable[:9]}, None),
            ("too short", {"successes": [-60 * i for i in range(30, 0, -1)]},
             None),
            ("there on the day, too", {"successes": stable + [-60]}, None),
            ("and gone on the day",
             {"successes": stable + [-60], "after": clear(-30, 99)},
             "starttls-seen-until-2026-03-02"),
        )
        for name, case, want in cases:
            with self.subTest(name):
                self.assertEqual({"starttls-not-supported": want,
                                  "certificate-expired": None},
                                 self.details(**case))


class InPostgres(TailTest):
    """The same in PostgreSQL, and by two at a time."""

    def test_each_session_once(self):
        server = Postgres()
        self.addCleanup(server.close)
        service = self.stored(store__url=server.url(),
                              store__password_file=str(
                                  server.password_file(self.folder())))
        self.write(*[session(i) for i in range(50)])
        self.assertEqual(50, len(self.tail(service)))
        self.write(clear(60))
        self.rotate()
        self.write(clear(61))
        self.assertEqual(2, len(self.tail(service)))
        self.assertEqual([], self.tail(service))
        self.assertEqual(["3|50", "5|2"], server.sql(
            "SELECT tls, SUM(sessions) FROM log_level GROUP BY tls "
            "ORDER BY tls"))
        self.assertEqual(["50|2"], server.sql(
            "SELECT run, missing FROM log_history"))


if __name__ == "__main__":
    unittest.main()
