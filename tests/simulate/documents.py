"""documents.py -- a report's JSON as RFC 8460 s4.4 has it, and its report-id by
the habit of its reporter."""

import hashlib
import json
import uuid

from days import seconds_of, text_of
from quirks import QUIRKS


def digest(report):
    text = f"{report.reporter.domain} {report.domain} {report.first}"
    return hashlib.sha256(text.encode()).hexdigest()


def is_all_fetch(report):
    return all(e.type == "sts" and not e.strings for e in report.elements)


ID_FORMS = {
    "id-of-the-day": lambda r: f"{text_of(r.first)}T00:00:00Z_{r.domain}",
    "id-with-plus": lambda r: (
        f"13{int(digest(r)[:13], 16) % 10**16:016}+"
        + ("" if is_all_fetch(r) else r.domain)),
    "id-with-at": lambda r: (
        f"{uuid.UUID(digest(r)[:32])}@{r.reporter.domain}"),
    "id-of-hash": lambda r: f"{seconds_of(r.first)}_{digest(r)[:16]}",
    "id-with-index": lambda r: (
        f"{text_of(r.first)}T00:00:00Z_idx1_{r.domain}"),
    # Of the first day of its week, whichever day it is.
    "id-used-again": lambda r: f"{r.first // 7}.{r.domain}",
}


def report_id(report):
    for name in ("id-used-again", *ID_FORMS):
        if name in report.quirks:
            return ID_FORMS[name](report)
    return f"{report.first}.{digest(report)[:12]}"


def detail_json(detail, sessions):
    told = {
        "result-type": detail.result,
        "sending-mta-ip": detail.sending,
        "receiving-mx-hostname": detail.host,
        "receiving-mx-helo": detail.helo,
        "receiving-ip": detail.receiving,
        "failed-session-count": sessions,
        "failure-reason-code": detail.reason,
    }
    return {k: v for k, v in told.items() if v != ""}


def element_json(element):
    policy = {"policy-type": element.type}
    if element.strings:
        policy["policy-string"] = list(element.strings)
    policy["policy-domain"] = element.domain
    if element.hosts:
        policy["mx-host"] = list(element.hosts)
    return {
        "policy": policy,
        "summary": {
            "total-successful-session-count": element.succeeded,
            "total-failure-session-count": element.failed,
        },
        "failure-details": [detail_json(d, n)
                            for d, n in sorted(element.details.items())],
    }


def contact_domain(report):
    sub = "corp." if "submitter-above" in report.quirks else ""
    return sub + report.reporter.domain


def document(report):
    """As bytes; with every quirk of that day's report."""
    value = {
        "organization-name": f"{report.reporter.name} Example",
        "date-range": {
            "start-datetime": f"{text_of(report.first)}T00:00:00Z",
            "end-datetime": f"{text_of(report.last)}T23:59:59Z",
        },
        "contact-info": f"tls-reports@{contact_domain(report)}",
        "report-id": report_id(report),
        "policies": [element_json(e) for e in report.elements],
    }
    for name, change in QUIRKS.items():
        if name in report.quirks:
            change(value)
    return json.dumps(value, sort_keys="keys-sorted" in report.quirks,
                      separators=(",", ":")).encode()
