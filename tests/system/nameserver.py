"""nameserver.py -- a real name server, knotd: zone `example`, signed, and in it
`plain.example`, which is proven not to be. It answers SERVFAIL below
broken.example, and REFUSED for what is none of its zones."""

import pathlib
import shutil
import subprocess
import tempfile

from harness import PATIENCE_S, wait_until
from ports import free_port

SBIN = "/usr/sbin:/usr/bin:/bin"
KNOTD, KNOTC, KEYMGR, KDIG = (
    shutil.which(name, path=SBIN)
    for name in ("knotd", "knotc", "keymgr", "kdig"))
SIGNED = "example"
PLAIN = "plain.example"
BROKEN = "broken.example"
CONFIG = """\
server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {folder}
    journal-db-max-size: 16M
    kasp-db-max-size: 16M
    timer-db-max-size: 1M
policy:
  - id: one-key
    single-type-signing: on
template:
  - id: default
    storage: {folder}
    file: %s.zone
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
zone:
  - domain: {signed}
    dnssec-signing: on
    dnssec-policy: one-key
  - domain: {plain}
  - domain: {broken}
"""
HEAD = """\
$ORIGIN {zone}.
@ {ttl} SOA ns.{signed}. nobody.{signed}. 1 3600 3600 3600000 {ttl}
@ {ttl} NS ns.{signed}.
"""
DELEGATIONS = f"""\
ns 1 A 127.0.0.1
{PLAIN}. 1 NS ns.{SIGNED}.
"""


def quoted(string):
    """A character-string as a zone file has it (RFC 1035 section 5.1)."""
    return '"' + "".join(
        chr(b) if 0x20 < b < 0x7f and b not in b'"\\' else f"\\{b:03d}"
        for b in string) + '"'


def strings_of(record):
    """The strings of a TXT record: as given, or cut to 255 bytes each."""
    if isinstance(record, tuple):
        return [s.encode() for s in record]
    text = record.encode()
    return [text[i:i + 255] for i in range(0, max(len(text), 1), 255)]


def is_below(name, zone):
    """Whether the name is the zone's or in it."""
    return f".{name}".endswith(f".{zone}")


class NameServer:
    """Close it.

    texts: names to lists of TXT records, each a text or a tuple of strings;
    a name with none is there and has no TXT record. aliases: names to those
    that they are another name of (CNAME). records: names to lists of others,
    each as in a zone file: "MX 10 mx.a.example.". Names are below `example` and have no
    final dot. After a change of either call load()."""

    def __init__(self, texts=None, aliases=None, ttl_s=1, records=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.texts = dict(texts or {})
        self.aliases = dict(aliases or {})
        self.records = dict(records or {})
        self.ttl_s = ttl_s  # of absence too
        self.port = free_port()
        self.config = self.folder / "knot.conf"
        self.log = self.folder / "knotd.log"
        # DS records of `example`; by the second it is bogus.
        self.anchor = self.folder / "anchor"
        self.wrong_anchor = self.folder / "wrong-anchor"
        self.process = None
        self.config.write_text(CONFIG.format(
            folder=self.folder, port=self.port, signed=SIGNED, plain=PLAIN,
            broken=BROKEN))
        try:
            self.write_zones()
            self.write_anchors()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def address(self):
        """Where it is to be asked, as the service's options have it."""
        return f"127.0.0.1@{self.port}"

    # -- its files --

    def lines(self, zone_of):
        """What the zone has of the names."""
        for name, records in self.texts.items():
            if zone_of(name) and not records:
                yield f'{name}. {self.ttl_s} A 127.0.0.1\n'
            for record in records if zone_of(name) else []:
                strings = " ".join(map(quoted, strings_of(record)))
                yield f"{name}. {self.ttl_s} TXT {strings}\n"
        for name, records in self.records.items():
            for record in records if zone_of(name) else []:
                yield f"{name}. {self.ttl_s} {record}\n"
        for name, target in self.aliases.items():
            if zone_of(name):
                yield f"{name}. {self.ttl_s} CNAME {target}.\n"

    def write_zone(self, zone, more, zone_of):
        """Write its file."""
        head = HEAD.format(zone=zone, signed=SIGNED, ttl=self.ttl_s)
        (self.folder / f"{zone}.zone").write_text(
            head + more + "".join(self.lines(zone_of)))

    def write_zones(self):
        """All of them but that which is broken."""
        self.write_zone(SIGNED, DELEGATIONS,
                        lambda name: not is_below(name, PLAIN))
        self.write_zone(PLAIN, "", lambda name: is_below(name, PLAIN))

    def keymgr(self, *arguments):
        """Run keymgr for the signed zone: what it prints."""
        return subprocess.run(
            [KEYMGR, "-c", str(self.config), SIGNED + ".", *arguments],
            check=True, capture_output=True, text=True,
            timeout=PATIENCE_S).stdout

    def write_anchors(self):
        """Make the key, and the files by which it is trusted."""
        self.keymgr("generate", "algorithm=ecdsap256sha256", "ksk=yes",
                    "zsk=yes")
        records = self.keymgr("ds").splitlines()
        self.anchor.write_text("".join(r + "\n" for r in records))
        self.wrong_anchor.write_text("".join(
            r[:-1] + ("1" if r[-1] == "0" else "0") + "\n" for r in records))

    # -- the process --

    def start(self):
        """Start it, or start it again, and wait until it answers."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [KNOTD, "-c", str(self.config)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        wait_until(self.is_up, "knotd answers")

    def is_up(self):
        """Whether it answers for its zones, and the signed one is signed."""
        if self.process.poll() is not None:
            raise AssertionError(
                f"knotd has ended with {self.process.returncode}\n"
                f"{self.log.read_text()}")
        return "RRSIG" in self.ask(SIGNED) and "SOA" in self.ask(PLAIN)

    def ask(self, zone):
        """The answer section for its SOA record, as text."""
        return subprocess.run(
            [KDIG, "@127.0.0.1", "-p", str(self.port), "+dnssec", "+noall",
             "+answer", "+retry=0", "+time=1", zone + ".", "SOA"],
            capture_output=True, text=True, timeout=PATIENCE_S).stdout

    def load(self):
        """From now on texts and aliases are as they are now."""
        self.write_zones()
        subprocess.run(
            [KNOTC, "-b", "-s", str(self.folder / "knot.sock"), "zone-reload",
             SIGNED, PLAIN],
            check=True, capture_output=True, timeout=PATIENCE_S)

    def stop(self):
        """End it; its port stays its own to start again."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None

    def close(self):
        """Leave nothing."""
        self.stop()
        shutil.rmtree(self.folder)
