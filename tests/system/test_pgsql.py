"""test_pgsql.py -- the service on PostgreSQL: how it connects, and with what
secret."""

import concurrent.futures
import os
import pathlib
import subprocess
import unittest

from harness import (CONFIG, OK, PATIENCE_S, TLSRPT, SystemTest, session,
                     wait_until)
from postgres import AS_USER, BIN, Pgbouncer, Postgres

STEPS = len(list((pathlib.Path(__file__).resolve().parents[2] / "sql"
                   / "schema").glob("*.pgsql.sql")))
TLS = "?sslmode=verify-full&sslrootcert="


class PgsqlTest(SystemTest):
    """A test with a PostgreSQL server."""

    def server(self):
        """It ends with the test."""
        server = Postgres()
        self.addCleanup(server.close)
        return server

    def service_at(self, server, url=None, **options):
        """A service that has the server as its store."""
        return self.service(
            store__url=url or server.url(TLS + f"{server.folder}/ca.pem"),
            store__password_file=server.password_file(self.folder()),
            **options)


class Secrets(PgsqlTest):
    """The password comes from a file, and is seen nowhere."""

    def words_of_processes(self, service):
        """What a list of processes shows."""
        return b"".join(pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
                        for pid in service.processes())

    def test_a_password_in_the_url_is_refused_and_not_repeated(self):
        for url in ("postgresql://u:hunter2@h/db",
                    "postgresql://u:hun@ter2@h/db",
                    "postgresql://u:hun/ter2@h/db",
                    "postgresql://u:hun?ter2@h/db",
                    "postgresql://u:hunter2%@h/db",
                    "postgresql://h/db?password=hunter2",
                    "postgresq://u:hunter2@h/db",
                    "host=h user=u password=hunter2"):
            service = self.service(store__url=url)
            service.launch()
            self.assertEqual(CONFIG, service.process.wait(30))
            self.assertIn("store.password_file", service.log_text())
            for part in ("hunter2", "hun", "ter2"):
                self.assertNotIn(part, service.log_text())

    def test_others_may_not_read_the_file(self):
        path = self.folder() / "password"
        path.write_text("hunter2\n")
        os.chmod(path, 0o644)
        service = self.service(store__url="postgresql://u@h/db",
                               store__password_file=path)
        service.launch()
        self.assertEqual(CONFIG, service.process.wait(30))
        self.assertIn("is a password that others may use",
                      service.log_text())

    def test_the_password_is_in_no_log_nor_list_of_processes(self):
        server = self.server()
        service = self.service_at(server)
        service.options["daemon.log_level"] = "debug"
        service.write_config()
        service.start()
        service.send(session("a.example"))
        service.wait_received(1)
        self.assertEqual(
            ["t"], server.sql("SELECT bool_and(ssl) FROM pg_stat_ssl "
                              "JOIN pg_stat_activity USING (pid) "
                              "WHERE application_name LIKE 'tlsrptd %'"))
        shown = self.words_of_processes(service)
        self.assertNotIn(server.password.encode(), shown)
        self.assertNotIn(server.password, service.log_text())

    def test_a_wrong_password_is_said_without_it(self):
        server = self.server()
        service = self.service_at(server)
        server.password_file(service.options["store.password_file"].parent,
                             "hunter2")
        service.launch()
        wait_until(lambda: "password authentication failed"
                   in service.log_text(), "it is said")
        self.assertNotIn("hunter2", service.log_text())

    def test_a_new_password_is_read_at_the_next_connection(self):
        server = self.server()
        service = self.service_at(server).start()
        server.sql("ALTER USER tlsrpt PASSWORD 'second'")
        server.password_file(service.options["store.password_file"].parent,
                             "second")
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE application_name LIKE 'tlsrptd %'")
        service.send(session("a.example"))
        service.wait_received(1)

    def test_systemd_hands_the_password_over(self):
        server = self.server()
        folder = self.folder()
        server.password_file(folder).rename(folder / "store-password")
        service = self.service(store__url=server.url())
        os.environ["CREDENTIALS_DIRECTORY"] = str(folder)
        self.addCleanup(os.environ.pop, "CREDENTIALS_DIRECTORY")
        service.start()
        service.send(session("a.example"))
        service.wait_received(1)


