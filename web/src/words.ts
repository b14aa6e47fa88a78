// words.ts -- what the page calls things, and the sentence that explains each.
import type { Level, Levels } from "./types";

/** From best to worst; never added up into one percentage. */
export const LEVELS: readonly Level[] = ["authenticated", "testing", "encrypted",
	"cleartext-or-unknown", "not-sent"];

interface LevelWords { label: string; text: string }
export const LEVEL_WORDS: Record<Level, LevelWords> = {
	authenticated: { label: "Authenticated",
		text: "Encrypted, and the server proved its name: DANE, or MTA-STS " +
		    "in mode enforce." },
	testing: { label: "Testing",
		text: "The server proved its name under MTA-STS in mode testing, " +
		    "which would not have stopped a delivery." },
	encrypted: { label: "Encrypted, peer unknown",
		text: "Encrypted, but no policy said whose server it must be." },
	"cleartext-or-unknown": { label: "Cleartext or unknown",
		text: "TLS failed and no policy forbade delivery: the mail may " +
		    "have gone unprotected." },
	"not-sent": { label: "Not sent",
		text: "TLS failed and an enforced policy forbade sending over this " +
		    "session. The mail may have gone later, or another way." },
};

/** A word of the API that this page does not know stays as it is. */
export function levelWords(level: string | null): LevelWords {
	return level !== null && Object.hasOwn(LEVEL_WORDS, level)
	    ? LEVEL_WORDS[level as Level]
	    : { label: level ?? "Not known yet", text: "" };
}

export const FAILING: readonly Level[] = ["cleartext-or-unknown", "not-sent"];

export function total(levels: Levels): number {
	return LEVELS.reduce((sum, level) => sum + levels[level], 0);
}

export function failing(levels: Levels): number {
	return FAILING.reduce((sum, level) => sum + levels[level], 0);
}

export const NO_LEVELS: Levels = { authenticated: 0, testing: 0, encrypted: 0,
	"cleartext-or-unknown": 0, "not-sent": 0 };

/* What a mail server's log tells of TLS. */
const TLS_WORDS: Record<string, string> = {
	verified: "verified as the policy demands",
	"verified-no-policy": "a good certificate, which no policy demanded",
	encrypted: "encrypted, not verified",
	"not-told": "nothing of TLS",
	none: "in clear text, where TLS would have been used",
	off: "in clear text, because TLS is switched off",
	"starttls-not-offered": "STARTTLS was a must and not offered",
	"starttls-refused": "STARTTLS was refused",
	"handshake-failed": "the TLS handshake failed",
	"not-verified": "the server was not who it must be",
};

export function tlsWords(tls: string): string {
	return TLS_WORDS[tls] ?? tls;
}

/* Result types of RFC 8460 s4.3, as one would say them. */
const RESULT_WORDS: Record<string, string> = {
	"starttls-not-supported": "STARTTLS was not offered",
	"certificate-host-mismatch": "The certificate is for another name",
	"certificate-expired": "The certificate has expired",
	"certificate-not-trusted": "The certificate is not trusted",
	"validation-failure": "TLS failed for another reason",
	"tlsa-invalid": "No TLSA record was usable",
	"dnssec-invalid": "The DNSSEC answer did not validate",
	"dane-required": "DANE was required, and there was none",
	"sts-policy-fetch-error": "The MTA-STS policy could not be fetched",
	"sts-policy-invalid": "The MTA-STS policy is malformed",
	"sts-webpki-invalid": "The MTA-STS policy host's certificate is not valid",
};

/** In words; a type that the registry does not know is told as it stands. */
export function resultWords(type: string): string {
	return Object.hasOwn(RESULT_WORDS, type) ? RESULT_WORDS[type]! : type;
}

export const RESULT_TYPES: readonly string[] = Object.keys(RESULT_WORDS);

/** A mark of a domain's chart in one line. */
export function markWords(kind: string, text: string): string {
	if (kind === "finding") return text;
	const [, head = "", rest = ""] = /^([^:]*): ([^]*)$/.exec(text) ?? [];
	if (head === "") return text;
	if (kind === "certificate") return `${resultWords(head)}: ${rest}`;
	const [type = "", ...of] = head.split(" ");
	const lines = rest.split("\n").join("; ");
	return `${kind === "mx" ? "Other MX hosts" : "Another policy"}, ` +
	    `${policyWords(type)} of ${of.join(" ")}: ${lines}`;
}

