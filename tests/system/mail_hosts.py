"""mail_hosts.py -- the mail servers that reports pass on their way: a real
Postfix, which takes them from the sendmail program or by SMTP, and a real
Dovecot, which keeps what arrives as files. Each has a folder, ports and a
process group of its own; nothing of /etc/postfix and /etc/dovecot is used."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from harness import (LOOK_EVERY_S, PATIENCE_S, become_subreaper, wait_until)
from https_receiver import make_certificates
from ports import free_port

MASTER = "/usr/lib/postfix/sbin/master"
POSTQUEUE = "/usr/sbin/postqueue"
SENDMAIL = "/usr/sbin/sendmail"
DOVECOT = "/usr/sbin/dovecot"
NOBODY = 65534  # owns the mailboxes

MAIN_CF = {
    "compatibility_level": "3.6",
    "mail_owner": "postfix",
    "setgid_group": "postdrop",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "mydestination": "",
    "alias_maps": "",
    "myhostname": "relay.example",
    "mynetworks": "127.0.0.0/8",
    # No name is looked up.
    "smtpd_peername_lookup": "no",
    "smtp_dns_support_level": "disabled",
    "lmtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
    "smtpd_error_sleep_time": "0",
    "smtpd_tls_auth_only": "yes",
    "smtpd_tls_loglevel": "1",
    "smtp_tls_loglevel": "1",
    # What fails is tried again soon.
    "queue_run_delay": "1s",
    "minimal_backoff_time": "1s",
    "maximal_backoff_time": "1s",
}
# How a server offers STARTTLS. Broken: it does, and then its only certificate
# is of a kind that it does not use, so that no handshake succeeds.
STARTTLS = {
    "none": {"smtpd_tls_security_level": "none"},
    "good": {"smtpd_tls_security_level": "may"},
    "broken": {"smtpd_tls_security_level": "may",
               "smtpd_tls_protocols": "<=TLSv1.2",
               "smtpd_tls_exclude_ciphers": "aECDSA aNULL"},
}
# In submission somebody with a password sends. What goes out through reports
# is not held to the host's policy for TLS.
MASTER_CF = """\
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt
    -o smtpd_sasl_auth_enable=yes
    -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup    unix       n - n 60    1 pickup
