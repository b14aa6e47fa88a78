"""test_endpoint.py -- reports are posted to the endpoint: by the book, by
nginx, by curl, and by those who mean it harm."""

import contextlib
import gzip
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import zlib

from endpoint import (REPORT, Client, Endpoint, allow_descriptors, chunked,
                      post)
from harness import PATIENCE_S, wait_until
from https_receiver import NGINX, openssl
from ports import free_port

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
HEAD = b"POST /tlsrpt HTTP/1.1\r\nHost: x\r\n"
TYPE = b"Content-Type: application/tlsrpt+json\r\n"
LIBRARY_EVENTS = 128

# What is sent, and the status that it gets; None: closed without one. The
# connection ends in any case. Some are seen to by the library, with answers of
# its own.
MALFORMED = {
    # RFC 9112 section 3: method SP request-target SP HTTP-version
    "no version": (b"POST /tlsrpt\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "HTTP/2.0": (b"POST /tlsrpt HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "two spaces": (b"POST  /tlsrpt HTTP/1.1\r\nHost: x\r\n" + TYPE +
                   b"Content-Length: 2\r\n\r\n{}", 400),
    "a space in the target": (b"POST /tls rpt HTTP/1.1\r\nHost: x\r\n\r\n",
                              400),
    "a tab in the target": (b"POST /tlsrpt\t HTTP/1.1\r\nHost: x\r\n\r\n",
                            400),
    "a NUL in the target": (b"POST /tlsrpt\0/x HTTP/1.1\r\nHost: x\r\n" +
                            TYPE + b"Content-Length: 2\r\n\r\n{}", 400),
    "a method that is no token": (b"PO(ST /tlsrpt HTTP/1.1\r\nHost: x\r\n\r\n",
                                  400),
    # RFC 9112 section 2.2: lines end in CRLF
    "bare LF behind the request line":
        (b"POST /tlsrpt HTTP/1.1\nHost: x\r\n" + TYPE +
         b"Content-Length: 2\r\n\r\n{}", 400),
    "bare LF behind a field": (HEAD + b"A: b\n" + TYPE +
                               b"Content-Length: 2\r\n\r\n{}", 400),
    "bare LF behind the last field":
        (HEAD + TYPE + b"Content-Length: 2\n\r\n{}", 400),
    "bare LF all over":
        (HEAD.replace(b"\r", b"") + b"Content-Length: 2\n\n{}", 400),
    "an empty line of LF": (HEAD + TYPE + b"Content-Length: 2\r\n\n{}", 400),
    "bare CR behind a field": (HEAD + b"A: b\rC: d\r\n" + TYPE +
                               b"Content-Length: 2\r\n\r\n{}", 400),
    # RFC 9112 section 5: field lines
    "a space before the colon":
        (HEAD + TYPE + b"Content-Length : 2\r\n\r\n{}", 400),
    "a line without colon": (HEAD + b"nothing\r\n\r\n", 400),
    "a field without name": (HEAD + b": x\r\n\r\n", 400),
    "a folded field": (HEAD + b"A: b\r\n c\r\n" + TYPE +
                       b"Content-Length: 2\r\n\r\n{}", 400),
    "a NUL in a field": (HEAD + b"A: b\0c\r\n" + TYPE +
                         b"Content-Length: 2\r\n\r\n{}", 400),
    # RFC 9112 section 3.2
    "no Host": (b"POST /tlsrpt HTTP/1.1\r\n" + TYPE +
                b"Content-Length: 2\r\n\r\n{}", 400),
    "two Hosts": (HEAD + b"Host: y\r\n" + TYPE +
                  b"Content-Length: 2\r\n\r\n{}", 400),
    # RFC 9112 section 6.3
    "length and chunks": (HEAD + TYPE + b"Content-Length: 2\r\n"
                          b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks and length": (HEAD + TYPE + b"Transfer-Encoding: chunked\r\n"
                          b"Content-Length: 5\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (HEAD + TYPE + b"Content-Length: 2\r\n"
                    b"Content-Length: 3\r\n\r\n{}x", 400),
    "the same length twice": (HEAD + TYPE + b"Content-Length: 2\r\n"
                              b"content-length: 2\r\n\r\n{}", 400),
    "a list of lengths": (HEAD + TYPE + b"Content-Length: 2, 2\r\n\r\n{}",
                          400),
    "a negative length": (HEAD + TYPE + b"Content-Length: -2\r\n\r\n{}", 400),
    "a length with a sign": (HEAD + TYPE + b"Content-Length: +2\r\n\r\n{}",
                             400),
    "a length of hex": (HEAD + TYPE + b"Content-Length: 0x2\r\n\r\n{}", 400),
    "no length in it": (HEAD + TYPE + b"Content-Length:\r\n\r\n{}", 400),
    "a huge length": (HEAD + TYPE + b"Content-Length: " + b"9" * 30 +
                      b"\r\n\r\n{}", 413),
    "2^63 - 1": (HEAD + TYPE + b"Content-Length: 9223372036854775807\r\n\r\n",
                 413),
    # RFC 9112 section 6.1
    "gzip, chunked": (HEAD + TYPE + b"Transfer-Encoding: gzip, chunked\r\n\r\n"
                      b"0\r\n\r\n", 501),
    "chunked, chunked": (HEAD + TYPE + b"Transfer-Encoding: chunked, chunked"
                         b"\r\n\r\n0\r\n\r\n", 501),
    "chunked twice": (HEAD + TYPE + b"Transfer-Encoding: chunked\r\n" * 2 +
                      b"\r\n0\r\n\r\n", 400),
    "xchunked": (HEAD + TYPE + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
    "chunks in HTTP/1.0": (b"POST /tlsrpt HTTP/1.0\r\n" + TYPE +
                           b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                           400),
    # RFC 9112 section 7.1
    "a chunk size of words": (HEAD + TYPE + b"Transfer-Encoding: chunked\r\n"
                              b"\r\nxyz\r\n", 400),
    "a negative chunk size": (HEAD + TYPE + b"Transfer-Encoding: chunked\r\n"
                              b"\r\n-1\r\n", 400),
    "a huge chunk size": (HEAD + TYPE + b"Transfer-Encoding: chunked\r\n\r\n" +
                          b"f" * 20 + b"\r\n", 413),
    # RFC 6585 section 5
    "20 KiB of fields": (HEAD + b"A: " + b"b" * 20480 + b"\r\n\r\n", 431),
    "100 KiB of fields": (HEAD + b"A: " + b"b" * 102400 + b"\r\n\r\n", 431),
    "5,000 fields": (HEAD + b"A: b\r\n" * 5000 + b"\r\n", 431),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(99) +
            b"\r\n\r\n", None),
}

BY_THE_LIBRARY = {
    "no version", "HTTP/0.9", "HTTP/2.0", "a line without colon",
    "a list of lengths", "a negative length", "a length with a sign",
    "a length of hex", "no length in it", "a huge length",
    "a chunk size of words", "a negative chunk size", "a huge chunk size",
    "100 KiB of fields", "5,000 fields", "bare LF all over",
}


class EndpointTest(unittest.TestCase):
    """One server a test."""

    def serve(self, *arguments, **options):
        """Until the test's end."""
        server = Endpoint(*arguments, **options)
        self.addCleanup(server.close)
        return server

    def folder(self):
        """Until the test's end."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="endpoint-"))
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def status_of(self, server, request):
        """On a connection of its own."""
        with Client(server.port) as client:
            client.send(request)
            return client.status()

    def assert_refused(self, status, answer):
        """An answer that says why, and ends the connection."""
        self.assertIsNotNone(answer)
        self.assertEqual(status, answer[0])
        self.assertEqual("close", answer[1]["connection"])
        self.assertEqual("application/problem+json",
                         answer[1]["content-type"])
        problem = json.loads(answer[2])
        self.assertEqual(status, problem["status"])
        self.assertNotEqual("", problem["title"])
        self.assertNotEqual("", problem["detail"])


class Taken(EndpointTest):
    """What reporters send."""

    def test_a_report_is_received_and_its_intake_is_told(self):
        server = self.serve()
        with Client(server.port) as client:
            client.send(post())
            status, fields, body = client.answer()
            port = client.socket.getsockname()[1]
        self.assertEqual(201, status)
        self.assertEqual("application/json", fields["content-type"])
        self.assertRegex(json.loads(body)["intake"], UUID)
        self.assertEqual(
            {"peer": f"127.0.0.1:{port}", "route": "",
             "type": "application/tlsrpt+json", "encoding": "",
             "length": str(len(REPORT)), "crc": str(zlib.crc32(REPORT))},
            server.receipt())

    def test_types_and_encodings(self):
        taken = ["application/tlsrpt+gzip", "application/tlsrpt+json",
                 "application/tlsrpt", "application/json", "application/gzip",
                 "application/x-gzip", "application/octet-stream", None, "",
                 "Application/TLSRPT+Gzip", "application/json; charset=utf-8",
                 'application/tlsrpt+json ; x="y;z"']
        refused = ["text/html", "application/xml", "multipart/form-data",
                   "application/x-www-form-urlencoded", "application/jsonx",
                   "application/tlsrpt+gzip, text/html", "*/*"]
        server = self.serve()
        for field in taken:
            with self.subTest(type=field):
                self.assertEqual(201, self.status_of(
                    server, post(fields={"Content-Type": field})))
                self.assertEqual(field or "", server.receipt()["type"])
        for field in refused:
            with self.subTest(type=field), Client(server.port) as client:
                client.send(post(fields={"Content-Type": field}))
                answer = client.answer()
                self.assert_refused(415, answer)
                for text in (answer[1]["accept"],
                             json.loads(answer[2])["detail"]):
                    self.assertIn("application/tlsrpt+gzip", text)
                    self.assertIn("application/tlsrpt+json", text)
        for field in ("gzip", "GZIP", "x-gzip", "identity", "", None):
            with self.subTest(encoding=field):
                self.assertEqual(201, self.status_of(
                    server, post(fields={"Content-Encoding": field})))
                self.assertEqual(field or "", server.receipt()["encoding"])
        for field in ("br", "deflate", "gzip, gzip", "gzip, br"):
            with self.subTest(encoding=field), Client(server.port) as client:
                client.send(post(fields={"Content-Encoding": field}))
                answer = client.answer()
                self.assert_refused(415, answer)
                self.assertIn("gzip", answer[1]["accept-encoding"])

    def test_the_token_of_the_path_is_handed_on(self):
        server = self.serve()
        for path, token in (("/tlsrpt", ""), ("/tlsrpt/a", "a"),
                            ("/tlsrpt/A.b_c-9", "A.b_c-9"),
                            ("/tlsrpt/" + "x" * 64, "x" * 64),
                            ("/tlsrpt/%61b", "ab"), ("/tlsrpt/a?b=c", "a")):
            self.assertEqual(201, self.status_of(server, post(path=path)), path)
            self.assertEqual(token, server.receipt()["route"])
        for path in ("/", "/tlsrp", "/tlsrptx", "/tlsrpt/", "/TLSRPT",
                     "/tlsrpt/" + "x" * 65, "/tlsrpt/a/b", "/tlsrpt/a/",
                     "/tlsrpt/a%2Fb", "/tlsrpt/%00", "/tlsrpt/%zz",
                     "/tlsrpt/a+b", "/tlsrpt/a%20b", "/tlsrpt//a", "//tlsrpt",
                     "/tlsrpt/%C3%A4", "/tlsrpt/../x", "*"):
            with self.subTest(path=path), Client(server.port) as client:
                client.send(post(path=path))
                self.assert_refused(404, client.answer())

    def test_connections_are_kept(self):
        server = self.serve()
        with Client(server.port) as client:
            for length in (1, 5000, 1024 * 1024):
                client.send(post(b"x" * length))
                self.assertEqual(201, client.status())
                self.assertEqual(str(length), server.receipt()["length"])
            client.send(post() * 20)  # without waiting
            self.assertEqual([201] * 20, [client.status() for _ in range(20)])

    def test_http_1_0(self):
        server = self.serve()
        with Client(server.port) as client:
            client.send(b"POST /tlsrpt HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
            self.assertEqual(201, client.status())
            self.assertTrue(client.is_closed())

    def test_in_chunks_of_any_size(self):
        body = gzip.compress(os.urandom(50000))
        server = self.serve()
        with Client(server.port) as client:
            for size in (1, 7, 4096, len(body)):
                chunks = [body[i:i + size] for i in range(0, len(body), size)]
                if size == 1:
                    chunks = chunks[:3000] + [body[3000:]]
                client.send(post(b"", length=None,
                                 fields={"Content-Length": None,
                                         "Transfer-Encoding": "Chunked"}) +
                            chunked(*chunks))
                self.assertEqual(201, client.status())
                self.assertEqual(str(zlib.crc32(body)),
                                 server.receipt()["crc"])

    def test_expect_is_answered_once_the_head_is_fine(self):
        server = self.serve()
        expect = {"Expect": "100-continue"}
        with Client(server.port) as client:
            client.send(post(b"", length=len(REPORT), fields=expect))
            self.assertEqual(100, client.status())
            client.send(REPORT)
            self.assertEqual(201, client.status())
        for status, request in (
                (413, post(b"", length=1024 * 1024 + 1, fields=expect)),
                (415, post(b"", length=5, fields={
                    **expect, "Content-Type": "text/html"})),
                (404, post(b"", length=5, path="/x", fields=expect))):
            with Client(server.port) as client:
                client.send(request)
                self.assert_refused(status, client.answer())
                self.assertTrue(client.is_closed())

    def test_curl(self):
        body = gzip.compress(os.urandom(100000))
        server = self.serve()
        for more in ((), ("-H", "Transfer-Encoding: chunked"),
                     ("-H", "Expect: 100-continue"), ("--http1.0",),
                     ("-H", "Content-Encoding: gzip")):
            done = subprocess.run(
                ["curl", "-sS", "--data-binary", "@-", "-w", "%{http_code}",
                 "-H", "Content-Type: application/tlsrpt+gzip", *more,
                 f"http://127.0.0.1:{server.port}/tlsrpt/t"],
                input=body, capture_output=True, timeout=PATIENCE_S,
                check=True)
            self.assertTrue(done.stdout.endswith(b"201"), done)
            self.assertEqual(str(zlib.crc32(body)), server.receipt()["crc"])

    def test_other_methods_and_paths(self):
        server = self.serve()
        for method, path, status, allow in (
                ("GET", "/tlsrpt", 405, "post"),
                ("HEAD", "/tlsrpt/a", 405, "post"),
                ("PUT", "/tlsrpt", 405, "post"),
                ("OPTIONS", "/tlsrpt", 405, "post"),
                ("DELETE", "/hello/x", 405, "get, head, put"),
                ("BREW", "/hello/x", 405, "get, head, put"),
                ("GET", "/", 404, None), ("HEAD", "/x", 404, None)):
            with self.subTest(method=method), Client(server.port) as client:
                client.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n"
                            .encode())
                if method == "HEAD":
                    while client.more():
                        pass
                    self.assertTrue(client.left.startswith(
                        f"HTTP/1.1 {status} ".encode()))
                    self.assertTrue(client.left.endswith(b"\r\n\r\n"))
                    continue
                answer = client.answer()
                self.assert_refused(status, answer)
                self.assertEqual(allow, answer[1].get("allow"))

    def test_any_handler_may_be_asked(self):
        server = self.serve()
        with contextlib.closing(http.client.HTTPConnection(
                "127.0.0.1", server.port, PATIENCE_S)) as client:
            client.request("GET", "/hello/w%C3%B6rld?a=%41&b")
            answer = client.getresponse()
            self.assertEqual(200, answer.status)
            self.assertIn("name=wörld query=a=%41&b peer=127.0.0.1:",
                          answer.read().decode())
            client.request("PUT", "/hello/x", b"0123456789")
            self.assertIn(b"body=10", client.getresponse().read())
            client.request("HEAD", "/hello/x")
            self.assertEqual(b"", client.getresponse().read())
            client.request("GET", "/hello/x", b"content nobody wants")
            self.assertEqual(413, client.getresponse().status)


class Refused(EndpointTest):
    """What does not get in."""

    def test_malformed_requests(self):
        server = self.serve()
        for name, (request, status) in MALFORMED.items():
            with self.subTest(name), Client(server.port) as client:
                client.send(request)
                self.assertEqual(status, client.status())
                while client.more():  # to the end
                    pass
        self.assertTrue(server.receipts.empty())
        self.assertEqual(201, self.status_of(server, post()))

    def test_what_the_library_refuses_is_refused_whole(self):
        """libmicrohttpd 0.9.75 cannot be told our words: it sends a page of
        its own, and the connection ends; where a Content-Length is no number,
        it sends the page's head twice."""
        server = self.serve()
        its = set()
        for name, (request, status) in MALFORMED.items():
            if status is None:
                continue
            with self.subTest(name), Client(server.port) as client:
                client.send(request)
                answer = client.answer()
                while client.more():
                    pass
                self.assertEqual("close", answer[1]["connection"])
                self.assertEqual(int(answer[1]["content-length"]),
                                 len(answer[2]))
                if answer[1].get("content-type") == "application/problem+json":
                    self.assertEqual(status, json.loads(answer[2])["status"])
                    self.assertEqual(b"", client.left)
                else:
                    its.add(name)
                    self.assertTrue((answer[2] + client.left).endswith(
                        b"</html>"))
        self.assertLessEqual(its, BY_THE_LIBRARY)

    def test_a_refusal_reaches_who_is_still_sending(self):
        """Many clients read nothing before they have sent all."""
        allow_descriptors(1024)
        folder = self.folder()
        make_certificate(folder, "one.example")
        trust = trusting(folder, "one.example")
        for wrap, more in ((None, {}), (trust, {
                "cert": folder / "one.example.pem",
                "key": folder / "one.example.key"})):
            server = self.serve(hourly=60, burst=4, **more)
            body = os.urandom(20 * 1024 * 1024)
            for status, request in (
                    (413, post(body)), (404, post(body, path="/x")),
                    (415, post(body, fields={"Content-Type": "text/html"})),
                    (405, post(body).replace(b"POST", b"PATCH", 1)),
                    (400, post(body, fields={"Host": None})),
                    (413, post(b"", fields={
                        "Content-Length": None,
                        "Transfer-Encoding": "chunked"}) +
                     chunked(body[:2000000], body[:2000000])),
                    (429, post(body[:1000000])), (429, post(body[:1000000]))):
                with self.subTest(status, tls=wrap is not None), \
                        Client(server.port, wrap) as client:
                    if status == 429:
                        for _ in range(4):
                            self.status_of_by(server, wrap)
                    client.send(request)
                    self.assert_refused(status, client.answer())
                    self.assertTrue(client.is_closed())

    def status_of_by(self, server, wrap):
        """Of a post, whatever it is."""
        with Client(server.port, wrap) as client:
            client.send(post())
            client.status()

    def test_nobody_is_read_for_ever(self):
        """One that was refused, and goes on."""
        server = self.serve(body_max=1000)
        sent = 0
        with Client(server.port) as client:
            client.send(post(b"", length=10 ** 12))
            with self.assertRaises(ConnectionError):
                while sent < 256 * 1024 * 1024:
                    client.send(bytes(65536))
                    sent += 65536
        self.assertEqual(201, self.status_of(server, post()))

    def test_what_follows_a_refusal_is_not_read(self):
        """A second request inside the body of a refused one."""
        server = self.serve()
        inner = post(path="/tlsrpt/smuggled")
        for request in (
                post(inner, fields={"Content-Type": "text/html"}),
                HEAD + TYPE + b"Transfer-Encoding: chunked\r\n"
                b"Content-Length: 5\r\n\r\n0\r\n\r\n" + inner,
                HEAD + TYPE + b"Content-Length : 5\r\n\r\n" + inner):
            with Client(server.port) as client:
                client.send(request)
                self.assertIn(client.status(), (400, 415))
                self.assertTrue(client.is_closed())
        self.assertTrue(server.receipts.empty())

    def test_too_large_by_its_length(self):
        server = self.serve(body_max=1000)
        self.assertEqual(201, self.status_of(server, post(b"x" * 1000)))
        with Client(server.port) as client:
            client.send(post(b"", length=1001))
            self.assert_refused(413, client.answer())

    def test_too_large_by_its_chunks(self):
        server = self.serve(body_max=1000)
        head = post(b"", length=None, fields={"Content-Length": None,
                                              "Transfer-Encoding": "chunked"})
        self.assertEqual(201, self.status_of(
            server, head + chunked(b"x" * 999, b"y")))
        with Client(server.port) as client:
            client.send(head + chunked(b"x" * 999, b"yy", b"z" * 100000))
            self.assert_refused(413, client.answer())

    def send_without_end(self, client):
        """Until there is an answer, which refuses it, and on to the end."""
        piece = b"%x\r\n%s\r\n" % (16384, b"x" * 16384)
        client.send(post(b"", fields={"Content-Length": None,
                                      "Transfer-Encoding": "chunked"}))
        sent = 0
        while not select.select([client.socket], [], [], 0)[0]:
            client.send(piece)
            sent += len(piece)
            self.assertLess(sent, 64 << 20)
        answer = client.answer()
        self.assert_refused(413, answer)
        self.assertTrue(answer[1]["date"].endswith(" gmt"))
        with self.assertRaises(OSError):
            while sent < 256 << 20:
                client.send(piece)
                sent += len(piece)

    def test_chunks_without_end(self):
        server = self.serve(body_max=1000)
        with Client(server.port) as client:
            self.send_without_end(client)
        self.assertEqual(201, self.status_of(server, post()))

    def test_chunks_without_end_over_tls(self):
        folder = self.folder()
        make_certificate(folder, "one.example")
        server = self.serve(body_max=1000, cert=folder / "one.example.pem",
                            key=folder / "one.example.key")
        context = ssl.create_default_context(
            cafile=folder / "one.example.pem")
        # TLS 1.3 has tickets, which are no answer.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with Client(server.port, lambda s: context.wrap_socket(
                s, server_hostname="one.example")) as client:
            self.send_without_end(client)

    def test_chunk_extensions_and_trailers_do_not_grow(self):
        server = self.serve()
        head = post(b"", fields={"Content-Length": None,
                                 "Transfer-Encoding": "chunked"})
        for tail in (b"1;" + b"a=b;" * 100000, b"0\r\n" + b"A: b\r\n" * 100000):
            with Client(server.port) as client:
                with contextlib.suppress(OSError):
                    client.send(head + tail)
                    client.socket.shutdown(socket.SHUT_WR)
                self.assertGreaterEqual(client.status() or 500, 400)

    def test_an_empty_body(self):
        server = self.serve()
        head = post(b"", fields={"Content-Length": None,
                                 "Transfer-Encoding": "chunked"})
        for request in (post(b""), head + b"0\r\n\r\n"):
            with Client(server.port) as client:
                client.send(request)
                self.assert_refused(400, client.answer())
        with Client(server.port) as client:
            client.send(post(b"", fields={"Content-Length": None}))
            self.assert_refused(411, client.answer())

    def test_no_room_for_bodies(self):
        """One body may be as large as all together."""
        server = self.serve(bodies_max=100000, body_max=200000)
        with Client(server.port) as first, Client(server.port) as second:
            first.send(post(b"x" * 60000, length=60001))
            with Client(server.port) as third:  # it will have been read then
                wait_until(lambda: self.is_short(server), "memory is taken")
                third.send(post(b"", length=60000))
                answer = third.answer()
                self.assert_refused(503, answer)
                self.assertEqual("60", answer[1]["retry-after"])
            second.send(post(b"", fields={"Content-Length": None,
                                          "Transfer-Encoding": "chunked"}) +
                        chunked(*[b"y" * 10000] * 7))
            self.assert_refused(503, second.answer())
            first.send(b"x")
            self.assertEqual(201, first.status())
        self.assertEqual(201, self.status_of(server, post(b"z" * 90000)))

    def is_short(self, server):
        """Whether there is no room for 60,000 bytes more."""
        with Client(server.port) as client:
            client.send(post(b"", length=60000,
                             fields={"Expect": "100-continue"}))
            return client.status() == 503

    def test_rate_of_an_address(self):
        server = self.serve(hourly=60, burst=3)
        for _ in range(3):
            self.assertEqual(201, self.status_of(server, post()))
        with Client(server.port) as client:
            client.send(post())
            answer = client.answer()
            self.assert_refused(429, answer)
            self.assertLessEqual(int(answer[1]["retry-after"]), 60)
            self.assertGreater(int(answer[1]["retry-after"]), 0)
        with Client(server.port, address="127.0.0.1") as other:
            other.send(b"GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(200, other.status())


class Sink(EndpointTest):
    """Where reports go."""

    def test_answers_wait_for_the_disk(self):
        server = self.serve()
        server.say("hold")
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(server.port))
                       for _ in range(50)]
            for client in clients:
                client.send(post())
            for _ in clients:
                server.receipt()
            clients[0].socket.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                clients[0].more()
            clients[0].socket.settimeout(PATIENCE_S)
            # Others are served meanwhile.
            self.assertEqual(404, self.status_of(server, post(path="/")))
            server.say("release")
            ids = {client.answer()[2] for client in clients}
            self.assertEqual(50, len(ids))

    def test_the_same_bytes_again_are_known(self):
        server = self.serve(posted=1000)
        answers = []
        for path, fields in (("/tlsrpt", {}), ("/tlsrpt/token", {}),
                             ("/tlsrpt", {"Content-Type": None})):
            with Client(server.port) as client:
                client.send(post(path=path, fields=fields))
                answers.append(client.answer())
        self.assertEqual([201, 200, 200], [a[0] for a in answers])
        self.assertRegex(json.loads(answers[0][2])["intake"], UUID)
        self.assertEqual(1, len({a[2] for a in answers}))
        self.assertEqual({"application/json"},
                         {a[1]["content-type"] for a in answers})
        server.receipt()
        self.assertEqual(201, self.status_of(server, post(REPORT + b" ")))
        server.receipt()
        self.assertTrue(server.receipts.empty())

    def test_the_same_bytes_at_the_same_moment(self):
        """Nobody is told before they are on disk, and then all the same."""
        server = self.serve(posted=1000)
        server.say("hold")
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(server.port))
                       for _ in range(20)]
            for client in clients:
                client.send(post())
            server.receipt()
            clients[0].socket.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                clients[0].more()
            clients[0].socket.settimeout(PATIENCE_S)
            server.say("release")
            answers = [client.answer() for client in clients]
        self.assertEqual([200] * 19 + [201], sorted(a[0] for a in answers))
        self.assertEqual(1, len({a[2] for a in answers}))
        self.assertTrue(server.receipts.empty())

    def test_the_same_bytes_as_those_that_could_not_be_kept(self):
        server = self.serve(posted=1000)
        for word in ("full", "fail"):
            server.say(word)
            self.assertEqual(503, self.status_of(server, post()))
        server.say("ok")
        self.assertEqual(201, self.status_of(server, post()))
        self.assertEqual(200, self.status_of(server, post()))

    def test_no_room(self):
        server = self.serve()
        for word, status in (("full", 503), ("fail", 503), ("big", 413)):
            server.say(word)
            with Client(server.port) as client:
                client.send(post())
                answer = client.answer()
                self.assert_refused(status, answer)
                if status == 503:
                    self.assertGreater(int(answer[1]["retry-after"]), 0)
        server.say("ok")
        self.assertEqual(201, self.status_of(server, post()))

    def test_a_sink_that_never_answers(self):
        server = self.serve(answer_ms=500)
        server.say("hold")
        with Client(server.port) as client:
            client.send(post())
            self.assert_refused(503, client.answer())
        server.say("release")  # nobody waits for it any more
        server.say("ok")
        self.assertEqual(201, self.status_of(server, post()))

    def test_a_client_that_does_not_wait(self):
        server = self.serve()
        server.say("hold")
        for _ in range(10):
            with Client(server.port) as client:
                client.send(post())
                server.receipt()
        server.say("release")
        server.say("ok")
        wait_until(lambda: server.connections() == 0, "all are gone")
        self.assertEqual(201, self.status_of(server, post()))

    def test_at_the_end_those_who_wait_are_told(self):
        server = self.serve()
        server.say("hold")
        with Client(server.port) as client, Client(server.port) as idle, \
                Client(server.port) as slow:
            slow.send(post(length=len(REPORT) + 1))
            client.send(post())
            server.receipt()
            wait_until(lambda: server.connections() == 3, "all are there")
            server.close()
            self.assert_refused(503, client.answer())
            self.assertTrue(idle.is_closed())
            self.assertIsNone(slow.status())


