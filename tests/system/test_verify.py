"""test_verify.py -- our verifier of DKIM signatures says what python3-dkim and
libopendkim say, of messages that those two signed and of such that were changed
afterwards. Run by Debian's /usr/bin/python3."""

import os
import re
import subprocess
import time
import unittest

import dkim

from harness import SUBMITTER
from test_dkim import DkimTest, KEYS, OTHERS, REPORT, Words

VERIFY = os.environ.get("DKIM_VERIFY_FILES", "dkim_verify_files")
OPENDKIM_SIGN = os.environ.get("OPENDKIM_SIGN", "opendkim_sign")
OPENDKIM_VERIFY = os.environ.get("OPENDKIM_VERIFY", "opendkim_verify")
EACH = 25  # messages for each signer, key and way
FEW = 5  # the same where less will do
CHANGES = 5  # of each message
SEED = 6376
WAYS = [(header, body) for header in ("simple", "relaxed")
        for body in ("simple", "relaxed")]
# RFC 8463 A.1, as python3-dkim wants it.
ED25519_SEED = b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
ALGORITHMS = {"r1": "rsa-sha256", "e1": "ed25519-sha256"}
BASE64 = re.compile(rb"\bb=[^;]*?(?=\r\n[^ \t])|\bbh=[^;]*")
FROM = re.compile(rb"(?im)^(from):(?:[^\r]|\r\n[ \t])*\r\n")
FILES = {"r1": "rsa2048.pem", "e1": "rfc8463.pem"}


