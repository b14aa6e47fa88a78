"""imap_server.py -- an IMAP server that lies: what a test says it does for
single messages or commands, for the rest as RFC 3501 has it. One mailbox, kept
in memory; implicit TLS, or none at all."""

import socket
import ssl
import threading

from harness import PATIENCE_S

GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"
PERMANENT = rb"\Answered \Flagged \Deleted \Seen \*"


class Hangup(Exception):
    """The connection is closed."""


def hang_up(_connection, _tag, _rest=b""):
    """For ImapServer.fetch and .commands."""
    raise Hangup


class Message:
    """One of the mailbox."""

    def __init__(self, body):
        self.body = body
        self.flags = set()


class ImapServer:
    """Until it is closed.
    messages   bodies by UID, in the order of their sequence numbers
    fetch      by UID what is done instead of sending it: a function of
               connection and tag
    commands   by verb what is done instead of obeying: a function of
               connection, tag and rest
    folder     with server.pem and server.key; None: no TLS"""

    def __init__(self, messages, folder=None, fetch=None, commands=None,
                 permanent=PERMANENT):
        self.messages = {uid: Message(b) for uid, b in messages.items()}
        self.fetch = fetch or {}
        self.commands = commands or {}
        self.permanent = permanent
        self.uid_validity = 7
        self.exists = None
        self.heard = []
        self.closing = threading.Event()
        self.tls = None
        if folder is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(folder / "server.pem",
                                     folder / "server.key")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.open = set()
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        """Connections, each with a thread."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def serve(self, plain):
        """A connection, to its end."""
        try:
            plain.settimeout(PATIENCE_S)
            with (self.tls.wrap_socket(plain, server_side=True)
                  if self.tls else plain) as connection:
                self.open.add(connection)
                try:
                    self.talk(connection)
                finally:
                    self.open.discard(connection)
        except (OSError, Hangup, ValueError):
            plain.close()

    def talk(self, connection):
        """Command by command."""
        connection.sendall(GREETING)
        lines = connection.makefile("rb")
        while line := lines.readline():
            tag, verb, rest = (line.rstrip(b"\r\n").split(b" ", 2) +
                               [b"", b""])[:3]
            verb = verb.decode()
            if verb == "UID":
                verb, _, rest = rest.decode().partition(" ")
                verb, rest = "UID " + verb, rest.encode()
            self.heard.append((verb, rest))
            if verb in self.commands:
                self.commands[verb](connection, tag, rest)
            else:
                self.obey(connection, lines, tag, verb, rest)

    def obey(self, connection, lines, tag, verb, rest):
        """As an honest server does."""
        done = tag + b" OK done\r\n"
        if verb == "CAPABILITY":
            connection.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + done)
        elif verb == "AUTHENTICATE":
            connection.sendall(b"+ \r\n")
            lines.readline()
            connection.sendall(done)
        elif verb == "SELECT":
            n = len(self.messages) if self.exists is None else self.exists
            connection.sendall(
                b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] it\r\n"
                b"* OK [PERMANENTFLAGS (%s)] them\r\n%s OK [READ-WRITE] x\r\n"
                % (n, self.uid_validity, self.permanent, tag))
        elif verb == "UID SEARCH":
            connection.sendall(self.search(rest) + done)
        elif verb == "UID FETCH":
            self.send(connection, tag, rest)
            connection.sendall(done)
        elif verb == "UID STORE":
            uids, _, flags = rest.decode().split(" ", 2)
            for message in self.named(uids).values():
                message.flags |= set(flags.strip("()").split())
            connection.sendall(done)
        elif verb == "LOGOUT":
            connection.sendall(b"* BYE\r\n" + done)
        elif verb == "NOOP":
            connection.sendall(done)
        else:
            connection.sendall(tag + b" BAD unknown\r\n")

    def named(self, uids):
        """The messages of "1,2"."""
        wanted = [int(u) for u in uids.split(",")]
        return {u: self.messages[u] for u in wanted if u in self.messages}

    def search(self, rest):
        """Those without the flags that are asked not to be there."""
        words = rest.decode().split()
        first, last = (int(n) for n in words[0].split(":"))
        without = {"UNDELETED": "\\Deleted", "UNANSWERED": "\\Answered",
                   "UNFLAGGED": "\\Flagged"}
        flags = {without.get(w, w) for w in words[1:]}
        found = list(self.messages.items())[first - 1:last]
        return b"* SEARCH" + b"".join(
            b" %d" % uid for uid, m in found if not m.flags & flags) + b"\r\n"

    def send(self, connection, tag, rest):
        """Sizes, or one message."""
        uids, _, what = rest.decode().partition(" ")
        for uid, message in self.named(uids).items():
            number = list(self.messages).index(uid) + 1
            if "SIZE" in what:
                connection.sendall(b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (
                    number, uid, len(message.body)))
            elif uid in self.fetch:
                self.fetch[uid](connection, tag)
                raise Hangup
            else:
                connection.sendall(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n"
                                   % (number, uid, len(message.body),
                                      message.body))

    def flags(self, uid):
        """Of a message."""
        return self.messages[uid].flags

    def close(self):
        """It, and all of its threads."""
        self.closing.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join(PATIENCE_S)
