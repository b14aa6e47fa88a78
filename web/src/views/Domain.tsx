// views/Domain.tsx -- one domain: its days, what failed and what to do about
// it, the policies that reporters saw, and whether enforce is safe.
import type { JSX } from "preact";
import { ChartFrame } from "../charts/ChartFrame";
import { FailuresOnly } from "../charts/FailuresOnly";
import { Legend } from "../charts/Legend";
import { levelsShown } from "../charts/scale";
import { StackedDays } from "../charts/StackedDays";
import { findingMarks } from "../findings";
import { count } from "../format";
import { apiQuery, encode, link, linkTo, rangeOf, type Place } from "../place";
import { Empty } from "../parts/Empty";
import { Filters } from "../parts/Filters";
import { Beside, LevelFigures, LevelStrip } from "../parts/Levels";
import { LevelTable } from "../parts/LevelTable";
import { Shown } from "../parts/Loading";
import { useResource } from "../resource";
import type { DayRow, Days, Findings as FindingsData, Levels, Mark, Session }
    from "../types";
import { LEVELS, markWords, NO_LEVELS } from "../words";
import { Compare } from "./DomainCompare";
import { DomainFindings, findingsSince } from "./DomainFindings";
import { Failures } from "./DomainFailures";
import { Policies } from "./DomainPolicies";
import { ReadinessPanel } from "./DomainReadiness";

const FIELDS = ["reporter", "result-type", "level", "mx", "receiving-ip",
	"sending-ip"] as const;

export function Domain({ place, session }: { place: Place; session: Session }):
    JSX.Element {
	const path = `domains/${encode(place.arg)}`;
	const query = apiQuery(place, "sessions");
	const dayQuery = apiQuery(place, "policies");
	const days = useResource<Days>(`${path}/days${dayQuery}`);
	const findings = useResource<FindingsData>(days.error?.fault === "absent" ? null
	    : `findings?domain=${encode(place.arg)}&limit=200`);
	const { from } = rangeOf(place.query, Date.now());
	if (days.error?.fault === "absent") return <Unknown name={place.arg} />;
	return <>
		<p class="crumb"><a href={linkTo(place, "overview")}>Overview</a></p>
		<div class="view-head"><h1>{place.arg}</h1>
			<p class="fresh"><a href={linkTo(place, "reports", "",
			    { domain: place.arg })}>Reports about it</a></p></div>
		<Filters place={place} more={[...FIELDS]} />
		<Shown of={days}>{(data) => data.rows.every((row) => row.levels === null)
		    ? <NoReports place={place} />
		    : <DayPanels data={data} place={place} path={path + "/days" + dayQuery}
		        more={findingMarks(findingsSince(findings.data?.rows ?? [],
		            from))} />
		}</Shown>
		<DomainFindings of={findings} from={from} role={session.role} />
		<Failures place={place} path={path} query={query} />
		<div class="columns halves last">
			<ReadinessPanel path={path} query={apiQuery(place, "range")} />
			<Compare path={path} query={apiQuery(place, "policies")} />
		</div>
		<Policies path={path} query={apiQuery(place, "policies")} />
	</>;
}

export function sum(rows: { levels: Levels | null }[]): Levels {
	const all = { ...NO_LEVELS };
	for (const { levels } of rows)
		if (levels !== null)
			for (const level of LEVELS) all[level] += levels[level];
	return all;
}

function DayPanels({ data, place, path, more }: { data: Days; place: Place;
    path: string; more: Mark[] }): JSX.Element {
	const marks = [...(data.marks ?? []), ...more];
	const levels = sum(data.rows);
	const failures = place.query.get("scale") === "failures";
	const rows = [...data.rows].sort((a, b) => a.date < b.date ? -1 : 1);
	return <>
		<section class="panel" aria-label="Sessions in this range">
			<LevelStrip levels={levels} tall />
			<LevelFigures levels={levels} />
			<Beside levels={sum(data.rows.map((row) =>
			    ({ levels: row.unauthenticated ?? null })))} place={place} />
		</section>
		<ChartFrame id="days" title="Sessions per day (UTC)"
		    tools={<FailuresOnly place={place} />}
		    chart={() => <><StackedDays label={`Sessions per day of ${place.arg}`}
		        rows={rows} marks={marks} failuresOnly={failures} />
			<Legend levels={levelsShown(failures)} />
			{marks.length > 0 && <p class="hint marks-hint">
				A mark is a day of change: reporters first saw another policy
				(diamond) or MX host (hollow), failures of certificates began
				or were over (triangle), or a finding began (square).</p>}</>}
		    table={() => <DayTable rows={[...rows].reverse()} path={path}
		        marks={marks} />} />
	</>;
}

function DayTable({ rows, path, marks }: { rows: DayRow[]; path: string;
    marks: Mark[] }): JSX.Element {
	return <LevelTable caption="Sessions per day" rows={rows} csv={path} more={[
		{ head: "Reporters", num: true, cell: (row) =>
		    row.levels === null ? "" : count(row.reporters) },
		...(marks.length === 0 ? [] : [{ head: "Changes", cell: (row: DayRow) =>
		    marks.filter((mark) => mark.date === row.date).map((mark, i) =>
			<p key={i}>{markWords(mark.kind, mark.text)}</p>) }]),
	]} />;
}

function Unknown({ name }: { name: string }): JSX.Element {
	return <><h1>{name}</h1>
		<Empty title="This is none of the domains that you can see here.">
			<p>If it is yours, tell the service:{" "}
				<code>tlsrpt domain add NAME</code>. Or go to the{" "}
				<a href={link("overview")}>Overview</a>.</p></Empty></>;
}

function NoReports({ place }: { place: Place }): JSX.Element {
	return <Empty title="No report about this domain in this range.">
		<p>That is no data, not success. Choose a longer range, take filters away,
			or look whether the record asks the right place:{" "}
			<a href={linkTo(place, "setup-dns", "", { name: place.arg })}>what the
			TXT record should say</a>.</p></Empty>;
}
