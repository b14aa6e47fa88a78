// views/Outgoing.tsx -- the other direction: what our own MTAs saw, the reports
// we made of it, and whether they arrived.
import type { JSX } from "preact";
import { ChartFrame } from "../charts/ChartFrame";
import { FailuresOnly } from "../charts/FailuresOnly";
import { Legend } from "../charts/Legend";
import { levelsShown } from "../charts/scale";
import { StackedDays } from "../charts/StackedDays";
import { addDays, count, dayLabel, daysBetween } from "../format";
import { apiQuery, linkTo, linkWith, rangeOf, type Filter, type Place }
    from "../place";
import { Empty } from "../parts/Empty";
import { Filters } from "../parts/Filters";
import { LevelTable } from "../parts/LevelTable";
import { Shown } from "../parts/Loading";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { DayRow, List, OutgoingDay } from "../types";
import { OutgoingLogs } from "./OutgoingLogs";
import { Deliveries, OutgoingReports } from "./OutgoingReports";

const PARTS: [string, string][] = [["", "Days"], ["reports", "Reports"],
	["deliveries", "Deliveries"], ["logs", "Logs"]];

export function Outgoing({ place }: { place: Place }): JSX.Element {
	const part = place.query.get("part") ?? "";
	return <>
		<div class="view-head"><h1>Outgoing</h1>
			<p class="fresh">What our mail servers saw, and the reports that we
				sent about it</p></div>
		<Filters place={place} trust={false} range={part !== "deliveries"}
		    fields={fieldsOf(part)} />
		<nav class="tabs" aria-label="Parts">{PARTS.map(([key, label]) =>
			<a key={key} aria-current={key === part ? "true" : undefined}
			    href={linkWith(place, { part: key, date: null })}>
				{label}</a>)}</nav>
		{part === "reports" ? <OutgoingReports place={place} />
		    : part === "deliveries" ? <Deliveries place={place} />
		    : part === "logs" ? <OutgoingLogs place={place} />
		    : <OutgoingDays place={place} />}
	</>;
}

function fieldsOf(part: string): Filter[] {
	if (part === "") return [];
	return ["domain", part === "logs" ? "level" : "delivery-state"];
}

function OutgoingDays({ place }: { place: Place }): JSX.Element {
	const path = `outgoing/days${apiQuery(place, "range")}`;
	const days = useResource<List<OutgoingDay>>(path);
	return <Shown of={days}>{({ rows }) => rows.length === 0
	    ? <NoDays place={place} />
	    : <>{rows.some((row) => row.levels) && <DayChart rows={rows}
		place={place} />}
		<section class="panel"><h2>Days and their reports</h2>
			<DayTable rows={newestFirst(rows)} place={place} path={path} /></section></>}
	</Shown>;
}

function newestFirst(rows: OutgoingDay[]): OutgoingDay[] {
	return [...rows].sort((a, b) => a.date < b.date ? 1 : -1);
}

/* The service tells of the days that have sessions; on the axis are all. */
function allDays(rows: OutgoingDay[], place: Place): DayRow[] {
	const { from, to } = rangeOf(place.query, Date.now());
	const told = new Map(rows.map((row) => [row.date, asDay(row)]));
	return Array.from({ length: daysBetween(from, to) + 1 }, (_, i) => {
		const date = addDays(from, i);
		return told.get(date) ?? { date, levels: null, sessions: null,
			failures: null, reporters: null };
	});
}

function DayChart({ rows, place }: { rows: OutgoingDay[]; place: Place }):
    JSX.Element {
	const days = allDays(rows, place);
	const failures = place.query.get("scale") === "failures";
	return <ChartFrame id="sent" title="Sessions of our mail servers per day (UTC)"
	    tools={<FailuresOnly place={place} />}
	    chart={() => <><StackedDays label="Sessions of our mail servers per day"
	        rows={days} failuresOnly={failures}
	        none="no session, or none told of" />
		<Legend levels={levelsShown(failures)} /></>}
	    table={() => <LevelTable caption="Sessions per day"
	        rows={days.filter((row) => row.levels !== null).reverse()} />} />;
}

function asDay(row: OutgoingDay): DayRow {
	return { date: row.date, levels: row.levels ?? null, reporters: null,
		sessions: row["sessions-succeeded"] + row["sessions-failed"],
		failures: row["sessions-failed"] };
}

function DayTable({ rows, place, path }: { rows: OutgoingDay[]; place: Place;
    path: string }): JSX.Element {
	return <Table caption="Days and their reports" rows={rows} csv={path} columns={[
		{ head: "Day", cell: (row) => dayLabel(row.date) },
		{ head: "Succeeded", num: true, cell: (row) =>
		    count(row["sessions-succeeded"]) },
		{ head: "Failed", num: true, cell: (row) =>
		    <span class={row["sessions-failed"] > 0 ? "clear" : "zero"}>
			{count(row["sessions-failed"])}</span> },
		{ head: "Domains", num: true, cell: (row) => count(row.domains) },
		{ head: "Reports", num: true, cell: (row) => <a href={linkTo(place,
		    "outgoing", "", { part: "reports", date: row.date })}>
			{count(row.reports)}</a> },
		{ head: "State", cell: (row) => <DayState row={row} /> },
	]} />;
}

/* A day is late when it is over and somebody's sessions are still missing. */
function DayState({ row }: { row: OutgoingDay }): JSX.Element {
	const late = row.missing.length > 0;
	return <><span class={`badge badge-${late ? "bad" : "even"}`}>
		{row.state === "closed" ? "Closed" : "Open"}</span>{" "}
		{row["closed-at"] !== null && <span class="muted">
			<Time time={row["closed-at"]} />
			{row["closed-by"] && ` by ${row["closed-by"]}`}</span>}
		{late && <span class="reason">Without {row.missing.join(", ")}</span>}</>;
}

function NoDays({ place }: { place: Place }): JSX.Element {
	return <Empty title="Our mail servers have told of no session in this range.">
		<p>Connect one: <a href={linkTo(place, "setup-dns")}>lines for Postfix</a>.
			Whether its datagrams arrive is told by{" "}
			<a href={linkTo(place, "collectors")}>Collectors</a>.</p></Empty>;
}
