"""test_dkim.py -- report mails signed by us verify with python3-dkim, by the
record that `tlsrpt dkim record` prints. Run by Debian's /usr/bin/python3."""

import json
import os
import random
import re
import shutil
import subprocess
import time
import unittest

import dkim

from harness import (CONFIG, DATA, NO_INPUT, OK, SUBMITTER, CONTACT, TESTS,
                     USAGE, SystemTest, run_cli)

KEYS = TESTS / "support" / "keys"
SIGN = os.environ.get("DKIM_SIGN_FILES", "dkim_sign_files")
MESSAGES = 300
SEED = 8460
OTHERS = ["To", "Subject", "Date", "Message-ID", "MIME-Version",
          "Content-Type", "TLS-Report-Domain", "TLS-Report-Submitter",
          "TLS-Required", "Auto-Submitted", "Received", "X-Other"]
RSA_PUBLIC = (KEYS / "rsa2048.public").read_text()
REPORT = """\
From: tls-reports@sender.example
To: tls@a.example
Subject: Report Domain: a.example Submitter: sender.example\r
 Report-ID: <1@sender.example>
Date: Mon, 02 Mar 2026 12:00:00 +0000
Message-ID: <1@sender.example>
MIME-Version: 1.0
TLS-Report-Domain: a.example
TLS-Report-Submitter: sender.example
TLS-Required: No
Auto-Submitted: auto-generated
Content-Type: text/plain

A report.
""".replace("\r\n", "\n").replace("\n", "\r\n").encode()


