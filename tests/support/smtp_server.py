#!/usr/bin/env python3
"""smtp_server.py FOLDER: SMTP servers of many faults, until stdin ends.

Makes a CA and certificates in FOLDER and prints 0. Each line of stdin then
describes one server, "key=value;key=value"; its port is printed. Keys:

tls      none (as if left out), starttls, implicit
cert     trusted (as if left out), selfsigned, misnamed
client   required: a client certificate signed by the CA
auth     mechanisms that are offered, as "PLAIN LOGIN"; also before TLS
user, password  what is taken then, else 535
greeting, ehlo, helo, starttls, login, mail, rcpt, data, end, quit
         what is done there instead of what is usual; with ".N" behind it at
         the Nth mail of a connection alone
body     what is done once as many bytes of a message are there as stand
         before the blank
after    what is done once a message is taken, beside the usual

What is done: a reply, "\\n" between its lines, or one of

@close       an end without a word
@reset       a reset
@silent      nothing more
@say REPLY   the reply, and then an end
@wait        the usual, once a line "release" came over stdin
@together N  the usual, once N are there
@lines N M C a reply of code C in N lines of M bytes
@endless C   a reply of code C that does not end

FOLDER/PORT.log has a line for each event: the number of the connection and
what it was. FOLDER/PORT.N is the Nth message as it came, dots and all.
"""
import base64
import os
import socket
import ssl
import struct
import sys
import threading

import certificates

FOLDER = sys.argv[1]
NAMES = "DNS:good.test,IP:127.0.0.1"
released = threading.Event()
over = threading.Event()


class Gone(Exception):
    pass


