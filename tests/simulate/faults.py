"""faults.py -- what a session comes to under each policy when something is
wrong: RFC 8460 s4.3. No failure where a policy asks for nothing."""

import dataclasses

STS, TLSA, NONE = "sts", "tlsa", "no-policy-found"


@dataclasses.dataclass(frozen=True)
class Failure:
    result: str
    reason: str = ""
    is_abroad: bool = False  # the stranger's name or address is told
    is_fetch: bool = False  # no session came about: neither host nor address
    is_clear: bool = False  # the mail goes all the same, in clear text


def stripped(policy):
    return Failure("starttls-not-supported", is_clear=policy == NONE)


def refused(policy):
    """STARTTLS is offered and then has a reply of 4xx."""
    return Failure("starttls-not-supported", "454 4.7.0 TLS not available "
                   "due to local problem", is_clear=policy == NONE)


def intercepted(policy):
    if policy == STS:
        return Failure("certificate-not-trusted", "self-signed certificate")
    return policy == TLSA and Failure("validation-failure", "dane-no-match")


def foreign_mx(policy):
    if policy == STS:
        return Failure("validation-failure", "mx-mismatch", is_abroad=True)
    # What was forged is bogus: no host is known then.
    return policy == TLSA and Failure("dnssec-invalid", is_fetch=True)


def foreign_address(policy):
    if policy == STS:
        return Failure("certificate-host-mismatch", is_abroad=True)
    return policy == TLSA and Failure("validation-failure", "dane-no-match",
                                      is_abroad=True)


def expired(policy):
    return policy == STS and Failure("certificate-expired",
                                     "certificate has expired")


def mismatch(policy):
    return policy == STS and Failure("certificate-host-mismatch")


def rollover(policy):
    """The new key's TLSA record was forgotten."""
    return policy == TLSA and Failure("validation-failure", "dane-no-match")


def fetch(policy):
    return policy == STS and Failure("sts-policy-fetch-error",
                                     "bad https response code: 503",
                                     is_fetch=True)


def bogus(policy):
    return policy == TLSA and Failure("dnssec-invalid", is_fetch=True)


def old_roots(policy):
    return policy == STS and Failure("certificate-not-trusted",
                                     "unable to get local issuer certificate")


def stale_mx(policy):
    """The host that was ours until lately has another certificate by now."""
    return policy == STS and Failure("certificate-host-mismatch",
                                     is_abroad=True)


def handshake(policy):
    return Failure("validation-failure", "tls-handshake-failure")


def new_host(policy):
    """Ours, of which the certificate is not yet right."""
    return policy == STS and Failure("certificate-host-mismatch")


FAULTS = {f.__name__.replace("_", "-"): f for f in (
    stripped, refused, intercepted, foreign_mx, foreign_address, expired,
    mismatch, rollover, fetch, bogus, old_roots, stale_mx, handshake,
    new_host)}
