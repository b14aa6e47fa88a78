// views/DomainFindings.tsx -- what was concluded about one domain: what is there,
// and, folded away, what was over in the days that are shown.
import type { JSX } from "preact";
import { plural } from "../format";
import { Finding } from "../parts/Finding";
import { Judged } from "../parts/Judged";
import { Shown } from "../parts/Loading";
import type { Resource } from "../resource";
import type { FindingRow, Findings, Role } from "../types";

/** Those that are not closed, and those seen since a day. */
export function findingsSince(rows: FindingRow[], from: string): FindingRow[] {
	return rows.filter((row) => row.state !== "closed" ||
	    row["last-seen"] >= from);
}

export function DomainFindings({ of, from, role }: { of: Resource<Findings>;
    from: string; role: Role | null }): JSX.Element {
	return <section class="panel" aria-labelledby="findings">
		<div class="panel-head"><h2 id="findings">Findings</h2>
			{of.data && <span class="muted"><Judged at={of.data["judged-at"]} />
			</span>}</div>
		<Shown of={of}>{(data) => <Listed rows={findingsSince(data.rows, from)}
		    role={role} changed={of.again} judged={data["judged-at"] !== null} />}
		</Shown>
	</section>;
}

function Listed({ rows, role, changed, judged }: { rows: FindingRow[];
    role: Role | null; changed: () => void; judged: boolean }): JSX.Element {
	const now = rows.filter((row) => row.state !== "closed");
	const over = rows.filter((row) => row.state === "closed");
	const all = (some: FindingRow[]): JSX.Element[] => some.map((row) =>
	    <Finding key={row.id} row={row} role={role} changed={changed} named />);
	return <>
		{now.length === 0 && judged &&
		    <p class="none-found">Nothing is found at the moment.</p>}
		{all(now)}
		{over.length > 0 && <details class="finding-more"><summary>
			{plural(over.length, "finding")} of these days closed</summary>
			{all(over)}</details>}
	</>;
}