class VerifyTest(DkimTest):
    """A folder with messages, and three who judge them."""

    def setUp(self):
        super().setUp()
        self.words = Words(SEED)
        self.random = self.words.random
        self.zone = {r["name"]: r["record"]
                     for r in self.records("--any-service")}
        self.count = 0
        (self.at / "rsa1.pem").write_bytes(subprocess.run(
            ["openssl", "rsa", "-traditional", "-in", KEYS / "rsa2048.pem"],
            check=True, capture_output=True).stdout)

    def write(self, messages):
        paths = []
        for message in messages:
            self.count += 1
            paths.append(self.at / f"{self.count}.eml")
            paths[-1].write_bytes(message)
        return paths

    def answer(self, name, timeout=5):
        txt = self.zone.get(name.decode(errors="replace").rstrip("."))
        return None if txt is None else txt.encode()

    # -- who sign --

    def dkimpy_signs(self, message, selector, ways, **more):
        key = ED25519_SEED
        if selector == "r1":
            key = (self.at / "rsa1.pem").read_bytes()
        field = dkim.sign(
            message, selector.encode(), SUBMITTER.encode(), key,
            canonicalize=tuple(way.encode() for way in ways),
            signature_algorithm=ALGORITHMS[selector].encode(), **more)
        return field + message

    def opendkim_signs(self, messages, selector, ways):
        paths = self.write(messages)
        # It loses the key of each Ed25519 signature.
        subprocess.run(
            [OPENDKIM_SIGN, KEYS / FILES[selector], SUBMITTER, selector,
             ALGORITHMS[selector], *ways, *paths],
            check=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        return [path.with_name(path.name + ".signed").read_bytes()
                for path in paths]

    # -- who verify: the numbers of the messages with a signature that passes --

    def lines_of(self, *arguments):
        """By path, [selector, result, ...]."""
        out = subprocess.run(arguments, stdout=subprocess.PIPE, text=True,
                             errors="surrogateescape", check=True).stdout
        lines = {}
        for line in out.splitlines():
            path, *rest = line.split(" ")
            lines.setdefault(path, []).append(rest)
        return lines

    def records_file(self):
        path = self.at / "records"
        path.write_text("".join(f"{name} {txt}\n"
                                for name, txt in self.zone.items()))
        return path

    def we_pass(self, messages):
        paths = self.write(messages)
        lines = self.lines_of(VERIFY, self.records_file(),
                              str(int(time.time())), *paths)
        self.assertEqual(set(map(str, paths)), set(lines))
        return {n for n, path in enumerate(paths)
                for line in lines[str(path)] if line[1] == "pass"}

    def opendkim_passes(self, messages):
        paths = self.write(messages)
        lines = self.lines_of(OPENDKIM_VERIFY, self.records_file(), *paths)
        return {n for n, path in enumerate(paths)
                for line in lines.get(str(path), []) if line[-1] == "pass"}

    def dkimpy_passes(self, messages):
        passed = set()
        for n, message in enumerate(messages):
            try:
                if dkim.verify(message, dnsfunc=self.answer):
                    passed.add(n)
            except Exception:  # whatever it trips over, it does not pass
                pass
        return passed

    # -- messages --

    def message(self):
        """With a CRLF at the end, as all have that came by SMTP, and one
        address in From, without which libopendkim does not begin."""
        message = self.words.message()
        message = FROM.sub(self.one_address, message)
        return message if message.endswith(b"\r\n") else message + b"\r\n"

    def one_address(self, field):
        fold = self.random.choice([b"", b" ", b"\t ", b"\r\n "])
        return field[1] + b":" + fold + b"<tls@sender.example>" + fold + b"\r\n"

    def signed(self, n=EACH):
        """n by each, with both keys, in all ways."""
        messages = []
        for selector in ALGORITHMS:
            for ways in WAYS:
                plain = [self.message() for _ in range(n)]
                messages += [self.dkimpy_signs(message, selector, ways)
                             for message in plain]
                # What it signs so it does not verify itself.
                if (selector, ways[0]) != ("e1", "simple"):
                    messages += self.opendkim_signs(plain, selector, ways)
        return messages

    # -- changes on the way --

    def flip_any(self, message):
        at = self.random.randrange(len(message))
        new = message[at] ^ 1 << self.random.randrange(8)
        return message[:at] + bytes([new]) + message[at + 1:]

    def flip(self, message):
        """One bit, of a byte that is visible or 8-bit, and stays so: the three
        take control characters, and CR and LF alone, each in its own way. Not
        in b= and bh=, where libopendkim reads past what is no base64."""
        spans = [m.span() for m in BASE64.finditer(message)]
        while True:
            at = self.random.randrange(len(message))
            new = message[at] ^ 1 << self.random.randrange(8)
            if message[at] > 32 and new > 32 and new != 127 and \
                    not any(a <= at < b for a, b in spans):
                return message[:at] + bytes([new]) + message[at + 1:]

    def edit(self, message):
        """One that keeps a message a message."""
        header, body = re.fullmatch(rb"(?s)(.*?\r\n)\r\n(.*)",
                                    message).groups()
        fields = re.findall(rb"(?:[^\r]|\r\n[ \t])*\r\n", header)
        pick = self.random.randrange(1, len(fields))
        other = self.random.randrange(1, len(fields))
        kind = self.random.randrange(8)
        if kind == 0:
            body += self.random.choice([b"\r\n", b" \r\n", b"x\r\n"])
        elif kind == 1:
            body = re.sub(rb"[ \t]", self.random.choice([b"  ", b"\t", b""]),
                          body, 1)
        elif kind == 2:
            body = re.sub(rb"\r\n", self.random.choice([b" \r\n", b"\t\r\n"]),
                          body, 1)
        elif kind == 3:
            fields[pick] = fields[pick].swapcase()
        elif kind == 4:
            fields[pick] = fields[pick].replace(b" ", b"\r\n ", 1)
        elif kind == 5:
            fields[pick], fields[other] = fields[other], fields[pick]
        elif kind == 6 and not fields[pick].lower().startswith(b"from"):
            del fields[pick]
        elif kind == 7:
            new = self.words.field(self.random.choice(OTHERS)).encode()
            fields.insert(pick, new)
        return b"".join(fields) + b"\r\n" + body

    # -- the tests --

    def assert_all(self, messages, verify):
        self.assertEqual(set(range(len(messages))), verify(messages))

    def test_signed(self):
        messages = self.signed()
        for verify in (self.we_pass, self.opendkim_passes,
                       self.dkimpy_passes):
            self.assert_all(messages, verify)

    def assert_agreed(self, messages):
        ours = self.we_pass(messages)
        self.assertEqual(self.opendkim_passes(messages), ours)
        self.assertEqual(self.dkimpy_passes(messages), ours)
        return len(ours)

    def test_bits_changed(self):
        messages = [self.flip(message) for message in self.signed()
                    for _ in range(CHANGES)]
        passed = self.assert_agreed(messages)
        # In fields that are not signed, or case in relaxed names.
        self.assertTrue(0 < passed < len(messages) / 2, passed)

    def test_edited(self):
        messages = [self.edit(message) for message in self.signed()
                    for _ in range(CHANGES)]
        passed = self.assert_agreed(messages)
        self.assertTrue(len(messages) / 4 < passed < len(messages) * 3 / 4,
                        passed)

    def test_any_bit_changed(self):
        """Nothing passes here that python3-dkim does not pass; it takes an LF
        alone for a line's end, and form feeds for blanks."""
        messages = [self.flip_any(message) for message in self.signed(FEW)
                    for _ in range(CHANGES)]
        self.assertEqual(set(), self.we_pass(messages) -
                         self.dkimpy_passes(messages))

    def test_blank_before_the_colon(self):
        """RFC 6376 s3.4.2 deletes it; to python3-dkim that is no field."""
        messages = [re.sub(rb"(?i)\r\nfrom:", b"\r\nFrom :", message)
                    for message in self.signed(FEW)]
        ours = self.we_pass(messages)
        self.assertEqual(self.opendkim_passes(messages), ours)
        # All that are relaxed.
        self.assertEqual({n for n, message in enumerate(messages)
                          if b"c=relaxed/" in message}, ours)

    def test_no_line_end_at_the_end(self):
        """libopendkim fails such with a relaxed body."""
        for selector in ALGORITHMS:
            for ways in WAYS:
                messages = [
                    self.dkimpy_signs(self.message() + b"the end", selector,
                                      ways) for _ in range(FEW)]
                self.assert_all(messages, self.we_pass)
                self.assert_all(messages, self.dkimpy_passes)

    def test_length(self):
        """What follows the bytes that l= counts, nobody signed."""
        for selector in ALGORITHMS:
            for ways in WAYS:
                messages = [self.dkimpy_signs(self.message() + b"a line\r\n",
                                              selector, ways, length=True)
                            for _ in range(FEW)]
                for more in (b"", b"more\r\n"):
                    longer = [message + more for message in messages]
                    ours = self.we_pass(longer)
                    self.assertEqual(self.opendkim_passes(longer), ours)
                    self.assertEqual(self.dkimpy_passes(longer), ours)
                    self.assertEqual(FEW, len(ours))

    def test_names_beyond_what_is_there(self):
        """RFC 6376 s5.4.2: no further field of the name can be added."""
        names = [b"From", b"From", b"Subject", b"Subject", b"X-Absent"]
        for selector in ALGORITHMS:
            for ways in WAYS:
                signed = self.dkimpy_signs(REPORT, selector, ways,
                                           include_headers=names)
                self.assertEqual(1, self.assert_agreed([signed]))
                self.assertEqual(0, self.assert_agreed(
                    [signed.replace(b"\r\nTo:", field + b"\r\nTo:")
                     for field in (b"\r\nSubject: x", b"\r\nX-Absent: x",
                                   b"\r\nFrom: <x@b.example>")]))


if __name__ == "__main__":
    unittest.main()
