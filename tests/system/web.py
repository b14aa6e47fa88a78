"""web.py -- a client of the page's API, over real HTTP."""

import http.client
import json
import re

from harness import Service, wait_until
from ports import free_port

PASSWORD = "a good password"


class Answer:
    """What came back."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        """The body as JSON; None if there is none."""
        return json.loads(self.body) if self.body else None


class Client:
    """One who asks: with a session, a token, or nothing."""

    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.cookie = None
        self.csrf = None

    def ask(self, method, path, body=None, **headers):
        """One request below /api/v1. Fields are written Like_This."""
        return self.ask_raw(method, "/api/v1" + path, body, **headers)

    def ask_raw(self, method, path, body=None, **headers):
        """One request on a connection of its own."""
        fields = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (bytes, str)) \
                else json.dumps(body)
        if self.token:
            fields.setdefault("Authorization", f"Bearer {self.token}")
        if self.cookie:
            fields.setdefault("Cookie", self.cookie)
        if self.csrf and method not in ("GET", "HEAD"):
            fields.setdefault("X-CSRF-Token", self.csrf)
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=30)
        try:
            connection.request(method, path, body, fields)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        """GET it."""
        return self.ask("GET", path, **headers)

    def keep(self, answer):
        """Take over the session that an answer began."""
        cookie = answer.headers["Set-Cookie"]
        self.cookie = cookie.split(";")[0]
        self.csrf = answer.json["csrf"]
        return answer

    def log_in(self, name, password=PASSWORD):
        """Begin a session."""
        answer = self.ask("POST", "/session",
                          {"name": name, "password": password})
        return self.keep(answer) if answer.status == 201 else answer


class Web:
    """The service with its page."""

    def __init__(self, **options):
        self.port = free_port()
        options.setdefault("daemon.roles", "web")
        options.setdefault("web.answer_age", "0s")
        options["web.listen"] = f"127.0.0.1:{self.port}"
        self.service = Service(**options)

    def start(self):
        """Start it and wait until it answers."""
        self.service.launch()
        wait_until(self.answers, "the API answers")
        return self

    def answers(self):
        """Whether the store is there, too."""
        try:
            return self.client().get("/health").status == 200
        except OSError:
            return False

    def client(self, token=None):
        """Another one who asks."""
        return Client(self.port, token)

    def setup_secret(self):
        """Of the link in the log."""
        found = wait_until(
            lambda: self.service.log_lines("there is no user yet"),
            "the set-up link is logged")
        return re.search(r"#/setup\?token=([\w-]+)", found[-1]).group(1)

    def admin(self):
        """The first user, logged in."""
        client = self.client()
        answer = client.ask("POST", "/setup", {
            "token": self.setup_secret(), "name": "root",
            "password": PASSWORD})
        assert answer.status == 201, answer.body
        client.keep(answer)
        return client

    def close(self):
        """Leave nothing."""
        self.service.close()
