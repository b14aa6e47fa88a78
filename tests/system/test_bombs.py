"""test_bombs.py -- what is made to exhaust who reads it: each bomb, by each way
that reports come in, costs no more memory than one may, becomes a row that names
the fault or is refused, and the next good report arrives."""

import base64
import contextlib
import gzip
import http.client
import io
import json
import smtplib
import struct
import subprocess
import sys
import unittest
import urllib.error
import zipfile
from concurrent.futures import ThreadPoolExecutor

import memory
from harness import (OK, TLSRPT, SystemTest, assert_no_fault, wait_until)
from test_inbox import EXAMPLE, OURS, mail
from test_receive import Receiving

MIB = 1 << 20
NESTED = 1000
MESSAGE_MAX = 16 * MIB  # intake.message_max
FILE_MAX = 64 * MIB  # of tlsrpt import
# The most memory of a process while it has to do with a bomb: what was received,
# unpacked and read, each of them under its own ceiling, and the program itself.
ROLE_MAX = 128 * MIB
IMPORT_MAX = 256 * MIB  # files are larger
# The same while many come in at a time.
ROLE_MANY_MAX = 320 * MIB
POSTERS = 16
PATIENCE_S = 120
# Runs the rest of its arguments as a child and prints what that took, KiB: a
# process of ours would tell its own size.
MEASURE = """\
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


# -- bombs --

def gzip_bomb():
    """A report that is blanks, 1000:1, of more than one may be."""
    return gzip.compress(b" " * (100 * MIB))


def nested_gzip():
    """In itself, and a bomb inside."""
    packed = gzip_bomb()
    for _ in range(10):
        packed = gzip.compress(packed)
    return packed


def members():
    """Many short members."""
    return gzip.compress(b" ") * 500_000


def archive(*entries):
    """A zip of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for i, entry in enumerate(entries):
            z.writestr(f"{i}.json", entry)
    return out.getvalue()


def zip_bomb():
    """One entry, 1000:1."""
    return archive(b" " * (100 * MIB))


def zip_lies(size):
    """One that unpacks to 100 MiB and says another size."""
    told = struct.pack("<I", size)
    return zip_bomb().replace(struct.pack("<I", 100 * MIB), told)


def nested_json(n):
    """A report deep in a member that nobody knows."""
    return b'{"x":' + b'{"a":' * n + b"1" + b"}" * (n + 1)


