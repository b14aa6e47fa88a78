"""estate.py -- our domains as they are on each day: MX hosts, addresses, the
policies that are published."""

import dataclasses
import hashlib

from days import chance

DOMAINS = 8
# Protection of a domain, and how many of eight have it.
PLANS = ("enforce", "enforce", "enforce+dane", "enforce+dane", "testing",
         "testing>enforce", "dane", "none")


@dataclasses.dataclass(frozen=True)
class Host:
    """An MX host; key changes what its certificate and TLSA record are."""

    name: str
    addresses: tuple
    key: int = 0

    def tlsa(self):
        digest = hashlib.sha256(f"{self.name} {self.key}".encode()).hexdigest()
        return f"3 1 1 {digest}"


@dataclasses.dataclass(frozen=True)
class Published:
    """What is in DNS and on the policy host."""

    mode: str  # of MTA-STS; "none": there is no policy
    dane: bool
    hosts: tuple
    max_age: int = 604800

    def lines(self):
        """The MTA-STS policy's."""
        return (["version: STSv1", f"mode: {self.mode}"]
                + [f"mx: {host.name}" for host in self.hosts]
                + [f"max_age: {self.max_age}"])


@dataclasses.dataclass
class Domain:
    name: str
    history: list  # (from that day on, Published), the first from day 0
    owner: list  # (from that day on, MX hosts that the owner has told us)
    busy: float  # sessions, as a multiple of a reporter's size

    def at(self, day):
        return [p for start, p in self.history if start <= day][-1]

    def change(self, day, **changes):
        """From that day on, whatever else changes later."""
        self.history.append((day, self.at(day)))
        self.history.sort(key=lambda entry: entry[0])
        self.history = [
            (start, dataclasses.replace(p, **changes) if start >= day else p)
            for start, p in self.history]

    def tell(self, day, hosts):
        """The owner does, of all from then on."""
        self.owner.append((day, hosts))
        self.owner.sort(key=lambda entry: entry[0])

    def known_hosts(self, day):
        return [hosts for start, hosts in self.owner if start <= day][-1]


def addresses(domain, host):
    """One IPv4 address, and of each second host an IPv6 one."""
    v4 = f"192.0.2.{domain * 16 + host + 1}"
    if host % 2 == 0:
        return (v4, f"2001:db8:{domain + 1:x}::{host + 1:x}")
    return (v4,)


def new_domain(seed, n):
    draw = chance(seed, "domain", n)
    name = f"d{n}-s{seed}.example"
    mode, _, dane = PLANS[n].partition("+")
    mode = mode.partition(">")[0]
    hosts = tuple(Host(f"mx{h + 1}.{name}", addresses(n, h))
                  for h in range(draw.choice((1, 2, 2, 3))))
    first = Published("none" if mode == "dane" else mode,
                      dane == "dane" or mode == "dane", hosts)
    domain = Domain(name, [(0, first)], [(0, [h.name for h in hosts])],
                    draw.choice((0.4, 0.8, 1.0, 1.6)))
    if ">" in PLANS[n]:
        domain.change(draw.randrange(25, 70), mode="enforce")
    return domain


def new_estate(seed, domains=DOMAINS):
    return [new_domain(seed, n) for n in range(domains)]
