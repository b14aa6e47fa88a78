// dns.ts -- the records and lines of the set-up page, made from what is typed.

/* The same names as in SMTP and DNS; the service checks more strictly. */
const NAME = /^([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

export function isDomain(text: string): boolean {
	return text.length <= 253 && NAME.test(text);
}

export interface Rua { uri: string; fault: string | null }

/** RFC 8460 s3: mailto: or https:, with "," ";" and "!" percent-encoded. */
export function rua(text: string): Rua {
	const typed = text.trim();
	const uri = /^[^@\s:/]+@[^@\s]+$/.test(typed) ? `mailto:${typed}` : typed;
	const safe = uri.replace(/[,;!]/g, (c) =>
	    `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
	if (/^mailto:[^@\s]+@[^@\s]+$/.test(safe)) return { uri: safe, fault: null };
	if (/^https:\/\/[^\s/]+/.test(safe)) return { uri: safe, fault: null };
	return { uri: safe, fault: /^http:/.test(uri)
	    ? "http: is not allowed, only https: (RFC 8460 s3)."
	    : "Neither a mail address nor an https: address." };
}

/** The record of _smtp._tls, as in a zone file. */
export function tlsrptRecord(domain: string, ruas: string[]): string {
	return `_smtp._tls.${domain}. IN TXT "v=TLSRPTv1; rua=${ruas.join(",")}"`;
}

/** RFC 8461 s3.1. The id only has to be another one after each change. */
export function stsRecord(domain: string, now: number): string {
	const id = new Date(now).toISOString().replace(/[-:T]/g, "").slice(0, 14);
	return `_mta-sts.${domain}. IN TXT "v=STSv1; id=${id}"`;
}

/** RFC 8461 s3.2: lines end in CRLF or LF; each MX has a line. */
export function stsPolicy(mxs: string[], mode: string): string {
	return ["version: STSv1", `mode: ${mode}`, ...mxs.map((mx) => `mx: ${mx}`),
		"max_age: 604800"].join("\n");
}

/** Words and lines of a field with several values. */
export function list(text: string): string[] {
	return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** A chrooted smtp(8) sees only what is below the queue directory, so that it is
 * given a relative name. */
export function postfixLines(chroot: boolean): string {
	return ["smtp_tlsrpt_enable = yes", `smtp_tlsrpt_socket_name = ${
	    chroot ? "tlsrpt/tlsrpt.sock" : "/run/tlsrptd/tlsrpt.sock"}`].join("\n");
}

export function socketLines(chroot: boolean): string {
	return ["[collect]", `socket = ${chroot
	    ? "/var/spool/postfix/tlsrpt/tlsrpt.sock" : "/run/tlsrptd/tlsrpt.sock"}`,
		"socket_group = postfix"].join("\n");
}
