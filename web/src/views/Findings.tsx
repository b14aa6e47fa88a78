// views/Findings.tsx -- what was concluded from the reports, the gravest first, and
// one finding by itself.
import type { JSX } from "preact";
import { title } from "../findings";
import { plural } from "../format";
import { apiQuery, encode, FINDING_FILTERS, link, linkTo, type Place } from "../place";
import { Empty } from "../parts/Empty";
import { Filters } from "../parts/Filters";
import { Finding } from "../parts/Finding";
import { Judged } from "../parts/Judged";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { CsvLink } from "../parts/Table";
import { useResource } from "../resource";
import type { FindingRow, Findings as Data, FindingWhole, Session }
    from "../types";

interface Props { place: Place; session: Session }

export function Findings({ place, session }: Props): JSX.Element {
	const cursor = place.query.get("cursor");
	const path = `findings${apiQuery(place, "findings",
	    cursor === null ? {} : { cursor })}`;
	const findings = useResource<Data>(path);
	return <>
		<div class="view-head"><h1>Findings</h1>
			{findings.data && <p class="fresh">
				<Judged at={findings.data["judged-at"]} /></p>}</div>
		<Filters place={place} trust={false} range={false}
		    fields={[...FINDING_FILTERS]} />
		<Shown of={findings}>{(data) => data.rows.length === 0
		    ? <NoFindings place={place} at={data["judged-at"]} />
		    : <>{GROUPS.map(([name, has]) => <Group key={name} name={name}
		        rows={data.rows.filter(has)} session={session}
		        changed={findings.again} folded={name === "Closed" &&
		            !place.query.has("finding-state")} />)}
			<Pager place={place} next={data.next} />
			<CsvLink path={path} what="Findings" /></>}</Shown>
	</>;
}

const GROUPS: [string, (row: FindingRow) => boolean][] = [
	["Open", ({ state }) => !["acknowledged", "muted", "closed"].includes(state)],
	["Acknowledged or muted", ({ state }) =>
	    state === "acknowledged" || state === "muted"],
	["Closed", ({ state }) => state === "closed"],
];

function Group({ name, rows, session, changed, folded }: { name: string;
    rows: FindingRow[]; session: Session; changed: () => void; folded: boolean }):
    JSX.Element | null {
	if (rows.length === 0) return null;
	const list = rows.map((row) => <Finding key={row.id} row={row}
	    role={session.role} changed={changed} />);
	return <section class="panel" aria-label={name}>
		<div class="panel-head"><h2>{name}</h2>
			<span class="muted">{plural(rows.length, "finding")}</span></div>
		{folded ? <details class="finding-more"><summary>Show them</summary>
			{list}</details> : list}
	</section>;
}

function NoFindings({ place, at }: { place: Place; at: string | null }):
    JSX.Element {
	if (FINDING_FILTERS.some((name) => place.query.has(name)))
		return <Empty title="No finding is so.">
			<a href={link("findings")}>All findings</a></Empty>;
	return at === null
	    ? <Empty title="Nothing was judged yet."><Judged at={at} /></Empty>
	    : <Empty title="Nothing was found.">
		<p><Judged at={at} /> Findings need reports of some days, best of several
			reporters: what one alone sees is compared with the others.</p>
	    </Empty>;
}

/* -- one by itself -- */

export function OneFinding({ place, session }: Props): JSX.Element {
	const one = useResource<FindingWhole>(`findings/${encode(place.arg)}`);
	const list = <p class="crumb"><a href={linkTo(place, "findings")}>Findings</a></p>;
	if (one.error?.fault === "absent") return <>{list}
		<div class="view-head"><h1>Finding</h1></div>
		<Empty title="There is no such finding that you can see.">
			<a href={link("findings")}>All findings</a></Empty></>;
	return <>{list}
		<Shown of={one}>{(row) => <>
			<div class="view-head"><h1>{title(row)}</h1></div>
			<section class="panel" aria-label="The finding">
				<Finding row={row} role={session.role} changed={one.again}
				    whole={row} />
			</section></>}</Shown></>;
}
