"""test_quota.py -- a flood of reports that nobody vouches for neither fills the
disk nor keeps others out; what is old goes. Run by Debian's /usr/bin/python3."""

import base64
import collections
import contextlib
import copy
import http.client
import json
import smtplib
import sqlite3
import subprocess
import threading
import unittest

import dkim

from harness import DAY_S, NO_INPUT, NOON, OK, SystemTest, wait_until
from nameserver import NameServer
from ports import free_port
from test_inbox import EXAMPLE, OURS, mail

ROLES = "collect, report, deliver, intake"
POSTS = 20000
THREADS = 4
MIB = 1 << 20
SIGNER = "signer.example"


def report(number):
    """One like no other."""
    value = copy.deepcopy(EXAMPLE)
    value["report-id"] = f"r-{number}"
    return json.dumps(value).encode()


def claiming(domain, body):
    """A mail that says the domain signed it."""
    return (f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s;\n"
            " h=from; bh=x; b=x\n").encode() + body


class Quota(SystemTest):
    """A service behind a proxy that tells whom it speaks for."""

    def receiving(self, **options):
        self.port = free_port()
        wanted = {"daemon__roles": ROLES,
                  "intake__http_listen": f"127.0.0.1:{self.port}",
                  "intake__trusted_proxies": "127.0.0.0/8"}
        wanted.update(options)
        service = self.service(**wanted)
        service.options["intake.lmtp_listen"] = str(service.folder / "lmtp")
        service.write_config()
        service.start()
        self.wait_for_lmtp(service)
        self.assertEqual((OK, "", ""), service.cli("domain", "add", OURS))
        return service

    def wait_for_lmtp(self, service):
        """Until somebody listens."""
        def listens():
            try:
                with smtplib.LMTP(str(service.folder / "lmtp")):
                    return True
            except OSError:
                return False
        wait_until(listens, "role intake listens")

    def knows_a_signer(self, service, reports=0):
        """A signer, and so many authenticated reports, before its next
        start."""
        service.stop()
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.execute("INSERT INTO inbox_signer VALUES (?, ?, ?)",
                          (SIGNER, NOON - DAY_S, NOON - DAY_S))
            for i in range(reports):
                store.execute(
                    "INSERT INTO inbox_held (intake_id, class, received_at,"
                    " source, raw_bytes, row_bytes) VALUES (?,1,?,?,500,500)",
                    (f"vouched-{i}", NOON - DAY_S, SIGNER))
            store.execute("INSERT INTO inbox_sum VALUES ('import', 1, ?, ?)",
                          (reports, 1000 * reports))
            store.execute("INSERT INTO inbox_count VALUES"
                          " ('import', ?, 1, 1, ?, ?)",
                          (NOON // DAY_S, reports, 1000 * reports))
            store.commit()
        service.start()
        self.wait_for_lmtp(service)

    def post(self, connection, body, address):
        """As a proxy for an address: status, Retry-After."""
        connection.request("POST", "/tlsrpt", body, {
            "Content-Type": "application/tlsrpt+json",
            "X-Forwarded-For": address})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After")

    def connect(self):
        """To be closed by itself."""
        return contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))

    def give(self, service, content, sender="a@stranger.example"):
        """Over LMTP: the reply code."""
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            try:
                lmtp.sendmail(sender, [f"tls@{OURS}"], content)
            except smtplib.SMTPRecipientsRefused as refusal:
                (code, _), = refusal.recipients.values()
                return code
            except smtplib.SMTPResponseException as refusal:
                return refusal.smtp_code
            return 250

    def held(self, service):
        """What `status` says: by class, and what was refused."""
        status = service.cli_json("status")
        return ({row["class"]: row for row in status["inbox"]},
                status["inbox-refused"])

    def settled(self, service, n):
        """Once so many were taken into the inbox, and there is room."""
        def found():
            rows, _ = self.held(service)
            return rows if sum(r["accepted"] for r in rows.values()) >= n \
                else None
        rows = wait_until(found, f"{n} are in the inbox", 300)
        self.assertEqual(n, sum(r["accepted"] for r in rows.values()))
        return rows

    def flood(self, first, n, statuses):
        """Each from an address of its own, on one connection."""
        with self.connect() as connection:
            for i in range(first, first + n):
                address = f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"
                status, _ = self.post(connection, report(i), address)
                statuses[status] += 1
                if status >= 400:
                    connection.close()

    def test_a_flood_pushes_out_its_own_kind(self):
        ceiling = 8 * MIB
        service = self.receiving(intake__store_max="8MiB")
        self.knows_a_signer(service, reports=100)
        statuses = [collections.Counter() for _ in range(THREADS)]
        threads = [threading.Thread(target=self.flood, args=(
            k * POSTS // THREADS, POSTS // THREADS, statuses[k]))
            for k in range(THREADS)]
        for thread in threads:
            thread.start()
        forged = [self.give(service, claiming(SIGNER, mail(report(i))))
                  for i in range(POSTS, POSTS + 100)]
        for thread in threads:
            thread.join()
        self.assertEqual({201: POSTS}, sum(statuses, collections.Counter()))
        self.assertEqual([250] * 100, forged)
        rows = self.settled(service, POSTS + 100 + 100)

        for name, row in rows.items():
            self.assertEqual(row["accepted"],
                             row["held"] + row["evicted"] + row["expired"],
                             name)
        self.assertEqual(100, rows["authenticated"]["held"])
        self.assertEqual(0, rows["authenticated"]["evicted"])
        self.assertEqual(0, rows["untrusted"]["held"])
        wait_until(lambda: sum(r["bytes"] for r in
                               self.held(service)[0].values()) <= ceiling,
                   "the inbox is within its bounds")
        self.check_store(service, ceiling)
        service.wait_logged("the inbox was full")
        self.assertEqual(1, len(service.log_lines("the inbox was full")))
        self.check_posted_again(service)

    def check_posted_again(self, service):
        """What was evicted is as new; what is held is there already."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            last, = store.execute(
                "SELECT report_id FROM inbox WHERE report_id LIKE 'r-%'"
                " AND way = 'https' ORDER BY intake_id DESC").fetchone()
            self.assertEqual((0,), store.execute(
                "SELECT COUNT(*) FROM inbox WHERE report_id = 'r-0'"
                ).fetchone())
        with self.connect() as connection:
            self.assertEqual([200, 201], [
                self.post(connection, report(int(n)), "192.0.2.9")[0]
                for n in (last[2:], "0")])

    def check_store(self, service, ceiling):
        """The rows are what the books say, and the file is no larger."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            def one(sql):
                return store.execute(sql).fetchone()
            self.assertEqual(
                one("SELECT COUNT(*), SUM(raw_bytes + row_bytes)"
                    " FROM inbox_held"),
                one("SELECT SUM(n), SUM(bytes) FROM inbox_sum"))
            for table in ("inbox", "inbox_raw", "inbox_policy",
                          "inbox_detail"):
                self.assertEqual((0,), one(
                    f"SELECT COUNT(*) FROM {table} WHERE intake_id NOT IN"
                    " (SELECT intake_id FROM inbox_held)"), table)
            pages = one("PRAGMA page_count")[0]
            bytes_each = one("PRAGMA page_size")[0]
        self.assertLess(pages * bytes_each, ceiling)

    def test_a_source_past_its_share_is_told_to_wait(self):
        service = self.receiving(intake__daily="30")
        with self.connect() as connection:
            for i in range(30):
                self.assertEqual((201, None), self.post(
                    connection, report(i), f"2001:db8::{i + 1:x}"))
            self.assertEqual((429, "3600"), self.post(
                connection, report(30), "2001:db8::ffff"))
            connection.close()
            self.assertEqual((201, None), self.post(
                connection, report(31), "2001:db8:0:1::1"))
        codes = [self.give(service, mail(report(100 + i)))
                 for i in range(31)]
        self.assertEqual([250] * 30 + [451], codes)
        self.assertEqual(250, self.give(service, mail(report(200)),
                                        "a@other.example"))
        self.settled(service, 62)
        wait_until(lambda: self.held(service)[1]["refused-source"] == 2,
                   "those refused are counted")
        service.wait_logged("reports of others were put off")

    def test_known_signers_come_in_while_the_spool_is_full(self):
        service = self.receiving(intake__spool_max="64MiB")
        self.knows_a_signer(service)
        large, filler = b" " * (3 * MIB), b" " * (MIB // 2)
        taken = 0
        with service.locked_store(), self.connect() as connection:
            while True:
                status, retry = self.post(
                    connection, report(100 + taken) + large, "192.0.2.1")
                if status != 201:
                    break
                taken += 1
            self.assertEqual((503, "300", 15), (status, retry, taken))
            # What is left of the open part.
            connection.close()
            while self.post(connection, report(100 + taken) + filler,
                            "192.0.2.1")[0] == 201:
                taken += 1
            mails = [mail(report(n)) + b"x" * MIB for n in range(10)]
            self.assertEqual(452, self.give(service, mails[0]))
            self.assertEqual(452, self.give(
                service, claiming("stranger.example", mails[1])))
            # An eighth of the reserve of 16 MiB is for one signer.
            self.assertEqual([250, 452], [self.give(
                service, claiming(SIGNER, m)) for m in mails[2:4]])
        self.settled(service, taken + 1)
        self.assertEqual(250, self.give(service, mails[0]))

    def test_who_signed_once_comes_in_later(self):
        """Known by a real signature, also after a restart; a forger takes
        nothing of it away."""
        key = subprocess.run(["openssl", "genrsa", "-traditional", "2048"],
                             check=True, capture_output=True).stdout
        public = subprocess.run(
            ["openssl", "rsa", "-pubout", "-outform", "DER"], input=key,
            check=True, capture_output=True).stdout
        reporter = "company-x.example"
        names = NameServer({f"s._domainkey.{reporter}": [
            "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()]})
        self.addCleanup(names.close)

        def signed(number):
            message = mail(report(number)).replace(b"\n", b"\r\n")
            return dkim.sign(message, b"s", reporter.encode(), key,
                             include_headers=[b"From", b"Subject"]) + message

        service = self.receiving(intake__spool_max="64MiB",
                                 dns__resolver=names.address,
                                 dns__trust_anchor=str(names.anchor))
        self.assertEqual(250, self.give(service, signed(1)))
        wait_until(lambda: self.held(service)[0]["authenticated"]["held"] == 1,
                   "it is authenticated")
        for i in range(10):
            self.assertEqual(250, self.give(
                service, claiming(reporter, mail(report(10 + i)))))
        self.settled(service, 11)
        service.restart(NOON + 60)
        self.wait_for_lmtp(service)

        taken = 0
        with service.locked_store(), self.connect() as connection:
            for size in (3 * MIB, MIB // 4):
                while self.post(connection, report(100 + taken) + b" " * size,
                                "192.0.2.1")[0] == 201:
                    taken += 1
                connection.close()
            big = b"x" * (MIB // 2)
            self.assertEqual(452, self.give(service, mail(report(1)) + big))
            self.assertEqual(250, self.give(service, signed(2)))
        self.settled(service, 11 + taken + 1)
        rows, _ = self.held(service)
        self.assertEqual((2, 10), (rows["authenticated"]["held"],
                                   rows["untrusted"]["held"]))

    def test_what_is_old_goes(self):
        service = self.receiving(intake__keep_raw="1d", intake__keep_rows="3d")
        with self.connect() as connection:
            self.post(connection, report(1), "192.0.2.1")
        self.settled(service, 1)
        row, = service.cli_json("inbox", "list")
        self.assertEqual(report(1).decode(),
                         service.cli("inbox", "raw", row["intake-id"])[1])

        service.restart(NOON + 2 * DAY_S + 3600)
        wait_until(lambda: service.cli("inbox", "raw", row["intake-id"])[0] != OK,
                   "its bytes go")
        code, out, err = service.cli("inbox", "raw", row["intake-id"])
        self.assertEqual((NO_INPUT, ""), (code, out))
        self.assertIn("2d after it was received, by intake.keep_raw", err)
        self.assertEqual([row], service.cli_json("inbox", "list"))

        service.restart(NOON + 3 * DAY_S + 7200)
        with self.connect() as connection:
            wait_until(lambda: self.try_to_post(connection, report(2)),
                       "it receives again")
        self.settled(service, 2)
        self.assertEqual(2, len(service.cli_json("inbox", "list")))
        service.restart(NOON + 4 * DAY_S)
        wait_until(lambda: len(service.cli_json("inbox", "list")) == 1,
                   "its day goes")
        self.assertIn("nothing was received",
                      service.cli("inbox", "raw", row["intake-id"])[2])
        rows, _ = self.held(service)
        self.assertEqual(
            (2, 1, 0, 1, 1),
            tuple(rows["unauthenticated"][k] for k in (
                "accepted", "held", "evicted", "expired", "raw-expired")))

    def try_to_post(self, connection, body):
        """False while nobody listens."""
        try:
            return self.post(connection, body, "192.0.2.2")[0] == 201
        except OSError:
            connection.close()
            return False


if __name__ == "__main__":
    unittest.main()
