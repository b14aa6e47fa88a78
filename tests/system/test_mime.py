"""test_mime.py -- mails of all shapes are taken apart as whoever made them meant
it, and as Python's email and GMime do: the same parts, types, names and bytes.
Where those two do not, DIFFERENCES says what the RFCs say."""

import base64
import email
import email.utils
import os
import quopri
import random
import subprocess
import unittest

from harness import SystemTest

MIME_FILES = os.environ.get("MIME_FILES", "mime_files")
GMIME_FILES = os.environ.get("GMIME_FILES", "gmime_files")
SEED = 8460
MAILS = 3000
AT_ONCE = 500  # files a process
DEPTH_MAX = 5
PYTHON, GMIME = "python", "gmime"
# What a mail may have, who takes it otherwise than the RFC says, and that rule.
DIFFERENCES = {
    "comments": ({PYTHON, GMIME}, "RFC 2045 s5.1: comments of RFC 822"),
    "mixed line ends": ({GMIME}, "each end of a line is one, in front of a"
                                 " delimiter as elsewhere: RFC 2046 s5.1.1"),
    "folded at once": ({PYTHON}, "RFC 5322 s3.2.2: a blank is what it is"),
    "sections in any order": ({GMIME}, "RFC 2231 s3: the numbers decide"),
}
# RFC 2046 s5.1.1: of a boundary; the blank not at its end.
BOUNDARY = "abcXYZ0189'()+_,-./:=? "
TYPES = ["text/plain", "application/tlsrpt+gzip", "APPLICATION/TLSRPT+json",
         "Text/HTML", "application/octet-stream", "application/zip"]
NAMES = ["a.json.gz", "google.com!example.com!1!2.json.gz", "with blank.gz",
         'quo"te\\.gz', "semi;colon=.gz", "\u00fcber \u20ac.gz",
         "very " * 20 + "long.gz", ""]


