"""collectd.py -- the SQLite files of tlsrpt-reporter, written as its programs fill
them, from datagrams."""

import contextlib
import json
import sqlite3

DATE = "-devel-2024-10-28"
VERSION = "CREATE TABLE dbversion(version, installdate, purpose)"
COUNTED = """\
CREATE TABLE finalresults(day, domain, tlsrptrecord, policy, cntrtotal,
    cntrfailure, its DATETIME DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY(day, domain, tlsrptrecord, policy));
CREATE TABLE failures(day, domain, tlsrptrecord, policy, reason, cntr,
    PRIMARY KEY(day, domain, tlsrptrecord, policy, reason));
CREATE TABLE daystatus(daycomplete, its DATETIME DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY(daycomplete));
"""
FETCHED = """\
CREATE TABLE fetchjobs(day, fetcherindex, fetcher, retries, status, nexttry,
    its DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY(day, fetcherindex));
CREATE TABLE reportdata(day, domain, data, fetcher, fetcherindex, retries,
    status, nexttry, its DATETIME DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY(day, domain, fetcher));
CREATE TABLE reports(r_id INTEGER PRIMARY KEY ASC, day, domain, uniqid,
    tlsrptrecord, report, its DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE destinations(destination, d_r_id INTEGER, retries, status, nexttry,
    its DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY(destination, d_r_id),
    FOREIGN KEY(d_r_id) REFERENCES reports(r_id));
"""


class Database:
    """A file with these tables, of that purpose."""

    def __init__(self, path, tables, purpose, version=1,
                 installed="2026-03-02 00-00-00.042"):
        self.path = path
        with self.open() as db:
            db.executescript(f"{tables}{VERSION}")
            db.execute("INSERT INTO dbversion VALUES (?, ?, ?)",
                       (version, installed, purpose))

    @contextlib.contextmanager
    def open(self):
        """A connection, whose transaction ends with it."""
        with contextlib.closing(sqlite3.connect(self.path)) as db, db:
            yield db

    def run(self, sql, *values):
        """One statement."""
        with self.open() as db:
            db.execute(sql, values)


def parts(datagram):
    """What is kept of a datagram: domain, record, and of each policy its JSON,
    its result and the JSON of its failure details."""
    value = json.loads(datagram)
    domain = value["d"].lower().removesuffix(".")
    for policy in value["policies"]:
        failed = policy.pop("f")
        failures = policy.pop("failure-details", [])
        policy.pop("t", None)
        yield (domain, value["pr"], json.dumps(policy), failed,
               [json.dumps(failure) for failure in failures])


class Collectd(Database):
    """What tlsrpt-collectd counts."""

    def __init__(self, path, **more):
        super().__init__(path, COUNTED, f"TLSRPT-Collectd-DB{DATE}", **more)

    def add(self, day, *datagrams):
        """They come in on that day."""
        with self.open() as db:
            for datagram in datagrams:
                for domain, record, policy, failed, failures in parts(datagram):
                    key = (day, domain, record, policy)
                    db.execute(
                        "INSERT INTO finalresults(day, domain, tlsrptrecord, "
                        "policy, cntrtotal, cntrfailure) "
                        "VALUES(?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET "
                        "cntrtotal = cntrtotal + 1, cntrfailure = cntrfailure "
                        "+ excluded.cntrfailure", (*key, failed))
                    db.executemany(
                        "INSERT INTO failures VALUES(?, ?, ?, ?, ?, 1) "
                        "ON CONFLICT DO UPDATE SET cntr = cntr + 1",
                        ((*key, failure) for failure in failures))
        return self


class Reportd(Database):
    """What tlsrpt-reportd has fetched and sent."""

    def __init__(self, path, **more):
        super().__init__(path, FETCHED, f"TLSRPT-Reportd-DB{DATE}", **more)

    def fetch(self, day, domain, *datagrams, fetcher="tlsrpt-fetcher"):
        """What a fetcher tells of the domain's day."""
        data = {}
        for datagram in datagrams:
            for _, record, policy, failed, failures in parts(datagram):
                counts = data.setdefault(record, {}).setdefault(
                    policy, {"cntrtotal": 0, "cntrfailure": 0, "failures": {}})
                counts["cntrtotal"] += 1
                counts["cntrfailure"] += failed
                for failure in failures:
                    counts["failures"][failure] = \
                        counts["failures"].get(failure, 0) + 1
        self.run("INSERT INTO reportdata(day, domain, data, fetcher, "
                 "fetcherindex, retries, status) VALUES(?, ?, ?, ?, 1, 0, ?)",
                 day, domain, json.dumps(data) if datagrams else None, fetcher,
                 "fetched" if datagrams else None)
        return self

    def report(self, day, domain, *statuses):
        """It has been built, and its deliveries are as far as that."""
        with self.open() as db:
            number = db.execute(
                "INSERT INTO reports(day, domain, uniqid, report) "
                "VALUES(?, ?, 1, '{}')", (day, domain)).lastrowid
            db.executemany(
                "INSERT INTO destinations(destination, d_r_id, retries, status)"
                " VALUES(?, ?, 0, ?)",
                ((f"mailto:{i}@{domain}", number, status)
                 for i, status in enumerate(statuses)))
        return self
