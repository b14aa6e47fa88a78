// views/DomainPolicies.tsx -- the policies as reporters saw them, newest first:
// whether all see the current one, and since when.
import type { ComponentChildren, JSX } from "preact";
import { count, cut, plural } from "../format";
import { TrustBadge } from "../parts/Badge";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { List, PolicySeen } from "../types";
import { policyWords } from "../words";

export function Policies({ path, query }: { path: string; query: string }):
    JSX.Element {
	const full = `${path}/policies${query}`;
	const seen = useResource<List<PolicySeen>>(full);
	return <section class="panel" aria-labelledby="policies">
		<h2 id="policies">Policies that reporters saw</h2>
		<p class="hint">Compare them with what you publish now: an old one that is
			still seen is cached, a missing one may be blocked on the way.</p>
		<Shown of={seen}>{({ rows }) => rows.length === 0
		    ? <Empty title="No policy was reported." />
		    : <Table caption="Policies that reporters saw" csv={full}
		        rows={[...rows].sort((a, b) =>
		            a["last-seen"] < b["last-seen"] ? 1 : -1)}
		        columns={[
			{ head: "Policy", wide: true, cell: (row) => <PolicyHead
			    type={row["policy-type"]} of={row["policy-domain"]}>
				{row.trust === "unauthenticated" &&
				    <TrustBadge name={row.trust} />}</PolicyHead> },
			{ head: "Text", wide: true, cell: (row) => <PolicyText policy={row} /> },
			{ head: "Seen by", cell: (row) => <Reporters names={row.reporters} /> },
			{ head: "Sessions", num: true, cell: (row) => count(row.sessions) },
			{ head: "Failed", num: true, cell: (row) => count(row.failures) },
			{ head: "First seen", cell: (row) => <Time time={row["first-seen"]} /> },
			{ head: "Last seen", cell: (row) => <Time time={row["last-seen"]} /> },
		]} />}</Shown>
	</section>;
}

/** What it is, and whose. */
export function PolicyHead({ type, of, children }: { type: string;
    of: string | null; children?: ComponentChildren }): JSX.Element {
	return <><strong>{policyWords(type)}</strong> {children}
		<span class="reason">of {of || "a domain not told"}</span></>;
}

/** A policy's strings, a line each; folded where they are many or long. */
export function PolicyText({ policy }: { policy: { "policy-string": string[];
    "mx-host": string[] } }): JSX.Element {
	const lines = policy["policy-string"];
	if (lines.length === 0)
		return <span class="muted">no text</span>;
	const text = lines.join("\n");
	if (text.length <= 90)
		return <code class="policy-text">{text}</code>;
	return <details><summary><code>{cut(lines.slice(0, 2).join("; "), 60)}</code>
		</summary>
		<pre class="policy-text">{text}</pre>
		{policy["mx-host"].length > 0 && <p class="muted">mx-host:{" "}
			{policy["mx-host"].join(", ")}</p>}</details>;
}

function Reporters({ names }: { names: string[] }): JSX.Element {
	const first = names.slice(0, 3).join(", ");
	return names.length <= 3 ? <span>{first}</span>
	    : <span title={names.join(", ")}>{first} and{" "}
		{plural(names.length - 3, "other")}</span>;
}