class Maker:
    """Makes a mail, and says what is in it."""

    def __init__(self, chance):
        self.chance = chance
        self.leaves = []
        self.boundaries = []
        self.has = {f for f in DIFFERENCES if chance.random() < 0.15}
        self.ends = [b"\r\n", b"\n"] if "mixed line ends" in self.has \
            else [chance.choice([b"\r\n", b"\n"])]

    def some(self, *choices):
        """One of them."""
        return self.chance.choice(choices)

    def end(self):
        """Of a line."""
        return self.chance.choice(self.ends)

    def lines(self, text):
        """Each line with an end of one kind or the other."""
        return b"".join(line + self.end() for line in text.split(b"\n"))

    def case(self, word):
        """In one case or the other."""
        return self.some(str, str.upper, str.lower, str.title)(word)

    # -- fields --

    def fold(self):
        """A blank, or one where a line ends."""
        return self.some("", " ", " ", "\n ", "\n\t", " \n  ")

    def begin(self):
        """Between a field's name and what it says."""
        return self.fold() if "folded at once" in self.has else " "

    def comment(self):
        """Or none."""
        if "comments" not in self.has:
            return ""
        return self.some("", " (a (nested) comment)", " (\\) =\";)")

    def quoted(self, value):
        """As a quoted string."""
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def extended(self, key, value, most):
        """RFC 2231: in UTF-8, in sections of at most so many bytes."""
        raw = value.encode()
        sections = [raw[i:i + most] for i in range(0, len(raw), most)]
        coded = ["".join(f"%{byte:02X}" for byte in section)
                 for section in sections]
        coded[0] = "utf-8'en'" + coded[0]
        if len(coded) == 1:
            return [f"{key}*={coded[0]}"]
        found = [f"{key}*{i}*={text}" for i, text in enumerate(coded)]
        if "sections in any order" in self.has:
            self.chance.shuffle(found)
        return found

    def named(self, name):
        """The parameters that say it."""
        if not name:
            return []
        if not name.isascii():
            return self.extended("name", name, self.some(7, 1000))
        if self.some(True, False):
            return ["name=" + self.quoted(name)]
        if self.some(True, False) and all(c.isalnum() or c in ".!"
                                          for c in name):
            return ["name=" + name]
        half = len(name) // 2 or 1
        return ["name*0=" + self.quoted(name[:half]),
                "name*1=" + self.quoted(name[half:])]

    def content_type(self, kind, parameters):
        """The field."""
        parameters = [f";{self.fold()}{p}" for p in parameters]
        return (self.case("Content-Type") + ":" + self.begin() + kind +
                self.comment() + "".join(parameters) +
                self.some("", self.comment(), ";"))

    def header(self, fields):
        """With others between them."""
        fields = list(fields)
        self.chance.shuffle(fields)
        for _ in range(self.chance.randrange(3)):
            fields.insert(self.chance.randrange(len(fields) + 1),
                          "X-Other: a" + self.fold() + "b")
        return self.lines("\n".join(fields).encode()) if fields else b""

    # -- leaves --

    def text(self):
        """Lines that are no delimiters."""
        words = ["a report", "", "--", "--x", "-- ", "From me", ".", "=3D",
                 "x" * 200, "caf\u00e9", "trailing \t", "=", "{}"]
        return "\n".join(self.some(*words) for _ in range(
            self.chance.randrange(8))).encode()

    def data(self):
        """Bytes of all kinds."""
        return self.chance.randbytes(self.chance.randrange(300))

    def in_base64(self):
        """Lines of some length, some with what is not of base64."""
        data = self.data()
        text = base64.b64encode(data)
        width = self.some(4, 60, 76, 1000)
        body = b"".join(text[i:i + width] + self.some(b"", b"", b" ")
                        + self.end() for i in range(0, len(text), width))
        return body, data

    def in_quoted_printable(self):
        """As Python writes it, or with some of its letters written out."""
        text = self.text()
        body = quopri.encodestring(text)
        if self.some(True, False):
            body = b"".join(b"=%02X" % b if b in b"abc" and self.some(1, 0)
                            else bytes([b]) for b in text.replace(
                                b"=", b"=3D").replace(b" \n", b"=20\n")
                            .replace(b"\t\n", b"=09\n"))
            body = body.replace(b"\t", b"=09")
            body = body[:-1] + b"=20" if body[-1:] == b" " else body
        end = self.end()  # one for all: each is a byte of what is decoded
        return body.replace(b"\n", end), text.replace(b"\n", end)

    def leaf(self):
        """A part: its bytes."""
        encoding = self.some(None, "7bit", "8bit", "binary", "base64",
                             "quoted-printable")
        if encoding == "base64":
            body, data = self.in_base64()
        elif encoding == "quoted-printable":
            body, data = self.in_quoted_printable()
        else:
            body = data = self.lines(self.text())
        kind, name = self.some(*TYPES, None), self.some(*NAMES)
        fields = []
        if encoding:
            fields.append("Content-Transfer-Encoding:" + self.begin() +
                          self.case(encoding))
        if kind:
            fields.append(self.content_type(kind, self.named(name)))
        self.leaves.append(((kind or "text/plain").lower(),
                            name.encode() if kind else b"", data))
        return self.header(fields) + self.end() + body

    # -- multiparts --

    def boundary(self):
        """One that is not in use, or has one that is at its start."""
        while True:
            text = self.some("", *self.boundaries) + "".join(
                self.chance.choice(BOUNDARY)
                for _ in range(self.chance.randrange(1, 20)))
            if text == text.rstrip() and len(text) <= 70 and not any(
                    text == b or text == b + "--" for b in self.boundaries):
                self.boundaries.append(text)
                return text

    def multipart(self, depth):
        """A part with others in it."""
        boundary = self.boundary()
        delimiter = b"--" + boundary.encode()
        kind = self.case("multipart/" + self.some("mixed", "report",
                                                  "alternative", "x-other"))
        written = boundary if boundary.isalnum() and self.some(0, 1) \
            else self.quoted(boundary)
        out = self.header([self.content_type(
            kind, self.some([], ['report-type="tlsrpt"']) +
            [self.case("boundary") + "=" + written])]) + self.end()
        out += self.some(b"", b"", b"For readers without MIME." + self.end())
        for _ in range(self.chance.randrange(1, 4)):
            out += delimiter + self.some(b"", b"", b" ", b"\t ") + self.end()
            out += self.part(depth + 1) + self.end()
        return out + delimiter + b"--" + self.some(
            b"", self.end() + b"Behind." + self.end())

    def part(self, depth):
        """A leaf or more."""
        if depth < DEPTH_MAX and self.chance.random() < 0.35:
            return self.multipart(depth)
        return self.leaf()

    def mail(self):
        """All of it, with what stands in front."""
        return self.head() + (self.multipart(0) if self.chance.random() < 0.8
                              else self.leaf())

    def head(self):
        """Some fields."""
        return self.lines(b"From: a@a.example\nMIME-Version: 1.0\nTo: b")


