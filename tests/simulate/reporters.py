"""reporters.py -- who reports, each after the habits of a real kind of
reporter, under a name of its own."""

import dataclasses

# What a reporter tells of a session in clear text that no policy forbade:
# nothing, a failure detail beside totals of zero, or a failure.
NOTHING, ZERO, FAILURE = "nothing", "zero", "failure"
# When it reports: on each day, on days with mail, with failures, on Mondays.
DAILY, MAIL, FAILURES, WEEKLY = "daily", "mail", "failures", "weekly"
# How: signed mail, a post that nobody signs, both.
SIGNED, POSTED, TWO_WAYS = "signed", "posted", "two-ways"


@dataclasses.dataclass(frozen=True)
class Reporter:
    name: str
    domain: str
    size: float  # sessions on a working day, for each of our domains
    networks: int  # it sends from so many
    quirks: tuple  # of quirks.py and mails.py, always
    sometimes: tuple = ()  # of the same, on one of eight days
    sts: bool = True
    dane: bool = False
    both: bool = False  # an element for either, of the same sessions
    tests: bool = True  # looks at a policy in mode testing
    clear: str = FAILURE
    rhythm: str = MAIL
    way: str = SIGNED
    addresses: bool = True  # in its failure details
    late: float = 0.0  # share of its reports that come days late
    number: int = 0

    def network(self, n):
        """How all addresses of its n-th network begin: a /24, or a /48 of IPv6
        for every third one. The range is for benchmarks, RFC 2544."""
        block = self.number * 4 + n
        if block % 3 == 2:
            return f"2001:db8:{0x5e00 + block:x}:"
        return f"198.18.{block}."

    def address(self, n, host):
        """One of a few there."""
        prefix = self.network(n)
        return f"{prefix}:{host + 1:x}" if ":" in prefix else \
            f"{prefix}{host + 1}"


KINDS = (
    Reporter("Bigmail", "bigmail.example", 30, 4,
             ("id-of-the-day", "subject-id-differs", "details-absent"),
             ("addresses-empty",), rhythm=MAIL),
    Reporter("Office", "office.example", 18, 3,
             ("id-with-plus", "subject-without-brackets", "tlsa-as-json",
              "mx-host-absent", "html-only", "no-file-name"),
             ("no-zone",), dane=True, both=True, late=0.02),
    Reporter("Pochta", "pochta.example", 6, 2,
             ("id-with-at", "end-next-day", "keys-sorted", "strings-absent",
              "submitter-above", "empty-last-part", "details-exceed-total")),
    Reporter("Stall", "stall.example", 4, 1,
             ("id-of-hash", "end-next-day", "contact-null", "mx-prefix",
              "details-empty", "nulls"), dane=True),
    Reporter("Hausbrief", "hausbrief.example", 5, 2,
             ("id-with-index", "policy-domain-absent", "helo-of-lines"),
             ("label-wrong",), dane=True, tests=False, clear=NOTHING),
    Reporter("Marten", "marten.example", 3, 1,
             ("empty-texts", "host-is-policy-domain", "whole-message"),
             dane=True, clear=ZERO, rhythm=FAILURES),
    Reporter("Sock", "sock.example", 5, 2,
             ("misspelt-host", "split-policy", "end-next-day"),
             ("id-used-again",)),
    Reporter("Lenient", "lenient.example", 4, 1,
             ("counts-as-texts", "type-in-capitals", "domain-with-dot",
              "policy-text", "offset-for-z"),
             ("unknown-result", "count-absent", "octet-stream",
              "ends-swapped")),
    Reporter("Weekly", "weekly.example", 4, 1,
             ("type-without-suffix", "week-range"), rhythm=WEEKLY),
    Reporter("Twofold", "twofold.example", 4, 2,
             ("sent-twice", "mx-host-text"), ("name-in-parts", "byte-mark"),
             way=TWO_WAYS),
    Reporter("Poster", "poster.example", 4, 1,
             ("lines-without-blank",), ("post-plain",), way=POSTED),
    Reporter("Oldbox", "oldbox.example", 6, 2,
             ("failed-total-absent", "id-of-the-day", "mixed"),
             ("unknown-policy", "draft-keys", "total-null", "quoted-json",
              "odd-header", "gzip-type", "json-type", "x-gzip-type"),
             rhythm=DAILY),
)

REPORTERS = tuple(dataclasses.replace(kind, number=n)
                  for n, kind in enumerate(KINDS))
