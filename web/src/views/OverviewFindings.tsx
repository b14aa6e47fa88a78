// views/OverviewFindings.tsx -- the open findings at a glance, the worst first.
import type { JSX } from "preact";
import { about, conclusionWords, severityWords, tally, title } from "../findings";
import { count, plural } from "../format";
import { link, linkTo, type Place } from "../place";
import { Badge } from "../parts/Badge";
import { Judged } from "../parts/Judged";
import { Shown } from "../parts/Loading";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { FindingRow, Findings } from "../types";

const SHOWN = 6;

export function OverviewFindings({ place }: { place: Place }): JSX.Element {
	const query = new URLSearchParams({ "finding-state": "open", limit: "500" });
	const domain = place.query.get("domain");
	if (domain) query.set("domain", domain);
	const findings = useResource<Findings>(`findings?${query.toString()}`);
	/* That the service is away is said once, above. */
	const shown = findings.data === undefined ? findings
	    : { ...findings, error: undefined };
	return <section class="panel" aria-labelledby="findings">
		<div class="panel-head"><h2 id="findings">Open findings</h2>
			{findings.data && findings.data.rows.length > 0 &&
			    <span class="muted"><Judged at={findings.data["judged-at"]} />
			    </span>}</div>
		<Shown of={shown}>{(data) => data.rows.length === 0
		    ? <p class="none-found">{data["judged-at"] !== null &&
		        "No finding is open. "}<Judged at={data["judged-at"]} /></p>
		    : <Glance data={data} place={place} />}</Shown>
	</section>;
}

function Glance({ data, place }: { data: Findings; place: Place }): JSX.Element {
	const { rows, next } = data;
	const left = rows.length - SHOWN;
	return <>
		<p class="glance"><strong>{tally(rows, "severity")}</strong>
			{next ? ", and more" : ""}; {tally(rows, "conclusion")}</p>
		<ul class="plain glances">{rows.slice(0, SHOWN).map((row) =>
			<Line key={row.id} row={row} place={place} />)}</ul>
		<p class="export"><a href={linkTo(place, "findings")}>{left > 0
		    ? `${next ? "All" : `${count(left)} more, and all`} findings`
		    : `${plural(rows.length, "finding")} with evidence`}</a></p>
	</>;
}

function Line({ row, place }: { row: FindingRow; place: Place }): JSX.Element {
	const subject = about(row);
	return <li>
		<Badge words={severityWords(row.severity)} />
		<span class="glance-text">
			{row.domain !== "" && <><a href={linkTo(place, "domain", row.domain)}>
				{row.domain}</a>: </>}
			<a href={link("finding", row.id)}>{title(row)}</a>
			{subject !== "" && ` (${subject})`}</span>
		<span class="glance-more">{conclusionWords(row.conclusion).label}, since{" "}
			<Time time={row["first-seen"]} /></span>
	</li>;
}
