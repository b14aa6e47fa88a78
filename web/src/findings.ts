// findings.ts -- what was concluded from reports, as one would say it. Pure.
import { plural } from "./format";
import type { FindingRow, Mark } from "./types";
import type { Explained } from "./words";

const JUDGED_USUALLY_MS = 3 * 3_600_000; // it is done each hour

const SEVERITY_WORDS: Record<string, Explained> = {
	critical: { label: "Critical", good: false, text: "Look at it now." },
	warning: { label: "Warning", good: false,
		text: "Look at it today or tomorrow." },
	info: { label: "Note", good: null, text: "Look at it when there is time." },
};
const CONCLUSION_WORDS: Record<string, Explained> = {
	path: { label: "Likely on the path", good: false,
		text: "Somebody or something between the reporter and your servers." },
	configuration: { label: "Likely your configuration", good: null,
		text: "Something that you can mend." },
	reporter: { label: "Likely the reporter's side", good: null,
		text: "Not yours to mend." },
	unknown: { label: "Cannot tell", good: null,
		text: "Nobody can tell from what there is." },
};
const CONFIDENCE_WORDS: Record<string, string> = {
	low: "it may as well be something else",
	medium: "little speaks against it",
	high: "several reporters or days bear it out",
};
const STATE_WORDS: Record<string, Explained> = {
	open: { label: "Open", good: false, text: "Nobody has said more." },
	acknowledged: { label: "Acknowledged", good: null,
		text: "Somebody has seen to it." },
	muted: { label: "Muted", good: null, text: "Nobody is told of it." },
	closed: { label: "Closed", good: true,
		text: "What came lately shows it no more." },
};
const KIND_WORDS: Record<string, string> = {
	"starttls-stripped-on-path": "STARTTLS stripped",
	"foreign-mx": "Foreign MX host", "foreign-address": "Foreign address",
	"starttls-gone": "STARTTLS gone",
	"certificate-intercepted": "Certificate not trusted",
	"certificate-expired": "Certificate expired",
	"certificate-mismatch": "Certificate does not fit",
	"policy-fetch-failing": "Policy not fetched",
	"policy-stale-or-forged": "Policy stale or forged",
	"policy-not-found": "Policy not found",
	"dane-sts-disagree": "DANE and MTA-STS disagree",
	"enforce-failures": "Failures under a policy",
	"reporter-silent": "Reporter silent", "volume-collapsed": "Fewer sessions",
	"record-vanished": "TLSRPT record vanished", "day-late": "Day closed late",
	"report-flood": "Report flood",
	"unauthenticated-contradiction": "Unauthenticated contradiction",
};

export const SEVERITIES: readonly string[] = Object.keys(SEVERITY_WORDS);
export const CONCLUSIONS: readonly string[] = Object.keys(CONCLUSION_WORDS);
export const FINDING_STATES: readonly string[] = Object.keys(STATE_WORDS);
export const KINDS: readonly string[] = Object.keys(KIND_WORDS);

/* A word that this page does not know stays as it is. */
function explained(words: Record<string, Explained>, name: string): Explained {
	return Object.hasOwn(words, name) ? words[name]!
	    : { label: name, text: "", good: null };
}
export const severityWords = (name: string): Explained =>
	explained(SEVERITY_WORDS, name);
export const conclusionWords = (name: string): Explained =>
	explained(CONCLUSION_WORDS, name);
export const findingStateWords = (name: string): Explained =>
	explained(STATE_WORDS, name);
export function kindWords(name: string): string {
	return Object.hasOwn(KIND_WORDS, name) ? KIND_WORDS[name]! : name;
}
export function confidenceWords(name: string): string {
	return Object.hasOwn(CONFIDENCE_WORDS, name) ? CONFIDENCE_WORDS[name]! : "";
}

/** What it is in one sentence, without the full stop. */
export function title(row: FindingRow): string {
	if (row.kind === "enforce-failures" && row.subject === "enforce")
		return "Mail was held back: sessions failed under an enforced policy";
	return (row.meaning || kindWords(row.kind)).replace(/\.$/, "");
}

/** What else it is about: a reporter, host, address or a policy's mode; "" where
 * that says nothing new. */
export function about(row: FindingRow): string {
	if (row.kind === "enforce-failures")
		return row.subject === "enforce" ? "" : `mode ${row.subject}`;
	return row.subject === row.domain ? "" : row.subject;
}

/** "2 critical, 1 note"; names in their order, others behind. */
export function tally(rows: FindingRow[], member: "severity" | "conclusion"):
    string {
	const words = member === "severity" ? severityWords : conclusionWords;
	const known = member === "severity" ? SEVERITIES : CONCLUSIONS;
	const counts = new Map<string, number>(known.map((name) => [name, 0]));
	for (const row of rows)
		counts.set(row[member], (counts.get(row[member]) ?? 0) + 1);
	return [...counts].filter(([, n]) => n > 0).map(([name, n]) =>
	    member === "severity" && name !== "critical"
	        ? plural(n, words(name).label.toLowerCase())
	        : `${n} ${words(name).label.toLowerCase()}`).join(", ");
}

export type Judging = "never" | "late" | "usual";

/** Whether "nothing is found" says anything. */
export function judging(at: string | null, now: number): Judging {
	if (at === null) return "never";
	return now - Date.parse(at) > JUDGED_USUALLY_MS ? "late" : "usual";
}

/** The days on which findings begin, as marks of a chart: one for each day. */
export function findingMarks(rows: FindingRow[]): Mark[] {
	const days = new Map<string, string[]>();
	for (const row of rows) {
		const texts = days.get(row["first-seen"]) ?? [];
		texts.push(title(row));
		days.set(row["first-seen"], texts);
	}
	return [...days].map(([date, texts]) => ({ date, kind: "finding",
		text: `Finding: ${[...new Set(texts)].join("; ")}` }));
}
