#!/usr/bin/env python3
"""https_server.py FOLDER: a TLS server of many faults, until stdin ends.

Makes a CA and certificates in FOLDER, then prints the ports of the listeners:
trusted, second, selfsigned, misnamed, mute. What a POST gets, by its path:

/status/N      status N and a short text
/echo          201 and what was received
/retry/VALUE   429 with that Retry-After
/redirect      302 to /count
/count         201; /counted answers how often that was asked for
/silent        no answer
/reset         a reset before the content is read
/cut           201 and less content than announced
/farewell      201, and closes without a word
/endless       200 and content without end
/fields        200 and header fields without end
/interim       103 without end
/slow          201 once somebody has asked for /release
/together/N    201 once N are waiting

What a GET of /.well-known/mta-sts.txt gets, by the host mta-sts.NAME.test:

plain          a policy
html           the same as another type of content
none           404
moved          302 to the policy of plain
long           a policy without end
short          less of it than announced
never          no answer
"""
import http.server
import os
import socket
import ssl
import struct
import sys
import threading
import urllib.parse
import zlib

import certificates

FOLDER = sys.argv[1]
POLICIES = ("plain", "html", "none", "moved", "long", "short", "never")
NAMES = ",".join(["DNS:good.test", "DNS:both.test", "IP:127.0.0.1",
                  *(f"DNS:mta-sts.{name}.test" for name in POLICIES)])
POLICY = "version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n"


class State:
    counted = 0
    connections = 0
    lock = threading.Lock()
    released = threading.Event()
    over = threading.Event()
    barriers = {}

    @classmethod
    def barrier(cls, n):
        with cls.lock:
            return cls.barriers.setdefault(n, threading.Barrier(n))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        with State.lock:
            State.connections += 1
            self.number = State.connections

    def log_message(self, *_):
        pass

    def answer(self, status, text="", **fields):
        content = text.encode()
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        if self.path != "/reset":
            length = int(self.headers["Content-Length"])
            self.content = self.rfile.read(length)
        name, _, value = self.path[1:].partition("/")
        getattr(self, "at_" + name)(urllib.parse.unquote(value))

    def do_GET(self):
        if self.path == "/.well-known/mta-sts.txt":
            getattr(self, "policy_" + self.headers["Host"].split(".")[1])()
        else:
            self.answer(404)

    def policy_plain(self):
        self.answer(200, POLICY, Content_Type="Text/Plain; charset=utf-8")

    def policy_html(self):
        self.answer(200, POLICY, Content_Type="text/html")

    def policy_none(self):
        self.answer(404, "there is none", Content_Type="text/plain")

    def policy_moved(self):
        port = self.server.server_port
        self.answer(302, Location=f"https://mta-sts.plain.test:{port}"
                    "/.well-known/mta-sts.txt")

    def policy_long(self):
        self.flood(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n",
                   b"mx: mx.test\r\n")

    def policy_short(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                         b"Content-Length: 100\r\n\r\nversion: STSv1\r\n")
        self.close_connection = True

    def policy_never(self):
        State.over.wait()

    def at_status(self, value):
        self.answer(int(value), f"this is {value}")

    def at_echo(self, _):
        field = self.headers.get
        self.answer(201, f"type={field('Content-Type')} "
                    f"crc={zlib.crc32(self.content)} "
                    f"length={len(self.content)} "
                    f"encoding={field('Content-Encoding')} "
                    f"accepts={field('Accept-Encoding')} "
                    f"expect={field('Expect')} agent={field('User-Agent')} "
                    f"connection={self.number}")

    def at_retry(self, value):
        self.answer(429, Retry_After=value)

    def at_redirect(self, _):
        self.answer(302, Location="/count")

    def at_count(self, _):
        with State.lock:
            State.counted += 1
        self.answer(201)

    def at_counted(self, _):
        self.answer(200, str(State.counted))

    def at_silent(self, _):
        State.over.wait()

    def at_reset(self, _):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def at_cut(self, _):
        self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n"
                         b"\r\ntoo little")
        self.close_connection = True

    def at_farewell(self, _):
        self.answer(201)
        self.close_connection = True

    def flood(self, begin, more):
        self.wfile.write(begin)
        while True:
            self.wfile.write(more * 100)

    def at_endless(self, _):
        self.flood(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                   b"0123456789")

    def at_fields(self, _):
        self.flood(b"HTTP/1.1 200 OK\r\n", b"X: 0123456789\r\n")

    def at_interim(self, _):
        self.flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")

    def at_slow(self, _):
        State.released.wait()
        self.answer(201)

    def at_release(self, _):
        State.released.set()
        self.answer(200)

    def at_together(self, value):
        State.barrier(int(value)).wait()
        self.answer(201)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, name):
        super().__init__(("127.0.0.1", 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{FOLDER}/{name}.pem",
                                     f"{FOLDER}/{name}.key")
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, address):
        """The handshake is for the connection's thread to wait for."""
        with self.context.wrap_socket(request, server_side=True) as tls:
            super().finish_request(tls, address)

    def handle_error(self, *_):
        pass


def main():
    certificates.make(FOLDER, "ca", None)
    certificates.make(FOLDER, "trusted", NAMES, "ca")
    certificates.make(FOLDER, "selfsigned", NAMES)
    certificates.make(FOLDER, "misnamed", "DNS:other.test", "ca")
    servers = [Server(name) for name in
               ("trusted", "trusted", "selfsigned", "misnamed")]
    mute = socket.create_server(("127.0.0.1", 0))
    print(*(server.server_port for server in servers),
          mute.getsockname()[1], flush=True)
    sys.stdin.read()
    State.over.set()
    os._exit(0)


main()