class Harm(EndpointTest):
    """Those who hold on to what they have."""

    def closed_after_s(self, client, drip):
        """Until the server closes, while a byte comes now and then."""
        began = time.monotonic()
        client.socket.settimeout(0.1)
        while time.monotonic() < began + PATIENCE_S:
            try:
                client.send(drip)
                if not client.socket.recv(1000):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        return time.monotonic() - began

    def test_a_byte_now_and_then_does_not_hold_a_connection(self):
        server = self.serve(idle_ms=600, request_ms=1200)
        for name, begin, drip, least_s in (
                ("nothing", b"", b"", 0.6),
                ("the request line", b"POST /", b"x", 0.6),
                ("empty lines", b"", b"\r\n", 0.6),
                ("fields", HEAD, b"A: b\r\n", 1.2),
                ("a body", post(b"", length=1000), b"x", 1.2),
                ("chunks", post(b"", fields={"Content-Length": None,
                                             "Transfer-Encoding": "chunked"}),
                 b"1\r\nx\r\n", 1.2)):
            with self.subTest(name), Client(server.port) as client:
                client.send(begin)
                took_s = self.closed_after_s(client, drip)
                self.assertGreater(took_s, least_s - 0.2)
                self.assertLess(took_s, least_s + 5)

    @staticmethod
    def room_mib(server):
        """TSan keeps some bytes beside each of the program's."""
        maps = pathlib.Path(f"/proc/{server.process.pid}/maps").read_text()
        return 400 if "libtsan" in maps else 100

    def held(self, server):
        """Its resident memory in MiB, and its descriptors."""
        proc = pathlib.Path(f"/proc/{server.process.pid}")
        rss = re.search(r"VmRSS:\s+(\d+)", (proc / "status").read_text())
        return int(rss[1]) / 1024, len(list((proc / "fd").iterdir()))

    def test_a_thousand_slow_ones(self):
        """Each sends a byte of its head or body now and then. Others are
        served meanwhile, and all are closed in the end."""
        allow_descriptors(4096)
        server = self.serve(idle_ms=4000, request_ms=8000)
        before_mib, before_fds = self.held(server)
        begun = (b"POST /tls", HEAD + b"A: ", post(b"", length=1000),
                 post(b"", fields={"Content-Length": None,
                                   "Transfer-Encoding": "chunked"}) + b"4\r\n")
        with contextlib.ExitStack() as stack:
            slow = [stack.enter_context(Client(server.port))
                    for _ in range(1000)]
            for n, client in enumerate(slow):
                client.send(begun[n % len(begun)])

            def are_closed():
                for client in slow:
                    with contextlib.suppress(OSError):
                        client.send(b"a")
                self.assertEqual(201, self.status_of(server, post()))
                held.append(self.held(server))
                return server.connections() == 0
            held = []
            wait_until(are_closed, "all are closed")
        self.assertLess(max(mib for mib, _ in held),
                        before_mib + self.room_mib(server))
        self.assertLess(max(fds for _, fds in held), before_fds + 1100)
        wait_until(lambda: self.held(server)[1] < before_fds + 10,
                   "no descriptor is left")

    def test_who_sends_no_more_is_answered(self):
        """A half of the connection is closed behind a whole request, or
        before its end: which the library misses if it comes with the last
        bytes, but for the deadline."""
        server = self.serve(idle_ms=1000, request_ms=1500)
        before = self.held(server)[1]
        for request, status in ((post(), 201), (post(path="/x"), 404),
                                (post(b"", length=5) + b"ab", None),
                                (HEAD, None), (b"", None)):
            with self.subTest(request), Client(server.port) as client:
                client.send(request)
                client.socket.shutdown(socket.SHUT_WR)
                self.assertEqual(status, client.status())
                while client.more():
                    pass
        wait_until(lambda: server.connections() == 0 and
                   self.held(server)[1] <= before, "nothing is left of them")

    def test_many_that_are_refused_and_go_on(self):
        """More than are read to their end."""
        allow_descriptors(4096)
        server = self.serve(body_max=1000)
        before_mib, before_fds = self.held(server)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(server.port))
                       for _ in range(600)]
            for client in clients:
                client.send(post(b"x" * 5000, length=10 ** 9))
                self.assertEqual(413, client.status())
            self.assertEqual(201, self.status_of(server, post()))
            mib, fds = self.held(server)
            self.assertLess(mib, before_mib + self.room_mib(server))
            self.assertLess(fds, before_fds + 300)
        wait_until(lambda: self.held(server)[1] <= before_fds + 10,
                   "no descriptor is left")

    def test_requests_behind_one_another(self):
        """Hundreds at once, a refused one among them: none behind it."""
        server = self.serve()
        with Client(server.port) as client:
            client.send(post() * 300 + post(path="/x") + post() * 300)
            statuses = []
            while (status := client.status()) is not None:
                statuses.append(status)
        self.assertEqual([201] * 300 + [404], statuses)

    def test_between_requests_as_well(self):
        server = self.serve(idle_ms=600)
        with Client(server.port) as client:
            client.send(post())
            self.assertEqual(201, client.status())
            began = time.monotonic()
            self.assertTrue(client.is_closed())
            self.assertLess(time.monotonic() - began, 5)

    def test_a_connection_grows_old(self):
        server = self.serve(connection_ms=1000)
        with Client(server.port) as client:
            def closes():
                client.send(post())
                _, fields, _ = client.answer()
                return fields.get("connection") == "close"
            wait_until(closes, "an answer that ends it")
            self.assertTrue(client.is_closed())

    def test_connections_of_one_address(self):
        server = self.serve(per_address=5)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(server.port))
                       for _ in range(5)]
            for client in clients:
                client.send(post())
                self.assertEqual(201, client.status())
            for _ in range(5):
                with Client(server.port) as client:
                    with contextlib.suppress(OSError):
                        client.send(post())
                    self.assertIsNone(client.status())
            clients.pop().socket.close()
            wait_until(lambda: server.connections() == 4, "one is gone")
            self.assertEqual(201, self.status_of(server, post()))
        wait_until(lambda: server.receipts.qsize() == 6, "what was received")

    def test_connections_of_one_address_by_tls(self):
        folder = self.folder()
        make_certificate(folder, "one.example")
        server = self.serve(cert=folder / "one.example.pem",
                            key=folder / "one.example.key", per_address=2)
        trust = trusting(folder, "one.example")
        with Client(server.port, trust), Client(server.port, trust):
            for _ in range(20):
                with self.assertRaises(OSError), Client(server.port, trust):
                    pass

    def test_past_the_limit_they_wait(self):
        server = self.serve(connections=4)
        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(Client(server.port)) for _ in range(4)]
            wait_until(lambda: server.connections() == 4, "all are there")
            client = stack.enter_context(Client(server.port))
            client.send(post())
            for one in idle:
                one.socket.close()
            self.assertEqual(201, client.status())

    def test_a_thousand_that_are_idle(self):
        allow_descriptors(4096)
        folder = self.folder()
        make_certificate(folder, "one.example")
        trust = trusting(folder, "one.example")
        plain = self.serve(idle_ms=600000)
        tls = self.serve(idle_ms=600000, cert=folder / "one.example.pem",
                         key=folder / "one.example.key")
        for name, server, wrap in (("plain", plain, None),
                                   ("TLS", tls, trust)):
            with contextlib.ExitStack() as stack:
                for _ in range(1000):
                    stack.enter_context(Client(server.port, wrap))
                wait_until(lambda s=server: s.connections() == 1000,
                           "all are there")
                with Client(server.port, wrap) as client:
                    client.send(post())
                    self.assertEqual(201, client.status())
                status = pathlib.Path(
                    f"/proc/{server.process.pid}/status").read_text()
                rss = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
                print(f"1,000 idle connections, {name}: RSS "
                      f"{rss / 1024:.1f} MiB")
            wait_until(lambda s=server: s.connections() == 0, "all are gone")

    def test_as_many_events_at_once_as_the_library_asks_for(self):
        """It asks for more then, and waits: nobody would be answered until
        something else happens."""
        endpoint = self.serve(threads=1, connections=200)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(endpoint.port))
                       for _ in range(LIBRARY_EVENTS)]
            for client in clients:  # all are known to the library
                client.send(post())
                self.assertEqual(201, client.status())
            os.kill(endpoint.process.pid, signal.SIGSTOP)
            try:
                for client in clients:
                    client.send(post())
            finally:
                os.kill(endpoint.process.pid, signal.SIGCONT)
            self.assertEqual([201] * LIBRARY_EVENTS,
                             [client.status() for client in clients])

    def test_garbage_for_a_handshake(self):
        folder = self.folder()
        make_certificate(folder, "one.example")
        server = self.serve(cert=folder / "one.example.pem",
                            key=folder / "one.example.key", idle_ms=600)
        for garbage in (post(), os.urandom(2000), b"\x16\x03\x01\x40\x00"):
            with Client(server.port) as client:
                client.send(garbage)
                began = time.monotonic()
                self.assertIsNone(client.status())
                self.assertLess(time.monotonic() - began, 5)
        with Client(server.port, trusting(folder, "one.example")) as client:
            client.send(post())
            self.assertEqual(201, client.status())


