"""expected.py -- what the sample datagrams amount to, counted without our code.

Usage: expected.py [FOLDER] prints tests/corpus/datagram/expected.tsv.

One row for each policy of each domain, and one for each failure detail of it:

  policy  domain  policy-type  policy-domain  rua  succeeded  failed
  detail  domain  policy-type  policy-domain  result-type  sending-ip  mx
          helo  receiving-ip  reason  sessions

Texts are written as JSON strings without the quotes. The rules:

- names are compared in lower case and without a final dot;
- a session is one success or one failure of each policy it lists, which "f"
  alone decides;
- each distinct detail counts once a session, even if the session succeeded;
- a failure without any detail counts as validation-failure, "unspecified";
- TLSA records are a set; the lines of a policy and its MX patterns likewise;
- of a reply to EHLO only the server's name tells details apart, and the least
  text is shown;
- only an MTA-STS policy has MX patterns, and no policy has no text.
"""

import json
import pathlib
import sys

CORPUS = pathlib.Path(__file__).resolve().parent.parent / \
    "corpus" / "datagram" / "postfix"
POLICY_TYPES = {1: "tlsa", 2: "sts", 9: "no-policy-found"}
RESULT_TYPES = {
    201: "starttls-not-supported",
    202: "certificate-host-mismatch",
    203: "certificate-not-trusted",
    204: "certificate-expired",
    205: "validation-failure",
    301: "sts-policy-fetch-error",
    302: "sts-policy-invalid",
    303: "sts-webpki-invalid",
    304: "tlsa-invalid",
    305: "dnssec-invalid",
    306: "dane-required",
}


def name(text):
    """A domain name as it is compared."""
    return text.lower().removesuffix(".")


def rua(record):
    """Where a TLSRPT record wants its reports, sorted."""
    uris = set()
    for field in record.split(";")[1:]:
        field = field.strip(" \t")
        if field.startswith("rua="):
            uris.update(u.strip(" \t") for u in field[4:].split(","))
    return tuple(sorted(uris))


def tlsa(text):
    """"3 0 1 ab cd" as "3 0 1 ABCD"."""
    usage, selector, matching, *digits = text.split()
    return f"{usage} {selector} {matching} {''.join(digits).upper()}"


def sts(line):
    """"Mode:  Enforce" as "mode:enforce"."""
    key, _, value = line.partition(":")
    return f"{key.strip().lower()}:{value.strip().lower()}"


def policy_key(domain, policy):
    """What makes two policies the same one."""
    kind = policy["policy-type"]
    strings = policy.get("policy-string", []) if kind != 9 else []
    mx_hosts = policy.get("mx-host", []) if kind == 2 else []
    return (POLICY_TYPES[kind], name(policy.get("policy-domain", domain)),
            frozenset(map(tlsa if kind == 1 else sts, strings)),
            frozenset(map(name, mx_hosts)))


def server_name(ehlo):
    """"250-mx.example greets you …" is of mx.example."""
    words = ehlo.split()
    if not words:
        return ""
    first = words[0]
    if first[:3].isdigit() and first[3:4] == "-":
        return first[4:]
    if first[:3].isdigit() and len(first) == 3 and len(words) > 1:
        return words[1]
    return first


def detail_key(detail):
    """What makes two failure details the same one."""
    return (RESULT_TYPES[detail["c"]], detail.get("s", ""),
            name(detail.get("n", "")), server_name(detail.get("h", "")),
            detail.get("r", ""), detail.get("f", ""))


class Policy:
    """The counts of one policy."""

    def __init__(self):
        self.succeeded = self.failed = 0
        self.details = {}  # key: [sessions, reply to EHLO]

    def count(self, policy):
        """Add one session's policy."""
        failed = policy["f"] != 0
        self.failed += failed
        self.succeeded += not failed
        details = policy.get("failure-details", [])
        if failed and not details:
            details = [{"c": 205, "f": "unspecified"}]
        seen = set()
        for detail in details:
            key, ehlo = detail_key(detail), detail.get("h", "")
            counted = self.details.setdefault(key, [0, ehlo])
            counted[1] = min(counted[1], ehlo)
            counted[0] += key not in seen
            seen.add(key)


def count(datagrams):
    """All sessions: {(domain, rua): {policy key: Policy}}."""
    domains = {}
    for datagram in datagrams:
        value = json.loads(datagram)
        domain = name(value["d"])
        policies = domains.setdefault((domain, rua(value["pr"])), {})
        for policy in value["policies"]:
            key = policy_key(domain, policy)
            policies.setdefault(key, Policy()).count(policy)
    return domains


def text(value):
    """One cell."""
    return json.dumps(str(value), ensure_ascii=False)[1:-1]


def row(*values):
    """One row."""
    return "\t".join(text(v) for v in values)


def rows(domains):
    """The table's rows, sorted."""
    table = []
    for (domain, uris), policies in domains.items():
        for (kind, policy_domain, _, _), policy in policies.items():
            head = (domain, kind, policy_domain)
            table.append(row("policy", *head, ",".join(uris),
                             policy.succeeded, policy.failed))
            for key, (sessions, ehlo) in policy.details.items():
                result, source, mx, _, target, reason = key
                table.append(row("detail", *head, result, source, mx, ehlo,
                                 target, reason, sessions))
    return sorted(table)


def main(arguments):
    """Print the table of a folder."""
    folder = pathlib.Path(arguments[0]) if arguments else CORPUS
    datagrams = [p.read_bytes() for p in sorted(folder.glob("*.json"))]
    print("\n".join(rows(count(datagrams))))


if __name__ == "__main__":
    main(sys.argv[1:])
