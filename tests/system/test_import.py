"""test_import.py -- reports of others out of files, mailboxes and folders, and
out of mails that a real Postfix hands over."""

import concurrent.futures
import contextlib
import gzip
import json
import mailbox
import os
import pty
import random
import re
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import time
import unittest

from disks import Disk
from harness import (NO_INPUT, OK, TEMPFAIL, TLSRPT, SystemTest,
                     assert_no_fault, run_cli, wait_until)
from mail_hosts import Postfix
from test_inbox import EXAMPLE, OURS, mail

KIB = 1024
MIB = 1024 * KIB
LARGEST = 64 * MIB  # a mail or a report
NOBODY = 65534
# ASan keeps memory that was freed for a while.
SANITIZER = {"ASAN_OPTIONS": "quarantine_size_mb=1"}


def report(name):
    """A report with that report-id."""
    return json.dumps(dict(EXAMPLE, **{"report-id": name})).encode()


def separator(second=0):
    """What stands before a mail in a mailbox, RFC 4155."""
    return f"From tls@company-x.example Sun Nov 22 18:00:{second:02} 2026\n"


def write_mailbox(path, names):
    """Report mails in one file."""
    with open(path, "wb") as file:
        for name in names:
            file.write(separator().encode() + mail(report(name)) + b"\n")
    return path


class Import(SystemTest):
    """A store, and files beside it."""

    def setUp(self):
        self.at = self.folder()
        self.at.chmod(0o755)
        self.data = self.at / "data"
        self.data.mkdir()
        self.files = self.at / "files"
        self.files.mkdir()
        self.config = self.at / "tlsrptd.conf"
        self.use_data(self.data)

    def use_data(self, folder):
        """A store there."""
        self.config.write_text(
            f"[daemon]\nroles = collect\ndata_dir = {folder}\n")
        self.database = folder / "tlsrptd.db"
        self.assertEqual(OK, self.cli("db", "migrate")[0])
        self.assertEqual(OK, self.cli("domain", "add", OURS)[0])

    def cli(self, *arguments, **more):
        return run_cli("-c", self.config, *arguments, **more)

    def take(self, *names, code=OK, **more):
        """What became of them."""
        got, out, err = self.cli("import", "--json", *names, **more)
        self.assertEqual(code, got, out + err)
        assert_no_fault(err)
        self.said = err
        return {k: n for k, n in json.loads(out).items() if n}

    def take_in_memory(self, name):
        """The same, and the bytes that it had at most."""
        with subprocess.Popen(
                [TLSRPT, "-c", self.config, "import", "--json", name],
                env={**os.environ, **SANITIZER},
                stdout=subprocess.PIPE) as process:
            out = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(OK, process.returncode)
        return ({k: n for k, n in json.loads(out).items() if n},
                usage.ru_maxrss * KIB)

    def inbox(self, *options):
        code, out, err = self.cli("inbox", "list", "--json", *options)
        self.assertEqual(OK, code, err)
        return json.loads(out)

    def raw(self, row):
        """What was received."""
        return subprocess.run(
            [TLSRPT, "-c", self.config, "inbox", "raw", row["intake-id"]],
            check=True, capture_output=True, timeout=60).stdout


class Files(Import):
    """What a file is, its bytes tell."""

    def test_whatever_the_name(self):
        for n, (name, body) in enumerate((
                ("a.eml", report("r-0")), ("b.zip", b"\n\t" + report("r-1")),
                ("c.json", gzip.compress(report("r-2"))),
                ("d.gz", mail(report("r-3"))),
                ("e", separator().encode() + mail(report("r-4"))))):
            (self.files / name).write_bytes(body)
            self.assertEqual(
                {"files": 1, "counted" if n < 3 else "untrusted": 1},
                self.take(self.files / name), name)

    def test_reason_names_what_it_is(self):
        for body, word in ((b"<xml>", "XML"), (b"", "no part"),
                           ("\ufeff{}".encode("utf-16-le"), "UTF-16"),
                           (b"[]", "neither"), (b"\n", "no part")):
            (self.files / "x").write_bytes(body)
            self.assertEqual({"files": 1, "unreadable": 1},
                             self.take(self.files / "x"), body)
            self.assertIn(word, self.inbox()[-1]["reason"])

    def test_again_counts_nothing_twice(self):
        for n in range(40):
            (self.files / f"{n}").write_bytes(report(f"r-{n}"))
        self.assertEqual({"files": 40, "counted": 40}, self.take(self.files))
        self.assertEqual({"files": 40, "duplicate": 40}, self.take(self.files))
        code, out, err = self.cli("import", self.files)
        self.assertEqual((OK, "40 files, 40 duplicate\n", ""),
                         (code, out, err))
        self.assertEqual(40, len(self.inbox("--state", "counted")))

    def test_too_large_a_file_is_kept_in_part(self):
        with open(self.files / "large", "wb") as file:
            file.write(mail(report("r")))
            file.truncate(1024 * MIB)  # a hole costs no disk
        counts, peak = self.take_in_memory(self.files)
        self.assertEqual({"files": 1, "unreadable": 1}, counts)
        row, = self.inbox()
        self.assertIn(f"more than {LARGEST} bytes", row["reason"])
        self.assertEqual(MIB, len(self.raw(row)))
        # A buffer is doubled as it grows.
        self.assertLess(peak, 4 * LARGEST)

    def test_files_that_are_not_there_or_closed(self):
        (self.files / "good").write_bytes(report("r"))
        self.assertEqual(
            {"files": 1, "counted": 1, "failed": 1},
            self.take(self.files / "none", self.files, code=NO_INPUT))
        self.assertIn(f"{self.files}/none: No such file", self.said)


