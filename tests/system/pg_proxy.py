"""pg_proxy.py -- stands before a PostgreSQL server, reads what clients say
(protocol 3.0, message by message) and cuts connections where a test wants."""

import socket
import struct
import threading

PASS, CUT, SWALLOW, HOLD = "pass", "cut", "swallow", "hold"
HANG, DEAFEN = "hang", "deafen"


def read_exactly(source, n):
    """n bytes, or EOFError."""
    data = b""
    while len(data) < n:
        more = source.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_message(source):
    """Its kind, and all its bytes."""
    head = read_exactly(source, 5)
    length = struct.unpack("!I", head[1:])[0]
    return head[:1], head + read_exactly(source, length - 4)


class Connection:
    """One client, and the connection to the server for it."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.swallows = self.hangs = False
        head = read_exactly(client, 4)
        startup = head + read_exactly(client,
                                      struct.unpack("!I", head)[0] - 4)
        words = startup[8:].rstrip(b"\0").split(b"\0")
        self.application = dict(zip(words[::2], words[1::2])).get(
            b"application_name", b"").decode()
        self.server = socket.socket(socket.AF_UNIX)
        try:
            self.server.connect(proxy.target)
            self.server.sendall(startup)
        except OSError:
            self.server.close()
            raise

    def cut(self):
        """The client sees its connection end."""
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended before

    def cut_client(self):
        """The same, but the server sees nothing yet."""
        try:
            self.client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def answers(self):
        """From the server to the client."""
        try:
            while data := self.server.recv(65536):
                if self.hangs:
                    return
                if self.swallows:
                    break  # it has come, so the server did the work
                self.client.sendall(data)
        except OSError:
            pass
        self.cut()

    def requests(self):
        """From the client to the server."""
        try:
            while True:
                kind, message = read_message(self.client)
                action = self.proxy.rule(self, kind, message)
                if action == CUT:
                    break
                if action in (HANG, DEAFEN):
                    self.hangs = True
                while action == HANG and self.client.recv(65536):
                    pass  # until it gives up
                if action == HANG:
                    break
                if action == HOLD:
                    self.cut_client()
                    self.proxy.held.wait(30)
                if action == SWALLOW:
                    self.swallows = True
                self.server.sendall(message)
                if action == HOLD:
                    self.server.recv(65536)  # until it is done
                    break
        except (EOFError, OSError):
            pass
        if not self.swallows:
            self.cut()


class Proxy:
    """At a port of loopback, before a server at a Unix socket. rule is asked
    for each message of a client: PASS it on; CUT the connection instead;
    SWALLOW the server's answer and cut then; HOLD it until held is set, with
    the client cut off at once."""

    def __init__(self, target):
        self.target = target
        self.rule = self.pass_all
        self.held = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = []
        self.connections = []
        self.start(self.accept)

    @staticmethod
    def pass_all(_connection, _kind, _message):
        """Change nothing."""
        return PASS

    def start(self, what):
        """In a thread that close waits for."""
        thread = threading.Thread(target=what, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        """Until closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                connection = Connection(self, client)
            except (EOFError, OSError):
                client.close()
                continue
            self.connections.append(connection)
            self.start(connection.answers)
            self.start(connection.requests)

    def url(self, user="tlsrpt"):
        """Without encryption, which could not be read."""
        return (f"postgresql://{user}@127.0.0.1:{self.port}/postgres"
                "?sslmode=disable&gssencmode=disable")

    def close(self):
        """Leave nothing."""
        self.held.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.cut()
        for thread in self.threads:
            thread.join()
        for connection in self.connections:
            connection.client.close()
            connection.server.close()