class Words:
    """Random messages, each as odd as RFC 5322 lets it be."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, blanks=(" ", "  ", "\t", " \t ")):
        words = ["".join(self.random.choices("aZ09:;=-_.<>@", k=n))
                 for n in self.random.choices(range(1, 12), k=5)]
        return "".join(w + self.random.choice(blanks) for w in words)

    def field(self, name):
        name = self.random.choice([name, name.lower(), name.upper()])
        value = self.text((" ", "\t ", "  ", "\r\n ", "\r\n\t", " \r\n  "))
        return (name + ":" + self.random.choice(["", " ", "\t", "\r\n "]) +
                value + self.random.choice(["", " ", "\t"]) + "\r\n")

    def body(self):
        lines = [self.random.choice(["", " ", "\t \t", self.text(),
                                     "  " + self.text(), self.text().strip()])
                 for _ in range(self.random.choice([0, 1, 2, 10, 40]))]
        text = "".join(line + "\r\n" for line in lines)
        return text + self.random.choice(["", "", "\r\n\r\n", "the end"])

    def message(self):
        names = self.random.choices(OTHERS, k=self.random.randrange(14))
        names += ["From"]
        self.random.shuffle(names)
        return ("".join(map(self.field, names)) + "\r\n" +
                self.body()).encode()


class DkimTest(SystemTest):
    """A folder with keys and a configuration that names them."""

    def setUp(self):
        self.at = self.folder()

    def key(self, name, mode=0o640):
        shutil.copy(KEYS / name, self.at / name)
        (self.at / name).chmod(mode)

    def configure(self, keys, contact=CONTACT):
        path = self.at / "tlsrptd.conf"
        path.write_text("[daemon]\nroles = collect\n[report]\n"
                        f"contact = {contact}\ndkim_keys = {keys}\n")
        return path

    def both(self):
        self.key("rsa2048.pem")
        self.key("rfc8463.pem")
        return self.configure("r1:rsa2048.pem, e1:rfc8463.pem")

    def records(self, *options):
        code, out, err = run_cli("-c", self.both(), "dkim", "record", "--json",
                                 *options)
        self.assertEqual((OK, ""), (code, err))
        return json.loads(out)


class Record(DkimTest):
    """dkim record."""

    def test_lines_of_a_zone_file(self):
        code, out, err = run_cli("-c", self.both(), "dkim", "record")
        self.assertEqual((OK, ""), (code, err))
        rsa, ed25519 = out.splitlines()
        # RFC 8463 A.2, with s=tlsrpt by s3.
        self.assertEqual(
            'e1._domainkey.sender.example. IN TXT ( "v=DKIM1; k=ed25519; '
            's=tlsrpt; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" )',
            ed25519)
        head = "r1._domainkey.sender.example. IN TXT ( "
        self.assertEqual(head, rsa[:len(head)])
        strings = re.findall(r'"([^"]*)"', rsa)
        self.assertEqual([255, 165], list(map(len, strings)))
        self.assertEqual(f"v=DKIM1; k=rsa; s=tlsrpt; p={RSA_PUBLIC}",
                         "".join(strings))

    def test_json(self):
        self.assertEqual([
            {"name": "r1._domainkey.sender.example",
             "algorithm": "rsa-sha256",
             "record": f"v=DKIM1; k=rsa; s=tlsrpt; p={RSA_PUBLIC}"},
            {"name": "e1._domainkey.sender.example",
             "algorithm": "ed25519-sha256",
             "record": "v=DKIM1; k=ed25519; s=tlsrpt; "
                       "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}],
            self.records())

    def test_any_service(self):
        self.assertEqual(
            [f"v=DKIM1; k=rsa; p={RSA_PUBLIC}",
             "v=DKIM1; k=ed25519; "
             "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
            [record["record"] for record in self.records("--any-service")])

    def test_no_key(self):
        for options in ((), ("--json",)):
            self.assert_fails(
                NO_INPUT, run_cli("-c", self.configure(""), "dkim", "record",
                                  *options), "report.dkim_keys names no key")

    def test_no_contact(self):
        self.key("rfc8463.pem")
        config = self.configure("e1:rfc8463.pem", contact="")
        self.assert_fails(NO_INPUT, run_cli("-c", config, "dkim", "record"),
                          "report.contact is not set")

    def test_key_of_no_use(self):
        for name, code, part in (
                ("p256.pem", CONFIG, "a key of type EC"),
                ("rsa1024.pem", CONFIG, "an RSA key of 1024 bits"),
                ("public.pem", DATA, "no private key"),
                ("encrypted.pem", DATA, "passphrase")):
            self.key(name)
            for options in ((), ("--json",)):
                with self.subTest(name):
                    got = run_cli("-c", self.configure(f"s:{name}"), "dkim",
                                  "record", *options)
                    self.assert_fails(code, got, part, name)
                    self.assertEqual("", got[1])

    def test_operand(self):
        self.assert_fails(USAGE, run_cli("dkim", "record", "x"),
                          'unexpected argument "x"')


class Configuration(DkimTest):
    """report.dkim_keys."""

    def assert_fault(self, keys, text):
        err = self.assert_fails(
            CONFIG, run_cli("-c", self.configure(keys), "dkim", "record"))
        self.assertEqual("tlsrpt dkim record: configuration:\n"
                         f"{self.at}/tlsrptd.conf:5: report.dkim_keys: "
                         f"{text}\n", err)

    def test_mode(self):
        self.key("rfc8463.pem")
        path = self.at / "rfc8463.pem"
        for mode in (0o644, 0o604, 0o602):
            path.chmod(mode)
            self.assert_fault(
                "s:rfc8463.pem",
                f'"{path}" is a private key that others may use: its mode is '
                f"{mode:04o}, at most 0640 is right")
        for mode in (0o400, 0o600, 0o440, 0o640):
            path.chmod(mode)
            config = self.configure("s:rfc8463.pem")
            self.assertEqual(OK, run_cli("-c", config, "dkim", "record")[0])

    def test_words(self):
        self.key("rfc8463.pem")
        for keys, text in (
                ("s", '"s" is not written SELECTOR:FILE'),
                ("s:", 'no file behind "s:"'),
                (":rfc8463.pem",
                 '"" is no selector: letters, digits and "-"'),
                ("a;b:rfc8463.pem",
                 '"a;b" is no selector: letters, digits and "-"'),
                ("s:none.pem",
                 f'"{self.at}/none.pem": No such file or directory'),
                ("s:/", '"/" is not a file'),
                ("s:rfc8463.pem S:rfc8463.pem",
                 'selector "S" stands there twice')):
            with self.subTest(keys):
                self.assert_fault(keys, text)


class Signature(DkimTest):
    """What we sign verifies elsewhere, and no more once it is changed."""

    def sign(self, key, selector, messages):
        """Each message with its signature in front."""
        paths = [self.at / f"{n}.eml" for n in range(len(messages))]
        for path, message in zip(paths, messages):
            path.write_bytes(message)
        subprocess.run([SIGN, self.at / key, SUBMITTER, selector,
                        str(int(time.time())), *paths], check=True)
        return [path.with_name(path.name + ".signed").read_bytes()
                for path in paths]

    def verifies(self, message, tlsrpt="strict"):
        return dkim.verify(message, dnsfunc=self.answer, tlsrpt=tlsrpt)

    def answer(self, name, timeout):
        return self.zone[name.decode().rstrip(".")].encode()

    def load(self, *options):
        self.zone = {r["name"]: r["record"] for r in self.records(*options)}

    def each_key(self):
        self.load()
        return (("rsa2048.pem", "r1"), ("rfc8463.pem", "e1"))

    def test_odd_messages(self):
        words = Words(SEED)
        messages = [words.message() for _ in range(MESSAGES)]
        for key, selector in self.each_key():
            for signed in self.sign(key, selector, messages):
                with self.subTest(key):
                    self.assertTrue(self.verifies(signed), signed)

    def test_two_signatures(self):
        keys = self.each_key()
        message = REPORT
        for key, selector in keys:
            message = self.sign(key, selector, [message])[0]
        for n in range(2):
            signature = dkim.DKIM(message, tlsrpt="strict")
            self.assertTrue(signature.verify(idx=n, dnsfunc=self.answer))

    def test_long_key(self):
        path = self.at / "long.pem"
        subprocess.run(["openssl", "genrsa", "-out", path, "4096"],
                       check=True, capture_output=True)
        path.chmod(0o600)
        code, out, _ = run_cli("-c", self.configure("l1:long.pem"), "dkim",
                               "record", "--json")
        self.assertEqual(OK, code)
        self.zone = {r["name"]: r["record"] for r in json.loads(out)}
        signed = self.sign("long.pem", "l1", [REPORT])[0]
        self.assertTrue(self.verifies(signed))

    def test_record_for_any_service(self):
        self.load("--any-service")
        signed = self.sign("rsa2048.pem", "r1", [REPORT])[0]
        self.assertTrue(self.verifies(signed, tlsrpt=True))
        self.assertFalse(self.verifies(signed))

    def test_lines_and_tags(self):
        for key, selector in self.each_key():
            signed = self.sign(key, selector, [REPORT])[0].decode()
            field = signed[:len(signed) - len(REPORT)]
            for line in field.split("\r\n"):
                self.assertLessEqual(len(line), 78)
            tags = re.findall(r"[:;]\s+([a-z]+)=", field)
            self.assertEqual("v a c d s t x h bh b".split(), tags)

    def test_changed(self):
        for key, selector in self.each_key():
            signed = self.sign(key, selector, [REPORT])[0]
            self.assertTrue(self.verifies(signed))
            for old, new in (
                    (b"A report.", b"A rep0rt."),
                    (b"A report.\r\n", b"A report.\r\nAnd more.\r\n"),
                    (b"\r\nSubject: Report", b"\r\nSubject: Rep0rt"),
                    (b"\r\nTLS-Report-Domain: a", b"\r\nTLS-Report-Domain: b"),
                    (b"\r\nTLS-Report-Submitter: ",
                     b"\r\nTLS-Report-Submitter: x."),
                    (b"\r\nTLS-Required: No\r\n", b"\r\n"),
                    (b"\r\nAuto-Submitted: auto-generated\r\n", b"\r\n"),
                    (b"\r\nFrom: ", b"\r\nFrom: x@b.example\r\nFrom: "),
                    (b"\r\nTo: ", b"\r\nFrom: x@b.example\r\nTo: "),
                    (b"x=", b"x=1")):
                with self.subTest(key, new=new):
                    self.assertEqual(1, signed.count(old))
                    self.assertFalse(self.verifies(signed.replace(old, new)))


if __name__ == "__main__":
    unittest.main()
