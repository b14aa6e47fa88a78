"""test_check.py -- `tlsrpt check` against a real name server that signs, a real
nginx with a policy, a real Postfix, and mail servers that do one thing wrong."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

from harness import TESTS, TEMPFAIL, SystemTest, run_cli, wait_until
from https_receiver import NGINX
from mail_hosts import Postfix
from nameserver import NameServer
from ports import free_port

sys.path.insert(0, str(TESTS / "support"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

WRONG = 1
DOMAIN = "a.example"
MX = "mx.a.example"
NGINX_CONF = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    types {{ text/plain txt; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/{certificate}.pem;
        ssl_certificate_key {folder}/{certificate}.key;
        root {folder}/www;
    }}
}}
"""
POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n"


def spki_sha256(pem):
    """What a TLSA record 3 1 1 of it has (RFC 6698), by openssl."""
    key = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-pubkey"],
                         check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"],
                         input=key, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


class Script:
    """A mail server that does as told: say, until "tls" or "end"."""

    def __init__(self, greeting=b"220 mx ESMTP\r\n",
                 ehlo=b"250-mx\r\n250 STARTTLS\r\n",
                 starttls=b"220 go\r\n", context=None):
        self.greeting, self.ehlo = greeting, ehlo
        self.starttls, self.context = starttls, context
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.closed = threading.Event()
        self.commands = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        """One connection after the other until it is closed."""
        while not self.closed.is_set():
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), peer:
                self.talk(peer)

    def talk(self, peer):
        """One session."""
        if self.greeting is None:
            peer.recv(1)  # silent until the other one has gone
            return
        peer.sendall(self.greeting)
        lines = peer.makefile("rb")
        for line in lines:
            word = line.split()[0].upper()
            self.commands.append(word)
            if word == b"EHLO":
                peer.sendall(self.ehlo)
            elif word == b"STARTTLS":
                peer.sendall(self.starttls)
                if not self.starttls.startswith(b"220"):
                    continue
                if self.context is None:
                    peer.sendall(b"this is no TLS\r\n" * 10)
                    return
                with self.context.wrap_socket(peer, server_side=True) as tls:
                    self.commands.append(tls.recv(100).strip())
                return
            else:
                peer.sendall(b"221 bye\r\n")
                return

    def close(self):
        """Leave nothing."""
        self.closed.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


