"""mails.py -- a report as it arrives: a mail that our mail server has judged,
or a post. What real mails do otherwise than RFC 8460 s5.3 says, is here."""

import base64
import dataclasses
import email.utils
import gzip
import hashlib
import quopri

from days import seconds_of
from documents import contact_domain, document, report_id

AUTHSERV_ID = "mx.sim.example"
RUA = "tls@ours.example"
BOUNDARY = "=_report"
BYTE_MARK = b"\xef\xbb\xbf"
PASS, FAIL, UNSIGNED = "pass", "fail", "none"

# The type of the part that is the report: quirk, type, packed.
TYPES = (
    ("type-without-suffix", "application/tlsrpt", True),
    ("x-gzip-type", "application/tlsrpt+x-gzip", True),
    ("gzip-type", "application/gzip", True),
    ("octet-stream", "application/octet-stream", True),
    ("label-wrong", "application/tlsrpt+gzip", False),
    ("json-type", "application/json", False),
    ("quoted-json", "application/tlsrpt+json", False),
    ("", "application/tlsrpt+gzip", True),
)


@dataclasses.dataclass(frozen=True)
class File:
    """As it comes into the folder of its day."""

    name: str
    body: bytes


def packed(data):
    return gzip.compress(data, 1, mtime=0)


def file_name(report, ending):
    return (f"{contact_domain(report)}!{report.domain}"
            f"!{seconds_of(report.first)}!{seconds_of(report.last, 86399)}"
            f"{ending}")


def name_parameters(report, is_packed):
    name = file_name(report, ".json.gz" if is_packed else ".json")
    if "no-file-name" in report.quirks:
        return ""
    if "name-in-parts" in report.quirks:  # RFC 2231 section 3
        return f';\n filename*0="{name[:30]}";\n filename*1="{name[30:]}"'
    return f';\n filename="{name}"'


def report_part(report, data):
    """Header and body of the part that is the report."""
    kind, is_packed = next((t, p) for quirk, t, p in TYPES
                           if not quirk or quirk in report.quirks)
    if "byte-mark" in report.quirks:
        data = BYTE_MARK + data
    if "quoted-json" in report.quirks:
        encoding, body = "quoted-printable", quopri.encodestring(data) + b"\n"
    else:
        encoding = "base64"
        body = base64.encodebytes(packed(data) if is_packed else data)
    name = "ContentType" if "odd-header" in report.quirks else "Content-Type"
    return (f"{name}: {kind}\n"
            f"Content-Transfer-Encoding: {encoding}\n"
            "Content-Disposition: attachment"
            f"{name_parameters(report, is_packed)}\n", body.decode())


def human_part(report):
    text = f"TLS report about {report.domain}."
    if "html-only" in report.quirks:
        return f"Content-Type: text/html\n\n<p>{text}</p>\n"
    return f"Content-Type: text/plain\n\n{text}\n"


def content(report, data):
    """The end of the mail's header, and its body."""
    header, body = report_part(report, data)
    if "whole-message" in report.quirks:
        return header, body
    kind = ("multipart/mixed" if "mixed" in report.quirks
            else 'multipart/report; report-type="tlsrpt"')
    parts = [human_part(report), f"{header}\n{body}"]
    if "empty-last-part" in report.quirks:
        parts.append("Content-Type: text/plain\n\n")
    text = "".join(f"--{BOUNDARY}\n{part}" for part in parts)
    return (f'Content-Type: {kind};\n boundary="{BOUNDARY}"\n',
            f"{text}--{BOUNDARY}--\n")


def subject(report):
    """RFC 8460 s5.3: Report-ID in angle brackets, that of the JSON."""
    text = report_id(report)
    if "subject-id-differs" in report.quirks:
        text = text.replace(":", ".").replace("_", "+")
    if "subject-without-brackets" not in report.quirks:
        text = f"<{text}@{report.reporter.domain}>"
    return (f"Report Domain: {report.domain} Submitter: "
            f"{report.reporter.domain} Report-ID: {text}")


def signature(report, body, verdict):
    """Our mail server looks at the key; at the body everybody can."""
    lines = body.replace("\n", "\r\n").encode()
    if verdict == FAIL:
        lines += b"changed\r\n"
    fields = "from:to:subject:date"
    if "id-with-plus" not in report.quirks:
        fields += ":tls-report-domain:tls-report-submitter"
    digest = base64.b64encode(hashlib.sha256(lines).digest()).decode()
    rsa = base64.b64encode(hashlib.sha512(lines).digest() * 4).decode()
    return (f"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple;\n"
            f" d={contact_domain(report)}; s=reports; h={fields};\n"
            f" bh={digest};\n b={rsa}\n")


def mail(report, data, verdict=PASS):
    second = report.draw("second").randrange(3600, 80000)
    date = email.utils.formatdate(seconds_of(report.arrival, second))
    sender = contact_domain(report)
    results = f"dkim={verdict}"
    if verdict != UNSIGNED:
        results += f" header.d={sender} header.s=reports"
    rest, body = content(report, data)
    header = (
        f"Received: from mta.{sender} by {AUTHSERV_ID}; {date}\n"
        f"Authentication-Results: {AUTHSERV_ID}; {results}\n"
        f"{'' if verdict == UNSIGNED else signature(report, body, verdict)}"
        f"From: tls-reports@{sender}\nTo: {RUA}\n"
        f"Subject: {subject(report)}\nDate: {date}\n"
        f"Message-ID: <{report.first}.{report.domain}@{sender}>\n"
        f"TLS-Report-Domain: {report.domain}\n"
        f"TLS-Report-Submitter: {report.reporter.domain}\n"
        f"MIME-Version: 1.0\n{rest}\n")
    return (header + body).replace("\n", "\r\n").encode()


def post(report, data):
    return data if "post-plain" in report.quirks else packed(data)


def files_of(report):
    """One, or more of what comes twice."""
    data = document(report)
    name = f"{report.reporter.domain}.{report.domain}.{report.first}"
    files = []
    if report.reporter.way != "posted":
        files.append(File(f"{name}.eml", mail(report, data)))
    if report.reporter.way != "signed":
        files.append(File(f"{name}.json.gz", post(report, data)))
    if "sent-twice" in report.quirks:
        files.append(File(f"{name}.again.eml", files[0].body))
    return files