class Mailboxes(Import):
    """Files with many mails in them."""

    def test_as_another_implementation_writes_them(self):
        """Python's mailbox module quotes as mboxo does."""
        rng = random.Random(8460)
        words = ["From ", "From", ">From ", "\n", "\n", "a", "From x 18:00:00",
                 " ", "\t>", "--b\n", "Subject: x\n"]
        bodies = ["".join(rng.choices(words, k=rng.randrange(40)))
                  for _ in range(200)]
        with contextlib.closing(mailbox.mbox(self.files / "m")) as box:
            for n, body in enumerate(bodies):
                message = mailbox.mboxMessage(
                    f"Subject: {n}\n\n{body}".encode())
                message.set_from("a@b.example", time.gmtime(n))
                box.add(message)
        with contextlib.closing(mailbox.mbox(self.files / "m")) as box:
            wanted = [bytes(box.get_bytes(key)) for key in box.keys()]
        self.assertEqual(200, len(wanted))
        self.assertEqual({"files": 1, "unreadable": 200}, self.take(self.files))
        # It leaves the marks of quoting where they are.
        self.assertEqual(
            sorted(re.sub(rb"(?m)^>(>*From )", rb"\1", w) for w in wanted),
            sorted(self.raw(row) for row in self.inbox()))

    def test_one_bad_mail_does_not_stop_the_rest(self):
        with open(self.files / "m", "wb") as file:
            for n in range(100):
                file.write(separator().encode())
                file.write(b"\0\xff: no mail at all\n\n" if n % 10 == 5
                           else mail(report(f"r-{n}")) + b"\n")
            file.write(separator().encode() + b"Subject: large\n\n")
            for _ in range(LARGEST // MIB + 1):
                file.write((b"x" * 1023 + b"\n") * KIB)
            file.write(b"\n" + separator().encode() + mail(report("last")))
        self.assertEqual({"files": 1, "untrusted": 91, "unreadable": 11},
                         self.take(self.files / "m"))

    def test_many_mails_take_no_more_memory_than_few(self):
        peaks = []
        for n in (500, 5000):
            write_mailbox(self.files / "m", map(str, range(n)))
            counts, peak = self.take_in_memory(self.files / "m")
            self.assertEqual(n, sum(counts.values()) - 1)
            peaks.append(peak)
        self.assertLess(peaks[1] - peaks[0], 16 * MIB)

    def test_killed_in_the_middle_it_goes_on_where_it_was(self):
        n = 3000
        write_mailbox(self.files / "m", map(str, range(n)))
        done = 0
        for _ in range(3):
            process = subprocess.Popen(
                [TLSRPT, "-c", self.config, "import", self.files / "m"],
                stdout=subprocess.DEVNULL)
            wait_until(lambda: len(self.ids()) > done, "it has begun")
            process.kill()
            process.wait()
            done = len(self.ids())
        counts = self.take(self.files / "m")
        self.assertEqual(n, counts["duplicate"] + counts.get("untrusted", 0))
        self.assertEqual(n, len(self.ids()))
        with contextlib.closing(sqlite3.connect(self.database)) as store:
            (rows,), = store.execute(
                "SELECT count(*) FROM inbox WHERE state = 2")
        self.assertEqual(n, rows)

    def ids(self):
        """Report-ids that are in the store."""
        with contextlib.closing(sqlite3.connect(self.database)) as store:
            return {i for i, in store.execute("SELECT report_id FROM inbox")}


class Folders(Import):
    """Folders of files and folders."""

    def test_maildir(self):
        box = mailbox.Maildir(self.files / "box")
        for n in range(4):
            key = box.add(mail(report(f"r-{n}")))
            if n % 2:  # read by somebody
                message = box[key]
                message.set_subdir("cur")
                box[key] = message
        box.add_folder("tls").add(mail(report("r-4")))
        (self.files / "box" / "tmp" / "half").write_bytes(b"Subject: ha")
        (self.files / "box" / "dovecot-uidlist").write_text("3 V1 N5\n")
        (self.files / "box" / ".other").mkdir()
        (self.files / "box" / ".other" / "x").write_text("x")
        self.assertEqual({"files": 5, "untrusted": 5}, self.take(self.files))

    def test_what_is_no_file_is_passed_over(self):
        outside = self.at / "outside"
        outside.write_bytes(report("outside"))
        inner = self.files / "a" / "b"
        inner.mkdir(parents=True)
        (inner / "good").write_bytes(report("inside"))
        (inner / ".hidden").write_bytes(report("hidden"))
        (inner / "up").symlink_to(self.files)
        (self.files / "out").symlink_to(outside)
        (self.files / "nowhere").symlink_to("none")
        os.mkfifo(self.files / "fifo")
        os.mknod(self.files / "zero", 0o20644, os.makedev(1, 5))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.files / "socket"))
            self.assertEqual({"files": 1, "counted": 1, "passed-over": 6},
                             self.take(self.files))
        for name, what in (("a/b/up", "a symbolic link"),
                           ("out", "a symbolic link"),
                           ("nowhere", "a symbolic link"), ("fifo", "a FIFO"),
                           ("zero", "a device"), ("socket", "a socket")):
            self.assertIn(f"{self.files}/{name}: {what}, passed over\n",
                          self.said)
        # What is named on the command line may be a link, but no device.
        self.assertEqual({"files": 1, "counted": 1},
                         self.take(self.files / "out"))
        self.assertEqual({"passed-over": 2}, self.take(
            self.files / "fifo", self.files / "zero"))

    def test_folders_too_deep(self):
        deep = self.files.joinpath(*["d"] * 20)
        deep.mkdir(parents=True)
        (deep / "lost").write_bytes(report("lost"))
        (self.files / "good").write_bytes(report("good"))
        self.assertEqual({"files": 1, "counted": 1, "failed": 1},
                         self.take(self.files, code=NO_INPUT))
        self.assertIn("more than 16 folders in each other", self.said)

    def test_hostile_names_do_not_reach_the_terminal(self):
        (self.files / "\x1b[2J").symlink_to("x")
        self.take(self.files)
        self.assertNotIn("\x1b", self.said)