const POLICY_WORDS: Record<string, string> = { sts: "MTA-STS", tlsa: "DANE (TLSA)",
	"no-policy-found": "No policy found" };

export function policyWords(type: string): string {
	return Object.hasOwn(POLICY_WORDS, type) ? POLICY_WORDS[type]! : type;
}

export interface Explained { label: string; text: string; good: boolean | null }

/* How far a report is to be believed, and what became of it. good: null is
 * neither good nor bad. */
const TRUST_WORDS: Record<string, Explained> = {
	authenticated: { label: "Authenticated", good: true,
		text: "A DKIM signature of the reporter's domain vouches for it." },
	unaligned: { label: "Unaligned", good: false,
		text: "A DKIM signature is right, but it is of another domain than " +
		    "the report." },
	unauthenticated: { label: "Unauthenticated", good: null,
		text: "It came by HTTPS, where nothing tells who sent it." },
	unverifiable: { label: "Unverifiable", good: null,
		text: "The keys of its signatures could not be had." },
	unsigned: { label: "Unsigned", good: false,
		text: "The mail has no DKIM signature." },
	failed: { label: "Signature fails", good: false,
		text: "The mail has DKIM signatures, and none of them is right." },
	counted: { label: "Counted", good: null, text: "It was read, and it counts." },
	untrusted: { label: "Untrusted", good: false,
		text: "No signature vouches for it: it does not count." },
	duplicate: { label: "Duplicate", good: null,
		text: "The same report counts already." },
	contradicted: { label: "Contradicted", good: false,
		text: "Another report of the same name and range counts." },
	foreign: { label: "Foreign", good: null,
		text: "Nothing in it is about a domain of ours." },
	implausible: { label: "Implausible", good: false,
		text: "Its range or its numbers cannot be true: it does not count." },
	unreadable: { label: "Unreadable", good: false,
		text: "No TLS report could be read." },
	waiting: { label: "Waiting", good: null,
		text: "DNS gave no answer about its keys yet; it does not count " +
		    "before." },
};

/* What the API calls them; the words above have both. */
export const VERDICTS: readonly string[] = ["authenticated", "unauthenticated",
	"unaligned", "unsigned", "failed", "unverifiable"];
export const STATES: readonly string[] = ["counted", "untrusted", "duplicate",
	"contradicted", "foreign", "implausible", "unreadable", "waiting"];

export function trustWords(name: string): Explained {
	return Object.hasOwn(TRUST_WORDS, name) ? TRUST_WORDS[name]!
	    : { label: name, text: "", good: null };
}

const DELIVERY_WORDS: Record<string, Explained> = {
	queued: { label: "Queued", good: null, text: "Waits for its first attempt." },
	retrying: { label: "Retrying", good: false,
		text: "An attempt failed; another will come." },
	"handed-over": { label: "Handed over", good: true,
		text: "A mail program or relay took it." },
	accepted: { label: "Accepted", good: true,
		text: "The destination's server took it." },
	"given-up": { label: "Given up", good: false,
		text: "It will not be tried again." },
	cancelled: { label: "Cancelled", good: null, text: "The operator stopped it." },
	shadow: { label: "Shadow", good: null,
		text: "Everything was done but sending." },
	suppressed: { label: "Suppressed", good: null,
		text: "It is kept from that destination or domain." },
	"record-vanished": { label: "Record vanished", good: null,
		text: "DNS does not ask for it any more." },
};

export const DELIVERY_STATES: readonly string[] = Object.keys(DELIVERY_WORDS);

export function deliveryWords(name: string): Explained {
	return Object.hasOwn(DELIVERY_WORDS, name) ? DELIVERY_WORDS[name]!
	    : { label: name, text: "", good: null };
}

const WAY_WORDS: Record<string, string> = { https: "HTTPS", lmtp: "mail (LMTP)",
	imap: "mail (IMAP)", file: "a file" };

export function wayWords(way: string): string {
	return Object.hasOwn(WAY_WORDS, way) ? WAY_WORDS[way]! : way;
}

/** Of which a view that is filtered by trust tells. */
export function reportWords(trust: string | null): string {
	if (trust === "all") return "report";
	return trust === "unauthenticated" ? "unauthenticated report"
	    : "authenticated report";
}
