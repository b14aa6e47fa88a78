"""https_receiver.py -- where reports are sent to: a real nginx with a
certificate of a CA of its own, in front of a script that answers as its path
says and keeps what came."""

import contextlib
import http.server
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

from harness import PATIENCE_S, wait_until
from ports import free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:" + os.defpath)
CONFIG = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 64m;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        location / {{
            proxy_pass http://127.0.0.1:{backend};
            proxy_read_timeout 600s;
        }}
        location = /reset {{ return 444; }}
    }}
}}
"""


def openssl(*arguments, folder):
    """Run one openssl command."""
    subprocess.run(["openssl", *arguments], cwd=folder, check=True,
                   capture_output=True)


def make_certificates(folder):
    """ca.pem, and server.pem for 127.0.0.1 by it."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "3650", "-subj", "/CN=Example CA", folder=folder)
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr",
            "-subj", "/CN=receiver.example", folder=folder)
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey",
            "ca.key", "-CAcreateserial", "-days", "3650", "-extfile", "san",
            "-out", "server.pem", folder=folder)


class Post:
    """One request that came."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers a path as Receiver.answers has it: status, headers, body."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):  # pylint: disable=invalid-name
        """Keep the request, then answer."""
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.posts.append(Post(self.path, self.headers, body))
        status, headers, text = receiver.answers.get(
            self.path, (201, {}, "thank you"))
        if status is None:
            receiver.closed.wait()  # accepts and never answers
            return
        receiver.answering.wait()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(text.encode())

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Nothing."""


class Receiver:
    """Close it. proxy: the port of another backend than its own."""

    def __init__(self, proxy=None):
        self.proxy = proxy
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="receiver-"))
        self.posts = []
        self.answers = {}
        self.closed = threading.Event()
        self.answering = threading.Event()  # cleared: none is answered
        self.answering.set()
        make_certificates(self.folder)
        self.ca = self.folder / "ca.pem"
        self.backend = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Answering)
        self.backend.daemon_threads = True
        self.backend.receiver = self
        threading.Thread(target=self.backend.serve_forever,
                         daemon=True).start()
        self.port = free_port()
        self.start_nginx()

    def start_nginx(self):
        """And wait until it takes connections."""
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(
            folder=self.folder, port=self.port,
            backend=self.proxy or self.backend.server_address[1]))
        self.nginx = subprocess.Popen(
            [NGINX, "-e", str(self.folder / "error.log"), "-c", str(config)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until(self.is_up, "nginx listens")

    def is_up(self):
        """Whether TLS can be spoken with it."""
        trust = ssl.create_default_context(cafile=self.ca)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s, \
                    trust.wrap_socket(s, server_hostname="127.0.0.1"):
                return True
        except ConnectionError:
            return False

    def url(self, path):
        """Where reports are to be posted."""
        return f"https://127.0.0.1:{self.port}{path}"

    def posts_to(self, path):
        """What came to a path."""
        return [post for post in self.posts if post.path == path]

    def close(self):
        """Leave nothing."""
        self.closed.set()
        self.answering.set()
        self.nginx.terminate()
        self.nginx.wait(PATIENCE_S)
        self.backend.shutdown()
        self.backend.server_close()
        shutil.rmtree(self.folder)