class Terminal(Import):
    """What a person sees."""

    def seen(self, **env):
        """On a terminal: what it printed."""
        for n in range(3):
            (self.files / f"{n}").write_bytes(report(f"r-{n}"))
        leader, follower = pty.openpty()
        os.set_blocking(leader, False)
        with os.fdopen(leader, "rb", 0) as terminal:
            done = subprocess.run(
                [TLSRPT, "-c", self.config, "import", self.files],
                stdout=follower, stderr=follower, timeout=60, check=False,
                env={**{k: v for k, v in os.environ.items()
                        if k != "NO_COLOR"}, "TERM": "xterm", **env})
            os.close(follower)
            self.assertEqual(OK, done.returncode)
            out = b""
            with contextlib.suppress(OSError):
                while more := terminal.read(65536):
                    out += more
        return out.decode()

    def test_progress_and_then_the_summary_alone(self):
        out = self.seen()
        self.assertRegex(out, r"\[\x1b\[32m#+\x1b\[0m-*\] 0 of 3 files, ")
        self.assertTrue(out.endswith("\r\x1b[K3 files, 3 counted\r\n"), out)

    def test_no_colour(self):
        self.assertRegex(self.seen(NO_COLOR="1"), r"\[#+-*\] 0 of 3 files, ")

    def test_terminal_that_can_do_nothing(self):
        self.assertEqual("3 files, 3 counted\r\n", self.seen(TERM="dumb"))


