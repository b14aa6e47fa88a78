"""postgres.py -- PostgreSQL servers of a test's own, and pgbouncer before one,
on loopback; as an unprivileged user, since they refuse to run as root."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from harness import become_subreaper, wait_until
from ports import free_port
from process_list import process_numbers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "support"))
import certificates  # noqa: E402

BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
PGBOUNCER = "/usr/sbin/pgbouncer"
USER = "tlsrpt"
SMALL = ["--wal-segsize=1"]  # MiB
AS_USER = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []


def run(*command, **more):
    """As the unprivileged user, in a folder that it may enter."""
    return subprocess.run([*AS_USER, *map(str, command)], check=True, cwd="/",
                          capture_output=True, text=True, **more)


class Postgres:
    """One server with TLS, whose user has a password over TCP; of another one
    that is given, the standby. Its data may be put on a small disk; the log
    of writes of one that is no standby beside it or elsewhere."""

    def __init__(self, password="first-secret", primary=None, disk=None,
                 log_on_disk=True):
        become_subreaper()  # so that kill can wait for it
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrptd-pg-"))
        self.port = free_port()
        self.password = password
        os.chmod(self.folder, 0o755)
        if AS_USER:
            shutil.chown(self.folder, "nobody")
        self.data = (disk or self.folder) / "data"
        if primary is not None:
            primary.backup(self.data, "--write-recovery-conf")
        elif disk is None:
            self.make()
        else:
            self.make(*SMALL, *([] if log_on_disk else
                                ["--waldir", self.folder / "wal"]))
        certificates.make(self.folder, "ca", None)
        certificates.make(self.folder, "server", "IP:127.0.0.1",
                          self.folder / "ca")
        for name in ("server.key", "server.pem"):
            if AS_USER:
                shutil.chown(self.folder / name, "nobody")
            os.chmod(self.folder / name, 0o600)
        self.start()

    def make(self, *options):
        """With a user that has the password."""
        secret = self.folder / "first"
        secret.write_text(self.password)
        os.chmod(secret, 0o644)
        run(BIN / "initdb", "-D", self.data, "-U", USER, "--no-locale",
            "-E", "UTF8", "--auth-local=trust", "--auth-host=scram-sha-256",
            f"--pwfile={secret}", *options)

    def backup(self, folder, *options):
        """All of it as of now into a folder that is not there yet."""
        run(BIN / "pg_basebackup", "-h", self.folder, "-p", self.port, "-U",
            USER, "-D", folder, "--checkpoint=fast", *options)

    def put_back(self, folder):
        """A backup takes the place of what is there."""
        self.stop("immediate")
        shutil.rmtree(self.data)
        folder.rename(self.data)
        self.start()

    def at(self):
        """Options of its programs that say where it is."""
        return ["-h", self.folder, "-p", self.port, "-U", USER]

    def dump(self, path):
        """All of the database as of now, to a file."""
        run(BIN / "pg_dump", *self.at(), "-Fc", "-f", path, "postgres")

    def restore(self, path):
        """What dump wrote takes the place of what is there, at one moment."""
        sql = run(BIN / "pg_restore", "-f", "-", path).stdout
        run(BIN / "psql", *self.at(), "-Xq", "-v", "ON_ERROR_STOP=1",
            "--single-transaction", "postgres", input=(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + sql))

    def commits_wait(self):
        """For its standby, from when this returns."""
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql("SELECT pg_reload_conf()")
        wait_until(lambda: self.sql("SELECT 1 FROM pg_stat_replication "
                                    "WHERE sync_state = 'sync'"),
                   "commits wait for the standby")

    def promote(self):
        """A standby becomes the one that takes writes."""
        run(BIN / "pg_ctl", "-D", self.data, "-w", "promote")

    def start(self):
        """And wait until it answers."""
        options = (f"-k {self.folder} -c listen_addresses=127.0.0.1 "
                   f"-c port={self.port} -c ssl=on "
                   f"-c ssl_cert_file={self.folder}/server.pem "
                   f"-c ssl_key_file={self.folder}/server.key")
        run(BIN / "pg_ctl", "-D", self.data, "-w", "-l",
            self.folder / "log", "-o", options, "start")

    def stop(self, how="fast"):
        """how: "immediate" is as kill -9 of all its processes."""
        run(BIN / "pg_ctl", "-D", self.data, "-w", "-m", how, "stop")

    def kill(self):
        """kill -9 of the first of its processes, which the others follow."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        wait_until(lambda: not self.processes(), "all its processes end")

    def pause(self):
        """Connections are taken and left as they are; nothing is answered."""
        for pid in self.first_then_others():
            os.kill(pid, signal.SIGSTOP)

    def go_on(self):
        """After pause."""
        for pid in self.first_then_others():
            os.kill(pid, signal.SIGCONT)

    def first_then_others(self):
        """Its processes; the first one makes all others."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        yield first
        yield from (pid for pid in self.processes() if pid != first)

    def comes_back(self):
        """Whether it answers; one that has given up is started again."""
        try:
            if not self.processes():
                self.start()
            return self.sql("SELECT 1")
        except subprocess.CalledProcessError:
            return False  # not yet

    def write_log(self):
        """Until there is no room, and it breaks down."""
        try:
            while True:
                self.sql("SELECT pg_logical_emit_message(false, 'test', "
                         "repeat('x', 1000000))")
        except subprocess.CalledProcessError:
            pass  # it did

    def processes(self):
        """The numbers of those that work in the data folder."""
        found = []
        for pid in process_numbers():
            try:
                if pathlib.Path(f"/proc/{pid}/cwd").readlink() == self.data:
                    found.append(pid)
            except OSError:
                pass  # it has ended
        return found

    def close(self):
        """Leave nothing."""
        try:
            self.stop("immediate")
        except subprocess.CalledProcessError:
            pass  # it is not running
        shutil.rmtree(self.folder)

    def socket(self):
        """Its Unix socket."""
        return f"{self.folder}/.s.PGSQL.{self.port}"

    def url(self, more=""):
        """Over TCP, where the password is asked for."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres{more}"

    def sql(self, text):
        """Rows of the statement, columns with a | between."""
        return run(BIN / "psql", "-XAtq", "-h", self.folder, "-p", self.port,
                   "-U", USER, "-d", "postgres", "-c", text,
                   "-v", "ON_ERROR_STOP=1").stdout.split("\n")[:-1]

    def password_file(self, folder, password=None):
        """A file with the password in the folder."""
        path = folder / "password"
        path.touch(mode=0o600)
        path.write_text((password or self.password) + "\n")
        return path


class Pgbouncer:
    """In transaction mode before a server."""

    def __init__(self, server, connections=4):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrptd-pgb-"))
        self.port = free_port()
        os.chmod(self.folder, 0o755)
        config = self.folder / "pgbouncer.ini"
        config.write_text(
            "[databases]\n"
            f"postgres = user={USER} host={server.folder} "
            f"port={server.port}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\n"
            "unix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
            f"default_pool_size = {connections}\nserver_lifetime = 5\n")
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [*AS_USER, PGBOUNCER, config], cwd="/", stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        wait_until(self.answers, "pgbouncer answers")

    def answers(self):
        """Whether it takes connections."""
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self):
        """Of the database behind it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def close(self):
        """Leave nothing."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.folder)
