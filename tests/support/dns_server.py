#!/usr/bin/env python3
"""dns_server.py: the name server of tests/system for a test in C, until stdin
ends. Prints its port and the files of its trust anchor and of a wrong one. Then
each line of stdin is answered by a line when it is done: stop and start end and
begin its process, change gives changing.example other records."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
from nameserver import NameServer  # noqa: E402, pylint: disable=C0413

TEXTS = {
    "one.example": ["v=one; of it"],
    "strings.example": [("joined", " without ", "", "anything")],
    "several.example": ["first", "second", "third"],
    "address.example": [],
    "changing.example": ["before"],
    "hundred.example": [f"record {i}" for i in range(100)],
    "hundred-and-one.example": [f"record {i}" for i in range(101)],
    "large.example": [str(i) * 700 for i in range(10, 18)],
    "too-large.example": [str(i) * 1100 for i in range(10, 18)],
    "one.plain.example": ["v=plain"],
    "address.plain.example": [],
    **{f"n{i}.example": [f"number {i}"] for i in range(1000)},
}
ALIASES = {
    "alias.example": "one.example",
    "alias-of-alias.example": "alias.example",
    "alias-of-plain.example": "one.plain.example",
    "alias-of-nothing.example": "nothing.example",
}


def change(server):
    """While it runs."""
    server.texts["changing.example"] = ["after", "it"]
    server.load()


def main():
    """Serve."""
    server = NameServer(TEXTS, ALIASES, ttl_s=300)
    commands = {"stop": server.stop, "start": server.start,
                "change": lambda: change(server)}
    try:
        print(server.port, server.anchor, server.wrong_anchor, flush=True)
        for line in sys.stdin:
            commands[line.strip()]()
            print("done", flush=True)
    finally:
        server.close()


main()