class CheckTest(SystemTest):
    """A domain that publishes everything right, unless a test says other."""

    @classmethod
    def setUpClass(cls):
        cls.certs = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.certs)
        certificates.make(cls.certs, "ca", None)
        certificates.make(cls.certs, "good", f"DNS:{MX}", "ca")
        certificates.make(cls.certs, "other", "DNS:mx.b.example", "ca")
        certificates.make(cls.certs, "own", f"DNS:{MX}")
        certificates.make(cls.certs, "policy", f"DNS:mta-sts.{DOMAIN}", "ca")
        # Over since the year 2021.
        subprocess.run(
            ["openssl", "req", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-keyout", "old.key", "-out",
             "old.csr", "-subj", "/CN=old"], cwd=cls.certs, check=True,
            capture_output=True)
        (cls.certs / "index").write_text("")
        (cls.certs / "ca.conf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\n"
            "default_md=sha256\npolicy=p\nrand_serial=yes\n"
            f"x509_extensions=x\n[p]\n[x]\nsubjectAltName=DNS:{MX}\n")
        subprocess.run(
            ["openssl", "ca", "-batch", "-notext", "-config", "ca.conf",
             "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "old.csr", "-out",
             "old.pem", "-startdate", "200101000000Z", "-enddate",
             "210101000000Z", "-subj", "/CN=old"],
            cwd=cls.certs, check=True, capture_output=True)

    def context(self, certificate):
        """Of a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs / f"{certificate}.pem",
                                self.certs / f"{certificate}.key")
        return context

    def script(self, certificate=None, **more):
        """A mail server; it is closed by itself."""
        script = Script(context=certificate and self.context(certificate),
                        **more)
        self.addCleanup(script.close)
        return script

    def names(self, tlsa=(), mx=MX, **texts):
        """The zone; it is closed by itself."""
        server = NameServer(
            texts={f"_smtp._tls.{DOMAIN}":
                   ["v=TLSRPTv1; rua=mailto:tls@a.example"],
                   f"_mta-sts.{DOMAIN}": texts.get("sts", ["v=STSv1; id=1"])},
            records={DOMAIN: [f"MX 10 {mx}."], MX: ["A 127.0.0.1"],
                     f"mta-sts.{DOMAIN}": ["A 127.0.0.1"],
                     f"_25._tcp.{MX}": [f"TLSA {t}" for t in tlsa]})
        self.addCleanup(server.close)
        return server

    def policy(self, text=POLICY.format(mode="enforce", mx=MX),
               certificate="policy"):
        """The port of the policy's host; it is ended by itself."""
        folder = pathlib.Path(self.folder())
        at = folder / "www" / ".well-known"
        at.mkdir(parents=True)
        if text is not None:
            (at / "mta-sts.txt").write_bytes(text.encode())
        for end in ("pem", "key"):
            shutil.copy(self.certs / f"{certificate}.{end}", folder)
        for parent in (folder, folder / "www", at):
            parent.chmod(0o755)
        port = free_port()
        (folder / "conf").write_text(NGINX_CONF.format(
            folder=folder, port=port, certificate=certificate))
        nginx = subprocess.Popen([NGINX, "-c", str(folder / "conf"), "-e",
                                  str(folder / "error.log")],
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)

        def is_up():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0
        wait_until(is_up, "nginx listens")
        return port

    def check(self, names, port, https_port, want, *more):
        """What is said of the domain."""
        code, out, err = run_cli(
            "check", "--json", "--resolver", names.address,
                       "--trust-anchor", str(names.anchor), "--ca-file",
                       str(self.certs / "ca.pem"), "--port", str(port),
                       "--https-port", str(https_port), "--timeout", "5s",
                       *more, DOMAIN)
        self.assertEqual(code, want, (out, err))
        return json.loads(out)[0]

    def types(self, said):
        """Of the complaints."""
        return [c.get("result-type", c["measured"])
                for c in said["complaints"]]

    def test_all_is_right(self):
        """Nothing to complain about, and the server is left by QUIT."""
        server = self.script("good")
        digest = spki_sha256(self.certs / "good.pem")
        said = self.check(self.names([f"3 1 1 {digest}"]), server.port,
                          self.policy(), 0)
        self.assertEqual(said["complaints"], [])
        self.assertEqual(said["mx-dnssec"], "secure")
        self.assertEqual(said["rua"], ["mailto:tls@a.example"])
        self.assertEqual(said["mta-sts"]["mode"], "enforce")
        host, = said["hosts"]
        self.assertEqual((host["dane"], host["certificate"], host["protocol"]),
                         ("matches", "trusted", "TLSv1.3"))
        self.assertEqual(server.commands, [b"EHLO", b"STARTTLS", b"QUIT"])

    def test_postfix(self):
        """Its log has the session, and no mail."""
        host = Postfix("error:no", myhostname=MX,
                       smtpd_tls_cert_file=self.certs / "good.pem",
                       smtpd_tls_key_file=self.certs / "good.key")
        self.addCleanup(host.close)
        digest = spki_sha256(self.certs / "ca.pem")
        said = self.check(self.names([f"2 1 1 {digest}"]), host.smtp_port,
                          self.policy(), WRONG)
        # A CA that is not in what it sends matches no DANE-TA(2) record.
        self.assertEqual(self.types(said), ["validation-failure"])
        chain = self.certs / "chain.pem"
        chain.write_text((self.certs / "good.pem").read_text() +
                         (self.certs / "ca.pem").read_text())
        host = Postfix("error:no", myhostname=MX,
                       smtpd_tls_cert_file=chain,
                       smtpd_tls_key_file=self.certs / "good.key")
        self.addCleanup(host.close)
        said = self.check(self.names([f"2 1 1 {digest}"]), host.smtp_port,
                          self.policy(), 0)
        self.assertEqual(said["hosts"][0]["dane"], "matches")
        host.wait_logged("ehlo=1 starttls=1 quit=1 commands=3")

    def test_what_mail_servers_do_wrong(self):
        """Each is told by the type that reporters use (RFC 8460 s4.3.1)."""
        names, policy = self.names(), self.policy()
        for want, certificate, more in (
                ("certificate-expired", "old", {}),
                ("certificate-host-mismatch", "other", {}),
                ("certificate-not-trusted", "own", {}),
                ("validation-failure", None, {}),
                ("starttls-not-supported", "good", {"ehlo": b"250 mx\r\n"}),
                ("starttls-not-supported", "good",
                 {"starttls": b"454 4.7.0 not now\r\n"})):
            with self.subTest(want=want, certificate=certificate, more=more):
                server = self.script(certificate, **more)
                said = self.check(names, server.port, policy, WRONG)
                self.assertEqual(self.types(said), [want])

    def test_dane(self):
        """A digest of another key; records that SMTP cannot use; and a right
        one of a certificate that no CA knows, without a policy."""
        server = self.script("own")
        digest = spki_sha256(self.certs / "own.pem")
        for tlsa, code, want in (
                ("3 1 1 " + "00" * 32, WRONG, ["validation-failure"]),
                ("1 1 1 " + digest, WRONG, ["tlsa-invalid"]),
                ("3 1 1 " + digest, 0, [])):
            with self.subTest(tlsa=tlsa):
                names = self.names([tlsa], sts=[])
                self.assertEqual(
                    self.types(self.check(names, server.port, 1, code)), want)

    def aliased(self, server, tlsa, **more):
        """What is said of an MX host that is an alias, under MTA-STS or not;
        tlsa: names to records."""
        names = NameServer(
            texts={f"_smtp._tls.{DOMAIN}": []},
            aliases={MX: more.get("target", "real.a.example")},
            records={DOMAIN: [f"MX 10 {MX}."],
                     more.get("target", "real.a.example"): ["A 127.0.0.1"],
                     **{f"_25._tcp.{name}": [f"TLSA {record}"]
                        for name, record in tlsa.items()}})
        self.addCleanup(names.close)
        return self.check(names, server.port, 1, more.get("want", 0))

    def test_an_alias_and_its_tlsa_records(self):
        """RFC 7672 s2.2.3: those of what it is an alias of, else its own, which
        hold as well where what it is an alias of is not signed."""
        certificates.make(self.certs, "real", "DNS:real.a.example", "ca")
        own = f"2 1 1 {spki_sha256(self.certs / 'ca.pem')}"
        chains = {}
        for name in ("good", "real"):
            chains[name] = f"{name}-chain"
            (self.certs / f"{name}-chain.pem").write_text(
                (self.certs / f"{name}.pem").read_text() +
                (self.certs / "ca.pem").read_text())
            shutil.copy(self.certs / f"{name}.key",
                        self.certs / f"{name}-chain.key")
        wrong = "2 1 1 " + "00" * 32
        for certificate, tlsa, more, base, dane in (
                ("real", {"real.a.example": own, MX: wrong}, {},
                 "real.a.example", "matches"),
                ("good", {"real.a.example": own}, {"want": WRONG},
                 "real.a.example", "does not match"),
                ("good", {MX: own}, {}, MX, "matches"),
                ("good", {MX: own}, {"target": "mx.plain.example"}, MX,
                 "matches"),
                ("good", {"mx.plain.example": own},
                 {"target": "mx.plain.example"}, MX, "not used")):
            with self.subTest(certificate=certificate, tlsa=tlsa, more=more):
                server = self.script(chains[certificate])
                host, = self.aliased(server, tlsa, **more)["hosts"]
                self.assertEqual((base, dane),
                                 (host["tlsa-base"], host["dane"]))

    def test_a_domain_that_takes_no_mail(self):
        """RFC 7505: that is no fault, and there is no host to connect to."""
        names = NameServer(texts={f"_smtp._tls.{DOMAIN}": []},
                           records={DOMAIN: ["MX 0 ."]})
        self.addCleanup(names.close)
        said = self.check(names, 1, 1, 0)
        self.assertEqual((True, [], []), tuple(
            said[k] for k in ("takes-no-mail", "hosts", "complaints")))
        code, out, err = run_cli("check", "--resolver", names.address, DOMAIN)
        self.assertEqual((0, ""), (code, err))
        self.assertIn("none: the domain takes no mail", out)

    def test_bogus(self):
        """An answer that does not validate is dnssec-invalid."""
        names = self.names()
        said = self.check(names, 1, 1, WRONG, "--trust-anchor",
                          str(names.wrong_anchor))
        self.assertEqual(set(self.types(said)), {"dnssec-invalid"})

    def test_policies(self):
        """RFC 8460 s4.3.2.2, and a host that no mx allows."""
        names, server = self.names(), self.script("good")
        for want, arguments in (
                ("sts-policy-fetch-error", {"text": None}),
                ("sts-policy-invalid", {"text": "version: STSv1\r\n"}),
                ("sts-webpki-invalid", {"certificate": "other"}),
                ("validation-failure",
                 {"text": POLICY.format(mode="testing", mx="*.b.example")})):
            with self.subTest(want=want):
                said = self.check(names, server.port, self.policy(**arguments),
                                  WRONG)
                self.assertEqual(self.types(said), [want])

    def test_what_cannot_be_measured(self):
        """No connection, no answer, no SMTP: none of them is a finding."""
        names, policy = self.names(), self.policy()
        for port in (free_port(), self.script(greeting=None).port,
                     self.script(greeting=b"\x00\x1b[31m" * 9999).port,
                     self.script(greeting=b"554 go away\r\n").port):
            said = self.check(names, port, policy, TEMPFAIL, "--timeout", "1s")
            self.assertEqual(self.types(said), [False])

    def test_words(self):
        """For a person, with outside bytes made harmless."""
        names = self.names(sts=[])
        server = self.script(ehlo=b"250 mx\r\n",
                             greeting=b"554 \x1b[31mred\r\n")
        code, out, err = run_cli(
            "check", "--resolver", names.address, "--port",
                       str(server.port), DOMAIN)
        self.assertEqual(code, TEMPFAIL, err)
        self.assertNotIn("\x1b", out)
        self.assertIn("reports to mailto:tls@a.example", out)
        self.assertIn("not measured mx.a.example: it takes no mail",
                      out)


if __name__ == "__main__":
    unittest.main()