class Server:
    def __init__(self, script):
        self.script = script
        self.lock = threading.Lock()
        self.barriers = {}
        self.connections = self.messages = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.log = open(f"{FOLDER}/{self.port}.log", "w", encoding="latin-1")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cert = script.get("cert", "trusted")
        self.context.load_cert_chain(f"{FOLDER}/{cert}.pem",
                                     f"{FOLDER}/{cert}.key")
        if "client" in script:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(f"{FOLDER}/ca.pem")
            # With TLS 1.3 the client would learn of it too late.
            self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=Session(self, connection).run,
                             daemon=True).start()

    def note(self, number, text):
        with self.lock:
            self.log.write(f"{number} {text}\n")
            self.log.flush()

    def keep(self, message):
        with self.lock:
            self.messages += 1
            with open(f"{FOLDER}/{self.port}.{self.messages}", "wb") as file:
                file.write(message)

    def barrier(self, stage, n):
        with self.lock:
            return self.barriers.setdefault(stage, threading.Barrier(n))


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.script = server.script
        self.socket = connection
        self.number = server.connections
        self.waiting = b""
        self.mails = 0
        self.encrypted = False

    def note(self, text):
        self.server.note(self.number, text)

    # -- bytes --

    def receive(self):
        chunk = self.socket.recv(1 << 16)
        if not chunk:
            raise Gone
        self.waiting += chunk

    def line(self):
        while b"\n" not in self.waiting:
            self.receive()
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line.rstrip(b"\r").decode("latin-1")

    def reply(self, text):
        lines = text.split("\\n")
        code, last = lines[-1][:3], len(lines) - 1
        for i, line in enumerate(lines):
            if i > 0:
                line = line if line.startswith(code) else f"{code} {line}"
            lines[i] = code + (" " if i == last else "-") + line[4:]
        self.socket.sendall("".join(f"{line}\r\n" for line in lines)
                            .encode("latin-1"))

    def start_tls(self):
        self.socket = self.server.context.wrap_socket(self.socket,
                                                      server_side=True)
        self.encrypted = True
        self.note("tls" if self.socket.getpeercert() is None
                  else "tls with a certificate")

    # -- faults --

    def at_close(self):
        raise Gone

    def at_reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        raise Gone

    def at_silent(self):
        over.wait()

    def at_say(self, *words):
        self.reply(" ".join(words))
        raise Gone

    def at_lines(self, n, length, code):
        filler = "x" * (int(length) - 6)
        self.reply("\\n".join(f"{code} {filler}" for _ in range(int(n))))

    def at_endless(self, code):
        while True:
            self.socket.sendall(f"{code}-more to come\r\n".encode() * 100)

    def do(self, stage, usual):
        """True: as usual, which was done."""
        what = self.script.get(f"{stage}.{self.mails}",
                               self.script.get(stage, usual))
        name, *arguments = what.split(" ")
        if name == "@wait":
            released.wait()
            what = usual
        elif name == "@together":
            self.server.barrier(stage, int(arguments[0])).wait()
            what = usual
        elif name.startswith("@"):
            getattr(self, "at_" + name[1:])(*arguments)
            return False
        self.reply(what)
        return what[:1] == usual[:1]

    # -- commands --

    def on_ehlo(self, name):
        offers = ["250 mx.test greets " + name, "250 SIZE 50000000"]
        if self.script.get("tls") == "starttls" and not self.encrypted:
            offers.append("250 STARTTLS")
        if "auth" in self.script:
            offers.append("250 AUTH " + self.script["auth"])
        self.do("ehlo", "\\n".join(offers))

    def on_helo(self, _):
        self.do("helo", "250 mx.test")

    def on_starttls(self, _):
        if self.do("starttls", "220 go ahead"):
            self.start_tls()

    def plain(self, answer):
        _, user, password = base64.b64decode(answer).decode().split("\0")
        return user, password

    def login(self):
        self.reply("334 VXNlcm5hbWU6")
        user = base64.b64decode(self.line()).decode()
        self.reply("334 UGFzc3dvcmQ6")
        return user, base64.b64decode(self.line()).decode()

    def on_auth(self, arguments):
        mechanism, _, answer = arguments.partition(" ")
        if mechanism == "PLAIN":
            if not answer:
                self.reply("334 ")
                answer = self.line()
            got = self.plain(answer)
        else:
            got = self.login()
        self.note("login " + " ".join(got))
        right = (self.script.get("user"), self.script.get("password"))
        self.do("login", "235 welcome" if got == right
                else "535 5.7.8 wrong user or password")

    def on_mail(self, _):
        self.mails += 1
        self.do("mail", "250 sender taken")

    def on_rcpt(self, _):
        self.do("rcpt", "250 recipient taken")

    def on_data(self, _):
        if not self.do("data", "354 go on"):
            return
        self.read_message()
        if self.do("end", "250 message taken") and "after" in self.script:
            self.do("after", "")

    def message_end(self):
        if self.waiting.startswith(b".\r\n"):
            return 0
        at = self.waiting.find(b"\r\n.\r\n")
        return -1 if at < 0 else at + 2

    def read_message(self):
        limit, _, what = self.script.get("body", "").partition(" ")
        while (end := self.message_end()) < 0:
            if what and len(self.waiting) >= int(limit):
                self.script["body-now"] = what
                self.do("body-now", "")
            self.receive()
        self.server.keep(self.waiting[:end])
        self.waiting = self.waiting[end + 3:]
        self.note("message")

    def on_quit(self, _):
        self.do("quit", "221 bye")
        raise Gone

    def serve(self):
        self.note("connected")
        if self.script.get("tls") == "implicit":
            self.start_tls()
        self.do("greeting", "220 mx.test ESMTP")
        while True:
            line = self.line()
            self.note("> " + line)
            verb, _, arguments = line.partition(" ")
            getattr(self, "on_" + verb.lower(),
                    lambda _: self.reply("502 what?"))(arguments)

    def run(self):
        try:
            self.serve()
        except (Gone, OSError, threading.BrokenBarrierError) as reason:
            self.note(f"gone {type(reason).__name__}")
        finally:
            self.socket.close()


def main():
    certificates.make(FOLDER, "ca", None)
    certificates.make(FOLDER, "trusted", NAMES, "ca")
    certificates.make(FOLDER, "client", "DNS:client.test", "ca")
    certificates.make(FOLDER, "selfsigned", NAMES)
    certificates.make(FOLDER, "misnamed", "DNS:other.test", "ca")
    print(0, flush=True)
    servers = []
    for line in sys.stdin:
        if line == "release\n":
            released.set()
            continue
        script = dict(part.split("=", 1)
                      for part in line.rstrip("\n").split(";") if part)
        servers.append(Server(script))
        print(servers[-1].port, flush=True)
    over.set()
    os._exit(0)


main()