class Connections(PgsqlTest):
    """Where it connects to, and what the server sees of it."""

    def test_each_role_has_its_name_there(self):
        server = self.server()
        self.service_at(
            server, daemon__roles="collect, report, deliver").start()
        wait_until(lambda: server.sql(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE "
            "application_name LIKE 'tlsrptd%' ORDER BY 1") ==
            ["tlsrptd collect", "tlsrptd deliver", "tlsrptd report"],
            "three names")

    def test_a_certificate_of_somebody_else_is_refused(self):
        server, other = self.server(), self.server()
        service = self.service_at(
            server, server.url(TLS + f"{other.folder}/ca.pem"))
        service.launch()
        wait_until(lambda: "certificate verify failed"
                   in service.log_text(), "it is said")
        self.assertEqual([], server.sql(
            "SELECT 1 FROM pg_stat_activity WHERE application_name "
            "LIKE 'tlsrptd%'"))

    def test_the_host_that_can_be_written_to_is_used(self):
        """First the second of two; when that is down and the first is
        promoted, the first. Two independent servers: rows do not follow."""
        first, second = self.server(), self.server()
        self.read_only(first, "on")
        url = (f"postgresql://tlsrpt@127.0.0.1:{first.port},"
               f"127.0.0.1:{second.port}/postgres")
        service = self.service_at(first, url).start()
        service.send(session("a.example"))
        service.wait_received(1)
        self.assertEqual(["1"], second.sql("SELECT count(*) FROM collector"))
        second.stop("immediate")
        service.send(session("a.example"))
        self.read_only(first, "off")
        # No schema is there: for this test it is copied by the program.
        self.assertEqual(OK, service.cli("db", "migrate")[0])
        # The journal is kept: what the other server had is here too.
        service.wait_received(2)

    @staticmethod
    def read_only(server, value):
        """As a standby is, for the one who asks for read-write."""
        server.sql(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        server.sql("SELECT pg_reload_conf()")

    def test_a_server_that_starts_again_is_found_again(self):
        server = self.server()
        service = self.service_at(server).start()
        for n in range(1, 4):
            service.send(*[session("a.example")] * 10)
            server.stop("immediate")
            service.send(*[session("a.example")] * 10)
            server.start()
            service.wait_received(20 * n)
        self.assertEqual(60, service.counters()["received"])


class Pooler(PgsqlTest):
    """pgbouncer in transaction mode stands before the server."""

    def behind_pooler(self, **options):
        """A service, with fewer sessions than it has connections."""
        pooler = Pgbouncer(self.server(), connections=2)
        self.addCleanup(pooler.close)
        return self.service(store__url=pooler.url(), **options)

    def test_a_day_from_datagrams_to_reports(self):
        service = self.behind_pooler(store__pooler="transaction").start()
        for domain in ("a.example", "b.example"):
            service.send(*[session(domain)] * 50)
        service.wait_received(100)
        service.close_day()
        self.assertEqual(
            [50, 50], [r.value["policies"][0]["summary"]
                       ["total-successful-session-count"]
                       for r in service.reports()])

    def test_that_it_is_one_has_to_be_said(self):
        service = self.behind_pooler()
        service.launch()
        wait_until(lambda: "store.pooler = transaction"
                   in service.log_text(), "what is to be done")


class Fleet(PgsqlTest):
    """Many machines, one store."""

    COLLECTORS = 20

    def test_all_start_at_once_on_an_empty_database(self):
        server = self.server()
        fleet = [self.service_at(server, daemon__roles="collect")
                 for _ in range(self.COLLECTORS)]
        for service in fleet:
            service.launch()
        for service in fleet:
            wait_until(lambda s=service: s.socket.exists(), "its socket")
            service.send(session("a.example"))
        for service in fleet:
            service.wait_logged('what="collecting"')
        fleet[0].wait_received(self.COLLECTORS)
        self.assertEqual(
            [str(STEPS)], server.sql("SELECT count(*) "
                                     "FROM schema_migrations"))
        self.assertEqual([str(self.COLLECTORS)] * 2, server.sql(
            "SELECT succeeded FROM tally_policy UNION ALL "
            "SELECT count(*) FROM collector"))
        for service in fleet:
            self.assertEqual([], service.log_lines("level=error"))

    def test_migrating_at_once(self):
        server = self.server()
        service = self.service_at(server)
        running = [subprocess.Popen(
            [TLSRPT, "-c", service.config, "db", "migrate"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in range(20)]
        said = [process.communicate(timeout=60)[0] for process in running]
        self.assertEqual([OK] * 20, [p.returncode for p in running], said)
        self.assertEqual(1, len(set(said)), said)


class Upgraded(PgsqlTest):
    """A newer program takes the store over while older collectors run."""

    def setUp(self):
        self.store = self.server()
        self.fleet = [self.service_at(self.store, daemon__roles="collect"
                                      ).start() for _ in range(2)]

    def through(self, upgrade, undo):
        """The older ones wait and say why; then all of it counts."""
        for service in self.fleet:
            service.send(*[session("a.example")] * 10)
        self.fleet[0].wait_received(20)
        self.store.sql(upgrade + "; INSERT INTO schema_migrations "
                       "VALUES (999, 'later', 'x', 0)")
        rows = self.rows()
        for service in self.fleet:
            service.send(*[session("a.example")] * 10)
            service.wait_logged("store is away, the journal keeps the "
                                "datagrams", "the store has schema 999")
            # More than the socket's queue takes: they go on receiving.
            service.send(*[session("a.example")] * 2000)
        self.assertEqual(rows, self.rows())
        # There is no newer program in this test: the old one is right again.
        self.store.sql(undo + "; DELETE FROM schema_migrations "
                       "WHERE version = 999")
        self.fleet[0].wait_received(4040)
        self.assertEqual(["4040"], self.store.sql(
            "SELECT sum(succeeded) FROM tally_policy"))

    def advisory_locks(self, which):
        """How many."""
        return self.store.sql("SELECT count(*) FROM pg_locks WHERE "
                              f"locktype = 'advisory' AND {which}")

    def rows(self):
        """What flushes write to."""
        return self.store.sql("SELECT n FROM collector_count ORDER BY 1")

    def test_the_old_statements_would_still_work(self):
        self.through("SELECT 1", "SELECT 1")

    def test_the_old_statements_fail(self):
        self.through("ALTER TABLE tally_policy RENAME succeeded TO good",
                     "ALTER TABLE tally_policy RENAME good TO succeeded")

    def test_a_flush_waits_for_a_migration_and_looks_then(self):
        """It holds what all migrations hold, and is slow."""
        migration = subprocess.Popen(
            [str(word) for word in (
                *AS_USER, BIN / "psql", *self.store.at(), "-Xq", "postgres")],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            cwd="/")
        self.addCleanup(migration.wait)
        self.addCleanup(migration.stdin.close)
        migration.stdin.write(
            "BEGIN; SELECT pg_advisory_xact_lock(8460);\n"
            "INSERT INTO schema_migrations VALUES (999, 'later', 'x', 0);\n")
        migration.stdin.flush()
        wait_until(lambda: self.advisory_locks("granted") == ["1"], "it holds")
        for service in self.fleet:
            service.send(session("a.example"))
        wait_until(lambda: self.advisory_locks("NOT granted") == ["2"],
                   "both wait")
        migration.stdin.write("COMMIT;\n")
        migration.stdin.flush()
        for service in self.fleet:
            service.wait_logged("the store has schema 999")
        self.assertEqual([], self.rows())


class Removers(PgsqlTest):
    """Several role report remove old days at the same time."""

    DAYS = 100
    TABLES = ("tally_record", "tally_policy", "tally_detail", "log_level")

    def partitions(self, server):
        """How many days of the tables have a partition."""
        return int(server.sql(
            "SELECT count(*) FROM pg_inherits i JOIN pg_class c "
            "ON c.oid = i.inhrelid WHERE c.relname ~ "
            f"'^({'|'.join(self.TABLES)})_[0-9]+$'")[0])

    def remove(self, server, kept):
        """A session with each order in its own transaction, and another
        until nothing is left: an order while another session is at it
        removes nothing. Returns what the first faulty one says."""
        orders = "".join(f"SELECT tally_day_forget('{t}', 1000, 10);\n"
                         for t in reversed(self.TABLES)) * self.DAYS
        while self.partitions(server) > kept:
            said = subprocess.run(
                [BIN / "psql", "-XAtq", "-h", server.folder, "-p",
                 str(server.port), "-U", "tlsrpt", "-d", "postgres"],
                input=orders, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, check=False,
                timeout=PATIENCE_S)
            if said.stderr:
                return said.stderr
        return ""

    def test_none_fails_and_nothing_stays(self):
        server = self.server()
        self.service_at(server).start().stop()
        kept = self.partitions(server)
        server.sql("SELECT tally_day_make(t, d) FROM unnest(ARRAY"
                   f"{list(self.TABLES)}) t, generate_series(1, "
                   f"{self.DAYS}) d")
        self.assertEqual(kept + len(self.TABLES) * self.DAYS,
                         self.partitions(server))
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            self.assertEqual([""] * 3, list(pool.map(
                lambda _: self.remove(server, kept), range(3))))
        self.assertEqual(kept, self.partitions(server))


if __name__ == "__main__":
    unittest.main()