# -- the three --

def ours_and_theirs(program, paths):
    """What one of the programs finds, by path."""
    found = {path: [] for path in paths}
    for i in range(0, len(paths), AT_ONCE):
        done = subprocess.run([program, *paths[i:i + AT_ONCE]], check=True,
                              capture_output=True, timeout=120)
        for line in done.stdout.decode().splitlines():
            path, kind, name, data = line.split(" ")
            found[path].append((kind, bytes.fromhex(name[1:]), None
                                if data == "?" else bytes.fromhex(data[1:])))
    return found


def without_cr(leaves):
    """GMime leaves the CR of the line end in front of some delimiters, which is
    a part of them (RFC 2046 s5.1.1)."""
    return [(kind, name, data.removesuffix(b"\r"))
            for kind, name, data in leaves]


def python_leaf(part):
    """The same of a part of Python's."""
    name = part.get_param("name", "")
    name = email.utils.collapse_rfc2231_value(name)
    data = part.get_payload(decode=True)
    return part.get_content_type(), name.encode("utf-8", "replace"), data


def python_leaves(message):
    """Of a message."""
    return [python_leaf(p) for p in email.message_from_bytes(message).walk()
            if not p.get_content_maintype() == "multipart"]


# -- mails that are not as they should be --

HEAD = b"From: a@a.example\nContent-Type: %s\n"
MIXED = HEAD % b"multipart/mixed; boundary=b"
BASE64 = HEAD % b"text/plain" + b"Content-Transfer-Encoding: base64\n\n"
QUOTED = HEAD % b"text/plain" + \
    b"Content-Transfer-Encoding: quoted-printable\n\n"