class Pipe(Import):
    """From a mail server: content is no reason to fail."""

    def give(self, body, code=OK, **more):
        got, out, err = self.cli("import", "-", stdin=body, **more)
        self.assertEqual((code, ""), (got, out), err)
        assert_no_fault(err)
        return err

    def test_whatever_is_in_it(self):
        for body in (b"", b"\0", b"\xff" * 100, b"Subject: x\n\nno report\n",
                     mail(report("r"))[:-100], b"From x\n", b"{" * 100000,
                     gzip.compress(b"\0" * 30 * MIB)):
            self.assertEqual("1 file, 1 unreadable\n", self.give(body))
        self.assertEqual("1 file, 1 untrusted\n", self.give(mail(report("r"))))

    def test_too_large_a_mail(self):
        self.assertEqual("1 file, 1 unreadable\n", self.give(
            b"Subject: x\n\n" + (b"x" * 75 + b"\n") * (LARGEST // 76 + 1)))

    def test_locked_store(self):
        with contextlib.closing(sqlite3.connect(
                self.database, isolation_level=None)) as store:
            store.execute("BEGIN IMMEDIATE")
            self.assertIn("locked", self.give(mail(report("r")), TEMPFAIL))
            store.rollback()
        self.assertEqual([], self.inbox())

    def test_full_disk(self):
        disk = Disk(self, "8M")
        self.use_data(disk.path)
        ballast = disk.fill()
        self.assertIn("No space left", self.give(mail(report("r")), TEMPFAIL))
        ballast.unlink()
        self.give(mail(report("r")))
        self.assertEqual(1, len(self.inbox()))

    def test_trouble_of_ours(self):
        self.give(mail(report("r")), OK)
        self.database.rename(self.at / "away")
        self.assertIn("no store", self.give(mail(report("r")), TEMPFAIL))
        self.config.write_text("[nonsense]\n")
        self.give(mail(report("r")), TEMPFAIL)

    def give_as_a_mta(self, body):
        """It comes again after 75: on a busy machine others hold the store for
        longer than one waits."""
        def is_taken():
            code, out, err = self.cli("import", "-", stdin=body)
            self.assertIn(code, (OK, TEMPFAIL), err)
            self.assertEqual("", out)
            said.append(err)
            return code == OK
        said = []
        wait_until(is_taken, "it is taken")
        return said[-1]

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            said = list(pool.map(
                lambda n: self.give_as_a_mta(mail(report(f"r-{n}"))),
                range(96)))
        self.assertEqual({"1 file, 1 untrusted\n"}, set(said))
        self.assertEqual(96, len(self.inbox()))


class PostfixPipe(Import):
    """As tlsrpt(1) tells to set it up."""

    def postfix(self):
        """One whose mails all go to the pipe, as a user who has the store."""
        for path in (self.data, *self.data.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        # Not everybody may go to where it was built.
        program = self.at / "tlsrpt"
        shutil.copy(TLSRPT, program)
        postfix = Postfix("tlsrpt-in:", **{
            "tlsrpt-in_destination_recipient_limit": "1",
            "tlsrpt-in_destination_concurrency_limit": "4"})
        self.addCleanup(postfix.close)
        # It waits while one of its files is being written, as it takes it.
        master = postfix.folder / "master.cf"
        master.write_text(
            master.read_text() +
            "tlsrpt-in unix - n n - - pipe\n"
            f"  user=nobody argv={program} -c {self.config} import -\n")
        os.utime(master, (0, 0))
        subprocess.run(["/usr/sbin/postfix", "-c", str(postfix.folder),
                        "reload"], check=True, capture_output=True)
        return postfix

    def send(self, postfix, body):
        with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as smtp:
            smtp.sendmail("forged@else.example", [f"tls@{OURS}"], body)

    def wait_empty(self, postfix):
        wait_until(lambda: not postfix.queue(), "its queue is empty")

    def test_mails_are_in_the_inbox_and_none_is_bounced(self):
        postfix = self.postfix()
        for n in range(10):
            self.send(postfix, mail(report(f"r-{n}")))
        self.send(postfix, b"Subject: no report\n\nhello\n")
        wait_until(lambda: len(self.inbox()) == 11, "all are there")
        self.wait_empty(postfix)
        self.assertEqual(
            {"untrusted": 10, "unreadable": 1},
            {s: len(self.inbox("--state", s))
             for s in ("untrusted", "unreadable")})
        log = postfix.log_text()
        self.assertEqual(11, log.count("status=sent"))
        self.assertIn("(delivered via tlsrpt-in service (1 file, 1 untrusted))",
                      log)
        self.assertNotIn("status=bounced", log)

    def test_while_the_store_is_locked_the_mail_waits(self):
        postfix = self.postfix()
        with contextlib.closing(sqlite3.connect(
                self.database, isolation_level=None)) as store:
            store.execute("BEGIN IMMEDIATE")
            self.send(postfix, mail(report("r")))
            postfix.wait_deferred(f"tls@{OURS}")
            store.rollback()
        postfix.flush()
        wait_until(self.inbox, "it comes again")
        self.wait_empty(postfix)
        self.assertNotIn("status=bounced", postfix.log_text())


if __name__ == "__main__":
    unittest.main()