cleanup   unix       n - n -     0 cleanup
qmgr      unix       n - n 300   1 qmgr
tlsmgr    unix       - - n 1000? 1 tlsmgr
rewrite   unix       - - n -     - trivial-rewrite
bounce    unix       - - n -     0 bounce
defer     unix       - - n -     0 bounce
trace     unix       - - n -     0 bounce
verify    unix       - - n -     1 verify
flush     unix       n - n 1000? 0 flush
proxymap  unix       - - n -     - proxymap
showq     unix       n - n -     - showq
error     unix       - - n -     - error
retry     unix       - - n -     - error
smtp      unix       - - n -     - smtp
relay     unix       - - n -     - smtp
reports   unix       - - n -     - smtp -o smtp_tls_security_level=may
lmtp      unix       - - n -     - lmtp
anvil     unix       - - n -     1 anvil
scache    unix       - - n -     1 scache
postlog   unix-dgram n - n -     1 postlogd
"""
# The folders of its queue, with their modes.
QUEUE = {
    "active": 0o700, "bounce": 0o700, "corrupt": 0o700, "defer": 0o700,
    "deferred": 0o700, "flush": 0o700, "hold": 0o700, "incoming": 0o700,
    "private": 0o700, "saved": 0o700, "trace": 0o700, "maildrop": 0o1730,
    "public": 0o710, "pid": 0o755,
}
DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
protocols = lmtp
ssl = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~
lda_mailbox_autocreate = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail/%Lu allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""
# For those who fetch their mail, by TLS alone.
DOVECOT_IMAP_CONF = """\
protocols = lmtp imap
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
mail_max_userip_connections = 100
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
"""


class Host:
    """A server that runs from its making until it is closed."""

    def __init__(self, prefix):
        if os.geteuid() != 0:
            raise AssertionError(
                "this test runs Postfix and Dovecot: run it as root")
        become_subreaper()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
        self.folder.chmod(0o755)  # its processes have users of their own
        self.log = self.folder / "log"
        self.process = None

    def run(self, command, port):
        """Start it and wait until it greets those who come to the port."""
        try:
            with open(self.folder / "console", "ab") as console:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=console,
                    stderr=console, cwd=self.folder, start_new_session=True)
            wait_until(lambda: self.greets(port), f"{command[0]} greets")
        except BaseException:
            self.close()
            raise

    def greets(self, port):
        """Whether "220 …" is said on the port."""
        if self.process.poll() is not None:
            raise AssertionError(
                f"it has ended with {self.process.returncode}\n"
                f"{(self.folder / 'console').read_text()}{self.log_text()}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as s:
                return s.recv(512).startswith(b"220")
        except OSError:
            return False

    def log_text(self):
        """All that it has logged so far."""
        return self.log.read_text() if self.log.exists() else ""

    def wait_logged(self, text):
        """Until it has logged that."""
        wait_until(lambda: text in self.log_text(), f"logged: {text}")

    def close(self):
        """Leave nothing: no process, no folder."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(PATIENCE_S)
            self.reap()
        shutil.rmtree(self.folder)

    def reap(self):
        """Wait for its orphans, which are children of ours by now."""
        while True:
            try:
                pid, _ = os.waitpid(-self.process.pid, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                time.sleep(LOOK_EVERY_S)


class Dovecot(Host):
    """Takes all mail by LMTP, each address has a mailbox.
    users  passwords by name, for whoever asks its auth_socket
    imap   they can fetch their mail, on imap_port and imaps_port"""

    def __init__(self, users=None, imap=False):
        super().__init__("dovecot-")
        self.lmtp_port = free_port()
        self.imap_port, self.imaps_port = free_port(), free_port()
        self.auth_socket = self.folder / "auth"
        self.mail = self.folder / "mail"
        self.mail.mkdir()
        os.chown(self.mail, NOBODY, NOBODY)
        (self.folder / "users").write_text("".join(
            f"{name}:{password}\n"
            for name, password in (users or {}).items()))
        config = self.folder / "dovecot.conf"
        config.write_text(DOVECOT_CONF.format(
            folder=self.folder, port=self.lmtp_port, owner=NOBODY))
        if imap:
            make_certificates(self.folder)
            self.ca = self.folder / "ca.pem"
            with open(config, "a", encoding="ascii") as more:
                more.write(DOVECOT_IMAP_CONF.format(
                    folder=self.folder, imap_port=self.imap_port,
                    imaps_port=self.imaps_port))
        self.run([DOVECOT, "-F", "-c", str(config)], self.lmtp_port)

    @property
    def route(self):
        """Where a Postfix has to send to."""
        return f"lmtp:[127.0.0.1]:{self.lmtp_port}"

    def mails(self, address):
        """What has come for an address, as it was on the wire."""
        found = sorted((self.mail / address / "new").glob("*"))
        return [p.read_bytes().replace(b"\n", b"\r\n") for p in found]

    def wait_mail(self, address):
        """The one mail of an address, once it is there."""
        wait_until(lambda: self.mails(address), f"mail for {address}")
        mail, = self.mails(address)
        return mail


class Postfix(Host):
    """Sends all mail on to one place.
    route     a transport and its next hop: that of a Dovecot or a Postfix
    starttls  what it offers, of STARTTLS
    answers   "550 5.1.1 no", say, by recipient of SMTP
    dovecot   has the passwords for submission
    options   of main.cf, which come last"""

    def __init__(self, route, starttls="good", answers=None, dovecot=None,
                 **options):
        super().__init__("postfix-")
        self.smtp_port = free_port()
        self.submission_port = free_port()
        make_certificates(self.folder)
        self.ca = self.folder / "ca.pem"
        self.make_queue()
        self.answers = self.folder / "answers.cf"
        self.answers.write_text("".join(
            f"{who} {what}\n" for who, what in (answers or {}).items()))
        self.write_config(route, STARTTLS[starttls], dovecot, options)
        self.run([MASTER, "-c", str(self.folder), "-s"], self.smtp_port)

    @property
    def route(self):
        """Where another Postfix has to send to."""
        return f"smtp:[127.0.0.1]:{self.smtp_port}"

    @property
    def sendmail(self):
        """Its program: what stands before the arguments."""
        return [SENDMAIL, "-C", str(self.folder)]

    def make_queue(self):
        """As the package makes it."""
        for name, mode in QUEUE.items():
            path = self.folder / "queue" / name
            path.mkdir(parents=True)
            if name != "pid":
                shutil.chown(path, "postfix")
            if name in ("maildrop", "public"):
                shutil.chown(path, group="postdrop")
            path.chmod(mode)
        (self.folder / "data").mkdir()
        shutil.chown(self.folder / "data", "postfix")

    def write_config(self, route, starttls, dovecot, options):
        """main.cf and master.cf."""
        here = {
            "queue_directory": self.folder / "queue",
            "data_directory": self.folder / "data",
            "meta_directory": self.folder,
            "maillog_file": self.log,
            "maillog_file_prefixes": self.folder,
            "default_transport": route,
            "smtpd_recipient_restrictions":
                f"check_recipient_access texthash:{self.answers}",
            "smtpd_tls_cert_file": self.folder / "server.pem",
            "smtpd_tls_key_file": self.folder / "server.key",
        }
        if dovecot is not None:
            here["smtpd_sasl_type"] = "dovecot"
            here["smtpd_sasl_path"] = dovecot.auth_socket
        settings = {**MAIN_CF, **here, **starttls, **options}
        (self.folder / "main.cf").write_text("".join(
            f"{name} = {value}\n" for name, value in settings.items()))
        (self.folder / "master.cf").write_text(MASTER_CF.format(
            smtp_port=self.smtp_port, submission_port=self.submission_port))
        (self.folder / "dynamicmaps.cf").touch()
        # It waits while one of its files is being written, as it takes it.
        for path in self.folder.glob("*.cf"):
            os.utime(path, (0, 0))

    def queue(self):
        """What it has not sent on yet, as postqueue(1) shows it."""
        done = subprocess.run([POSTQUEUE, "-c", str(self.folder), "-j"],
                              capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def flush(self):
        """Try what it has not sent on at once."""
        subprocess.run([POSTQUEUE, "-c", str(self.folder), "-f"], check=True,
                       capture_output=True)

    def wait_deferred(self, address):
        """Why the recipient's mail stays in the queue, once it does."""
        def reason():
            for mail in self.queue():
                for recipient in mail["recipients"]:
                    if recipient["address"] == address:
                        return recipient.get("delay_reason")
            return None
        return wait_until(reason, f"mail for {address} is deferred")
