"""endpoint.py -- the HTTPS endpoint by itself (endpoint_server.c), and the
bytes to try it with."""

import os
import queue
import re
import resource
import socket
import subprocess
import threading

from harness import PATIENCE_S

PROGRAM = os.environ.get("ENDPOINT_SERVER", "endpoint_server")
REPORT = b'{"organization-name":"Example"}'


def allow_descriptors(wanted):
    """For this process and those it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (max(soft, min(wanted, hard)), hard))


class Endpoint:
    """Close it."""

    def __init__(self, listen="127.0.0.1:0", pass_fds=(), **options):
        self.process = subprocess.Popen(
            [PROGRAM, listen, *(f"{k}={v}" for k, v in options.items())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            pass_fds=pass_fds)
        self.answers, self.receipts = queue.Queue(), queue.Queue()
        self.port = int(self.process.stdout.readline().split()[1])
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        """What it prints."""
        for line in self.process.stdout:
            if line.startswith("receipt "):
                self.receipts.put({
                    name: value.replace('\\"', '"') for name, value in
                    re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', line)})
            else:
                self.answers.put(line.strip())

    def say(self, word):
        """A word; its answer."""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.answers.get(timeout=PATIENCE_S)

    def receipt(self):
        """The next that it received."""
        return self.receipts.get(timeout=PATIENCE_S)

    def connections(self):
        """How many there are."""
        return int(self.say("count").split()[1])

    def close(self):
        """It ends, and well."""
        if self.process.poll() is None:
            self.process.stdin.close()
        code = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        self.process.stdout.close()
        if code != 0:
            raise AssertionError(f"endpoint_server ended with {code}")


class Client:
    """A connection that sends any bytes."""

    def __init__(self, port, wrap=None, address="127.0.0.1"):
        if isinstance(port, int):
            self.socket = socket.create_connection((address, port), PATIENCE_S)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE_S)
            self.socket.connect(port)
        if wrap:
            self.socket = wrap(self.socket)
        self.left = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """All of it."""
        self.socket.sendall(data)

    def more(self):
        """False at the end."""
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            got = b""
        self.left += got
        return bool(got)

    def answer(self):
        """Status, fields, body; None: the connection ended before one."""
        while b"\r\n\r\n" not in self.left:
            if not self.more():
                return None
        head, _, self.left = self.left.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines)
        length = int(fields.get("content-length", 0))
        while len(self.left) < length:
            if not self.more():
                return None
        body, self.left = self.left[:length], self.left[length:]
        return int(first.split()[1]), fields, body

    def status(self):
        """Of the next answer, or None."""
        answer = self.answer()
        return answer and answer[0]

    def is_closed(self):
        """Whether the other side closes it, with nothing more to say."""
        while self.more():
            pass
        return self.left == b""


def post(body=REPORT, path="/tlsrpt", fields=(), length=None, **more):
    """A request as reporters make it."""
    lines = {"Host": "receiver.example",
             "Content-Type": "application/tlsrpt+json",
             "Content-Length": len(body) if length is None else length}
    lines.update(fields)
    lines.update(more)
    head = "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v is not None)
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def chunked(*chunks):
    """A body in chunks, with its end."""
    return b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (*chunks, b""))