# Name, mail, the bytes of its parts by the RFCs, and who sees others.
BROKEN = [
    ("no end of the multipart",
     MIXED + b"\n--b\n\none\n--b\n\ntwo\n",
     # To the end of the file: RFC 2046 s5.1.1 tells of no other.
     [b"one", b"two\n"], {PYTHON}),
    ("no end of the inner one",
     MIXED + b"\n--b\nContent-Type: multipart/mixed; boundary=i\n\n"
     b"--i\n\none\n--b\n\ntwo\n--b--\n", [b"one", b"two"], set()),
    ("a delimiter that goes on",
     MIXED + b"\n--b\n\none\n--bb\n--b--x\n--b--\n",
     [b"one\n--bb\n--b--x"], set()),
    ("no boundary that is told",
     HEAD % b"multipart/mixed" + b"\n--b\n\none\n--b--\n",
     # RFC 2046 s5.1.1 asks for one: they have a multipart without parts.
     [b"--b\n\none\n--b--\n"], {PYTHON, GMIME}),
    ("a boundary that never comes",
     MIXED + b"\nno part\n", [], set()),
    ("no empty line behind the header",
     MIXED + b"--b\n\none\n--b--\n", [b"one"], {GMIME}),
    ("behind the end", MIXED + b"\n--b\n\none\n--b--\n--b\n\ntwo\n",
     [b"one"], set()),
    ("an unquoted boundary with specials",
     HEAD % b"multipart/mixed; boundary=a=b/c?" +
     b"\n--a=b/c?\n\none\n--a=b/c?--\n", [b"one"], set()),
    ("a type that is none", HEAD % b"text" + b"\none\n", [b"one\n"], set()),
    ("base64 with blanks and signs", BASE64 + b"b25 l*IQ==\n",
     [b"one!"], set()),
    # RFC 2045 s6.8: "=" tells how many bits there are; so does the last letter.
    ("base64 without its end", BASE64 + b"b25lIQ\n", [b"one!"], {GMIME}),
    # RFC 2045 s6.8: that it ends there "may be" taken from "=".
    ("base64 behind its end", BASE64 + b"b25lIQ==\nb25lIQ==\n",
     [b"one!one!"], {PYTHON, GMIME}),
    ("base64 of half a byte", BASE64 + b"b25lI\n", [b"one"], {PYTHON}),
    ("quoted-printable of no number", QUOTED + b"a=zzb=4\n",
     [b"a=zzb=4\n"], set()),
    ("quoted-printable in lower case", QUOTED + b"a=3d=3D\n", [b"a==\n"],
     set()),
    ("quoted-printable that ends in =", QUOTED + b"a=", [b"a"], set()),
    # RFC 2045 s6.7 (3): such blanks MUST be deleted.
    ("blanks at a line's end", QUOTED + b"a \t\nb\n", [b"a\nb\n"],
     {PYTHON, GMIME}),
    # RFC 2045 s6.4: not to be decoded by who does not know it.
    ("another encoding", HEAD % b"text/plain" +
     b"Content-Transfer-Encoding: x-uuencode\n\none\n", [None],
     {PYTHON, GMIME}),
]


class Mime(SystemTest):
    """Mails in a folder."""

    def write(self, mails):
        """Their paths."""
        folder = self.folder()
        paths = []
        for i, mail in enumerate(mails):
            paths.append(str(folder / f"{i}.eml"))
            with open(paths[-1], "wb") as file:
                file.write(mail)
        return paths

    def test_as_it_was_meant(self):
        makers = [Maker(random.Random(f"{SEED} {i}")) for i in range(MAILS)]
        mails = [maker.mail() for maker in makers]
        paths = self.write(mails)
        ours = ours_and_theirs(MIME_FILES, paths)
        gmime = ours_and_theirs(GMIME_FILES, paths)
        for path, mail, maker in zip(paths, mails, makers):
            with self.subTest(path=path, has=maker.has):
                self.assertEqual(maker.leaves, ours[path])
                agree = {PYTHON, GMIME}.difference(
                    *(DIFFERENCES[f][0] for f in maker.has))
                if PYTHON in agree:
                    self.assertEqual(maker.leaves, python_leaves(mail))
                if GMIME in agree:
                    self.assertEqual(without_cr(maker.leaves),
                                     without_cr(gmime[path]))

    def test_what_is_broken(self):
        paths = self.write([case[1] for case in BROKEN])
        ours = ours_and_theirs(MIME_FILES, paths)
        gmime = ours_and_theirs(GMIME_FILES, paths)
        for path, (name, _, want, differ) in zip(paths, BROKEN):
            with self.subTest(name):
                self.assertEqual(want, [data for _, _, data in ours[path]])
                with open(path, "rb") as file:
                    python = python_leaves(file.read())
                self.assertEqual(differ, {
                    who for who, found in ((PYTHON, python),
                                           (GMIME, gmime[path]))
                    if [data for _, _, data in found] != want})


if __name__ == "__main__":
    unittest.main()