def make_certificate(folder, name):
    """name.pem and name.key, by themselves."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.pem", "-days", "3650", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}", folder=folder)


def trusting(folder, name):
    """What makes a socket a TLS one to that server."""
    context = ssl.create_default_context(cafile=folder / f"{name}.pem")
    return lambda s: context.wrap_socket(s, server_hostname=name)


class Tls(EndpointTest):
    """Certificates."""

    def setUp(self):
        self.files = self.folder()
        for name in ("one.example", "two.example"):
            make_certificate(self.files, name)
        self.server = self.serve(cert=self.files / "one.example.pem",
                                 key=self.files / "one.example.key")

    def shows(self, name):
        """Whether a new connection meets that name's certificate."""
        with contextlib.suppress(ssl.SSLCertVerificationError):
            with Client(self.server.port, trusting(self.files, name)) as c:
                c.send(post())
                return c.status() == 201
        return False

    def swap(self, pem, key):
        """What the server says to it."""
        return self.server.say(f"cert {self.files / pem} {self.files / key}")

    def test_a_certificate_is_replaced_while_connections_go_on(self):
        self.assertTrue(self.shows("one.example"))
        with Client(self.server.port,
                    trusting(self.files, "one.example")) as old:
            old.send(post())
            self.assertEqual(201, old.status())
            with Client(self.server.port) as begun:  # no handshake yet
                wait_until(lambda: self.server.connections() == 2,
                           "both are there")
                self.assertEqual("cert ok", self.swap("two.example.pem",
                                                      "two.example.key"))
                self.assertTrue(self.shows("two.example"))
                self.assertFalse(self.shows("one.example"))
                begun.socket = trusting(self.files, "one.example")(
                    begun.socket)
                begun.send(post())
                self.assertEqual(201, begun.status())
            old.send(post())
            self.assertEqual(201, old.status())

    def test_what_does_not_fit_is_not_taken(self):
        (self.files / "broken.pem").write_text("nothing\n")
        for pem, key in (("two.example.pem", "one.example.key"),
                         ("broken.pem", "one.example.key"),
                         ("one.example.pem", "broken.pem"),
                         ("one.example.key", "one.example.key")):
            self.assertNotEqual("cert ok", self.swap(pem, key))
            self.assertTrue(self.shows("one.example"))

    def test_old_versions_are_not_spoken(self):
        for version in ("-tls1", "-tls1_1"):
            done = subprocess.run(
                ["openssl", "s_client", "-connect",
                 f"127.0.0.1:{self.server.port}", version, "-cipher",
                 "ALL@SECLEVEL=0"], input=b"", capture_output=True,
                timeout=PATIENCE_S, check=False)
            self.assertNotEqual(0, done.returncode)

    def test_swaps_under_load(self):
        over = threading.Event()
        either = ssl.create_default_context()
        either.check_hostname = False
        for name in ("one.example", "two.example"):
            either.load_verify_locations(self.files / f"{name}.pem")
        seen = []

        def visit():
            while not over.is_set():
                with Client(self.server.port, either.wrap_socket) as client:
                    client.send(post())
                    seen.append(client.status())
        visitors = [threading.Thread(target=visit) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        for n in range(50):
            name = ("one.example", "two.example")[n % 2]
            self.assertEqual("cert ok", self.swap(f"{name}.pem",
                                                  f"{name}.key"))
        over.set()
        for visitor in visitors:
            visitor.join(PATIENCE_S)
        self.assertEqual({201}, set(seen))


NGINX_CONFIG = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {behind};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header Forwarded $http_x_test_forwarded;
        }}
    }}
}}
"""


class Behind(EndpointTest):
    """Proxies, sockets."""

    def nginx(self, behind):
        """The port of one that passes all on."""
        folder, port = self.folder(), free_port()
        config = folder / "nginx.conf"
        config.write_text(NGINX_CONFIG.format(folder=folder, port=port,
                                              behind=behind))
        process = subprocess.Popen(
            [NGINX, "-e", str(folder / "error.log"), "-c", str(config)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

        def stop():
            process.terminate()
            process.wait(PATIENCE_S)
        self.addCleanup(stop)

        def is_up():
            with contextlib.suppress(ConnectionError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            return False
        wait_until(is_up, "nginx listens")
        return port

    def peer_by(self, server, port, **fields):
        """Whom the endpoint takes for the client."""
        with Client(port) as client:
            client.send(post(fields=fields))
            self.assertEqual(201, client.status())
        return server.receipt()["peer"]

    def test_a_proxy_that_is_trusted_says_who_it_is(self):
        server = self.serve(trusted="127.0.0.0/8")
        port = self.nginx(f"http://127.0.0.1:{server.port}")
        # nginx appends 127.0.0.1, which is trusted in turn.
        name = "X-Forwarded-For"
        self.assertEqual("127.0.0.1", self.without_port(
            self.peer_by(server, port)))
        self.assertEqual("198.51.100.7", self.peer_by(
            server, port, **{name: "198.51.100.7"}))
        self.assertEqual("198.51.100.7", self.peer_by(
            server, port, **{name: "203.0.113.9, 198.51.100.7"}))
        self.assertEqual("2001:db8::7", self.peer_by(
            server, port, **{name: "2001:DB8:0::7"}))

    def without_port(self, peer):
        """The address."""
        return peer.rpartition(":")[0] or peer

    def test_one_that_is_not_says_nothing(self):
        server = self.serve(trusted="192.0.2.0/24")
        port = self.nginx(f"http://127.0.0.1:{server.port}")
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            peer = self.peer_by(server, port, **{name: "198.51.100.7"})
            self.assertEqual("127.0.0.1", self.without_port(peer))

    def test_only_the_field_that_the_proxy_writes_counts(self):
        server = self.serve(trusted="127.0.0.1", forwarded="Forwarded")
        port = self.nginx(f"http://127.0.0.1:{server.port}")
        self.assertEqual("198.51.100.7", self.peer_by(
            server, port, **{"X-Forwarded-For": "203.0.113.9",
                             "X-Test-Forwarded": "for=198.51.100.7"}))

    def test_limits_are_the_clients_not_the_proxys(self):
        server = self.serve(trusted="127.0.0.1", per_address=1, hourly=1)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(server.port))
                       for _ in range(5)]
            for n, client in enumerate(clients):
                client.send(post(fields={"X-Forwarded-For": f"192.0.2.{n}"}))
                self.assertEqual(201, client.status())
            clients[0].send(post(fields={"X-Forwarded-For": "192.0.2.1"}))
            self.assertEqual(429, clients[0].status())

    def test_a_unix_socket(self):
        path = self.folder() / "http.sock"
        server = self.serve(str(path), per_address=1, hourly=1)
        self.assertEqual(0o600, path.stat().st_mode & 0o777)
        for _ in range(3):
            with Client(str(path)) as client:
                client.send(post(fields={"X-Forwarded-For": "192.0.2.1"}))
                self.assertEqual(201, client.status())
            self.assertEqual("unix", server.receipt()["peer"])
        server.close()
        again = self.serve(str(path), trusted="unix")
        port = self.nginx(f"http://unix:{path}:")
        self.assertEqual("127.0.0.1", self.peer_by(again, port))

    def test_a_socket_that_is_handed_over(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            fd = listening.fileno()
            server = self.serve(f"fd:{fd}", pass_fds=(fd,))
            self.assertEqual(listening.getsockname()[1], server.port)
            self.assertEqual(201, self.status_of(server, post()))
            server.close()
            # It is whose it was: who comes now is not refused.
            with Client(server.port):
                pass

    def test_ipv6(self):
        server = self.serve("[::1]:0")
        with Client(server.port, address="::1") as client:
            client.send(post())
            self.assertEqual(201, client.status())
            port = client.socket.getsockname()[1]
        self.assertEqual(f"[::1]:{port}", server.receipt()["peer"])


if __name__ == "__main__":
    unittest.main()