def many(begin, one, end, size=15 * MIB):
    """As many of one between the others as there is room for."""
    return begin + b",".join([one] * (size // (len(one) + 1))) + end


BODIES = {
    "gzip 1000:1": gzip_bomb,
    "gzip in gzip": nested_gzip,
    "gzip of many members": members,
    "zip 1000:1": zip_bomb,
    "zip of two": lambda: archive(b"{}", b"{}"),
    "zip that says 10 bytes": lambda: zip_lies(10),
    "zip that says 4 GiB": lambda: zip_lies(0xfffffffe),
    "deep JSON": lambda: nested_json(NESTED),
    "[ x 60,000": lambda: b"[" * 60_000,
    "[ in a member": lambda: b'{"policies":' + b"[" * 60_000,
    "16 MB of {}": lambda: b"{}" * (15 * MIB // 2),
    "16 MB of policies": lambda: many(b'{"policies":[', b"{}", b"]}"),
    "16 MB of details": lambda: many(
        b'{"policies":[{"failure-details":[', b"{}", b"]}]}"),
    "20 MB of details, packed": lambda: gzip.compress(many(
        b'{"policies":[{"failure-details":[', b"{}", b"]}]}", 19 * MIB)),
    "20 MB of strings, packed": lambda: gzip.compress(many(
        b'{"policies":[{"policy":{"policy-string":[', b'""', b"]}}]}",
        19 * MIB)),
    "one string of 16 MB": lambda: b'{"report-id":"' + b"x" * (15 * MIB) +
                                   b'"}',
    "one key of 16 MB": lambda: b'{"' + b"x" * (15 * MIB) + b'":1}',
    "one number of 16 MB": lambda: b'{"x":' + b"1" * (15 * MIB) + b"}",
    "escapes": lambda: b'{"report-id":"' + b"\\u0000" * (2 * MIB) + b'"}',
    "NULs": lambda: bytes(15 * MIB),
    "a line of 16 MB": lambda: b"x" * (15 * MIB),
}


def around(body, fields="", encoding=""):
    """A mail with that body."""
    text = ("From: tls@company-x.example\r\n" + fields +
            (f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else "")
            + "\r\n")
    return text.encode() + body


def with_report(body):
    """A mail that has it as its report: packed, if it is too long."""
    if len(body) > MESSAGE_MAX // 2:
        body = gzip.compress(body)
    return (b"From: tls@company-x.example\r\n"
            b"Content-Type: application/tlsrpt+gzip\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(body).replace(b"\n", b"\r\n"))


def nested_mime():
    """A multipart in each other."""
    return b"From: a@b.example\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" %
        (i, i) for i in range(NESTED))


def same_boundary():
    """The same, with one boundary for all of them."""
    return b"From: a@b.example\r\n" + \
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * NESTED


def many_parts(n):
    """Empty ones."""
    return around(b"--b\r\n\r\n\r\n" * n,
                  "Content-Type: multipart/mixed; boundary=b\r\n")


def mails_in_mails():
    """A message in each other, without an end."""
    return (b"From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n" *
            50_000)


def many_fields(field, n):
    """A good report below them."""
    return field * n + mail(json.dumps(EXAMPLE).encode()).replace(
        b"\n", b"\r\n")


def many_bombs():
    """As many bombs as a mail may have reports, and more."""
    packed = base64.encodebytes(gzip.compress(
        many(b'{"policies":[{"failure-details":[', b"{}", b"]}]}",
             19 * MIB), 9)).replace(b"\n", b"\r\n")
    part = (b"--b\r\nContent-Type: application/tlsrpt+gzip\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + packed)
    return around(part * 60, "Content-Type: multipart/mixed; boundary=b\r\n")


def many_parameters():
    """A boundary in very many sections."""
    return around(b"x", "Content-Type: multipart/mixed" + "".join(
        f";\r\n boundary*{i}=x" for i in range(6000)) + "\r\n")


MAILS = {
    "nested parts": nested_mime,
    "nested parts of one boundary": same_boundary,
    "500,000 parts": lambda: many_parts(500_000),
    "a header of 15 MB": lambda: around(
        b"x", "X-Long: " + "x" * (15 * MIB) + "\r\n"),
    "a folded header of 15 MB": lambda: around(
        b"x", "X-Long: " + "x\r\n " * (3 * MIB) + "x\r\n"),
    "a header without end": lambda: b"X: y\r\n" * (15 * MIB // 6),
    "messages in each other": mails_in_mails,
    "base64 of nothing": lambda: around(b"!" * (15 * MIB),
                                        encoding="base64"),
    "quoted-printable of nothing": lambda: around(
        b"=" * (15 * MIB), encoding="quoted-printable"),
    "one line": lambda: around(b"x" * (15 * MIB)),
    "NULs": lambda: bytes(15 * MIB),
    "NULs in the header": lambda: b"From: \0\0@\0\r\nSubj\0ect: x\r\n\r\n",
    "10,000 signatures": lambda: many_fields(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; h=from;"
        b" bh=aaaa; b=bbbb\r\n", 10_000),
    "900 signatures": lambda: many_fields(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; h=from;"
        b" bh=aaaa; b=bbbb\r\n", 900),
    "10,000 Received": lambda: many_fields(
        b"Received: from a.example by b.example; now\r\n", 10_000),
    "From with 100,000 addresses": lambda: many_fields(
        b"From: " + b",\r\n ".join([b"<a@a.example>"] * 100_000) + b"\r\n",
        1),
    "a boundary in sections": many_parameters,
    "comments in each other": lambda: around(
        b"x", "Content-Type: " + "(" * 100_000 + "\r\n"),
    "60 bombs": many_bombs,
    **{f"{name}, in a mail": lambda make=make: with_report(make())
       for name, make in BODIES.items()},
}


# -- what they may do --

class Bombs(SystemTest):
    """Rows that tell of a fault, and a good report behind each bomb."""

    def setUp(self):
        self.goods = 0
        self.seen = set()

    def good(self):
        """A report that nobody has sent yet."""
        self.goods += 1
        return dict(EXAMPLE, **{"report-id": f"good-{self.goods}"})

    def wait_good(self, list_rows, good):
        """The new rows, once the good report is there."""
        def found():
            rows = [r for r in list_rows() if r["intake-id"] not in self.seen]
            ids = [r["report-id"] for r in rows]
            return rows if good["report-id"] in ids else None
        rows = wait_until(found, "the good one arrives", PATIENCE_S)
        self.seen |= {r["intake-id"] for r in rows}
        return rows

    def assert_told(self, rows, n):
        """There are so many and the good one, and each bomb says what is wrong
        with it, or is a report after all."""
        self.assertEqual(n + 1, len({r["intake-id"] for r in rows}))
        self.assertEqual([], [
            r for r in rows
            if (r["state"] == "unreadable") != (r["reason"] != "")
            or not (r["state"] == "unreadable" or r["deviations"]
                    or r["submitter"] == "company-x.example")])


class Received(Receiving, Bombs):
    """Bombs over HTTP and LMTP."""

    def setUp(self):
        super().setUp()
        self.subject = self.receiving(intake__hourly="0")
        self.pid = self.subject.role_pid("intake")

    def assert_bombs(self, put, n=1, ceiling=ROLE_MAX):
        """They take no more memory than that, and a good report arrives."""
        memory.forget_peak(self.pid)
        put()
        good = self.good()
        self.give(self.subject, good)
        rows = self.wait_good(
            lambda: self.subject.cli_json("inbox", "list"), good)
        self.assert_told(rows, n)
        self.assertEqual(self.pid, self.subject.role_pid("intake"))
        self.assertLess(memory.peak_kib(self.pid) << 10, ceiling)

    def give_bytes(self, message):
        """Over LMTP: the code of the answer to it."""
        with smtplib.LMTP(str(self.subject.folder / "lmtp"),
                          timeout=PATIENCE_S) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail("")
            lmtp.rcpt(f"tls@{OURS}")
            return lmtp.data(message)[0]

    def ask_to_post(self, length):
        """The answer to a request for that, whose body waits for it."""
        with contextlib.closing(http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            connection.putrequest("POST", "/tlsrpt")
            connection.putheader("Content-Type", "application/tlsrpt+json")
            connection.putheader("Content-Length", str(length))
            connection.endheaders()
            return connection.getresponse().status

    def test_posts(self):
        for name, make in BODIES.items():
            with self.subTest(name):
                body = make()
                self.assert_bombs(
                    lambda: self.assertEqual(201, self.post(body)[0]))

    def test_a_bomb_by_its_content_encoding(self):
        body = gzip_bomb()
        self.assert_bombs(lambda: self.assertEqual(201, self.post(body, **{
            "Content-Type": "application/tlsrpt+json",
            "Content-Encoding": "gzip"})[0]))

    def test_mails(self):
        for name, make in MAILS.items():
            with self.subTest(name):
                body = make()
                self.assert_bombs(
                    lambda: self.assertEqual(250, self.give_bytes(body)))

    def test_many_at_a_time(self):
        bodies = [make() for make in BODIES.values()]
        stored = []

        def post(body):
            # As it is said while others are coming in, or by no answer.
            while True:
                with contextlib.suppress(urllib.error.URLError):
                    if (status := self.post(body)[0]) != 503:
                        return stored.append(status)

        def put():
            with ThreadPoolExecutor(POSTERS) as pool:
                list(pool.map(post, bodies))
        self.assert_bombs(put, len(bodies), ROLE_MANY_MAX)
        self.assertEqual({201}, set(stored))

    def test_larger_than_one_may_be(self):
        """Refused by name: none of it is kept."""
        large = bytes(MESSAGE_MAX + 1)

        def put():
            self.assertEqual(413, self.ask_to_post(MESSAGE_MAX + 1))
            self.assertEqual(552, self.give_bytes(large))
            self.assertEqual(552, self.give_bytes(around(
                b"x", "X-Long: " + "x" * (100 * MIB) + "\r\n")))
        self.assert_bombs(put, 0)


class Imported(Bombs):
    """The same out of files."""

    def setUp(self):
        super().setUp()
        self.subject = self.service()
        self.subject.data_dir.mkdir()
        self.assertEqual(OK, self.subject.cli("db", "migrate")[0])
        self.assertEqual(OK, self.subject.cli("domain", "add", OURS)[0])

    def take(self, path):
        """Import the file: code and stderr."""
        done = subprocess.run(
            [sys.executable, "-ISc", MEASURE, TLSRPT, "-c",
             self.subject.config, "import", path], capture_output=True,
            timeout=PATIENCE_S, check=False)
        err, _, kib = done.stderr.decode().rstrip().rpartition("\n")
        self.assertLess(int(kib) << 10, IMPORT_MAX)
        assert_no_fault(err)
        return done.returncode, err

    def assert_bomb(self, body):
        """The bomb's file, and a good one."""
        path = self.subject.folder / "bomb"
        path.write_bytes(body)
        self.assertEqual((OK, ""), self.take(path))
        good = self.good()
        path.write_text(json.dumps(good))
        self.assertEqual((OK, ""), self.take(path))
        self.assert_told(self.wait_good(
            lambda: self.subject.cli_json("inbox", "list"), good), 1)

    def test_files(self):
        for name, make in {**BODIES, **MAILS}.items():
            with self.subTest(name):
                self.assert_bomb(make())

    def test_a_header_of_60_mb(self):
        self.assert_bomb(around(
            b"x", "X-Long: " + "x" * (60 * MIB) + "\r\n"))

    def test_larger_than_one_may_be(self):
        """Its beginning is kept, and how much one may be is said."""
        self.assert_bomb(around(
            b"x", "X-Long: " + "x" * (100 * MIB) + "\r\n"))
        self.assertEqual([f"more than {FILE_MAX} bytes; its beginning is kept"], [
            r["reason"] for r in self.subject.cli_json("inbox", "list")
            if r["state"] == "unreadable"])


if __name__ == "__main__":
    unittest.main()
