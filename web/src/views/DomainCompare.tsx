// views/DomainCompare.tsx -- MTA-STS against DANE: where the same reporter saw one
// pass and the other fail on the same day.
import type { JSX } from "preact";
import { count, dayLabel } from "../format";
import { TrustBadge } from "../parts/Badge";
import { Shown } from "../parts/Loading";
import { Table } from "../parts/Table";
import { useResource } from "../resource";
import type { CompareRow, List, Outcome } from "../types";

const SHOWN = 30;

export function Compare({ path, query }: { path: string; query: string }):
    JSX.Element {
	const full = `${path}/compare${query}`;
	const compare = useResource<List<CompareRow>>(full);
	return <section class="panel" aria-labelledby="compare">
		<h2 id="compare">MTA-STS against DANE</h2>
		<p class="hint">Days on which a reporter saw one pass and the other fail. Such
			a difference is a mistake in one of the two, not in the network.</p>
		<Shown of={compare}>{({ rows }) => <Differences rows={rows} csv={full} />}
		</Shown>
	</section>;
}

/** One of the two failed somewhere, and the other nowhere. */
export function differ(row: CompareRow): boolean {
	if (row.sts === null || row.tlsa === null) return false;
	return ((row.sts.failed ?? 0) > 0) !== ((row.tlsa.failed ?? 0) > 0);
}

function Differences({ rows, csv }: { rows: CompareRow[]; csv: string }):
    JSX.Element {
	const both = rows.filter((row) => row.sts !== null && row.tlsa !== null);
	const different = rows.filter(differ);
	if (both.length === 0)
		return <p class="muted">No reporter told of both on the same day.</p>;
	if (different.length === 0)
		return <p>They agree in all {count(both.length)} cases in which a reporter told
			of both.</p>;
	return <Table caption="Days on which MTA-STS and DANE differ" csv={csv}
	    rows={different.slice(0, SHOWN)} columns={[
		{ head: "Day", cell: (row) => dayLabel(row.date) },
		{ head: "Reporter", cell: (row) => <>{row.reporter}{" "}
			{row.trust === "unauthenticated" && <TrustBadge name={row.trust} />}
			</> },
		{ head: "MTA-STS", cell: (row) => <Both of={row.sts} /> },
		{ head: "DANE", cell: (row) => <Both of={row.tlsa} /> },
	]} />;
}

function Both({ of }: { of: Outcome | null }): JSX.Element {
	if (of === null) return <span class="muted">not seen</span>;
	const bad = (of.failed ?? 0) > 0;
	return <span class={bad ? "unsent" : ""}>{bad ? `${count(of.failed)} failed`
	    : `${count(of.succeeded)} passed`}</span>;
}
