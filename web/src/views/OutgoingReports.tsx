// views/OutgoingReports.tsx -- the reports that we made, and where each went.
import type { JSX } from "preact";
import { count, dayLabel } from "../format";
import { apiQuery, link, linkWith, type Place } from "../place";
import { DeliveryBadge } from "../parts/Badge";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Delivery, List, OutgoingReport } from "../types";

/* The query of this page: the filters, and more names of its own. */
function queryOf(place: Place, route: "outgoing" | "deliveries",
    ...names: string[]): string {
	const more: Record<string, string> = {};
	for (const name of names) {
		const value = place.query.get(name);
		if (value) more[name] = value;
	}
	return apiQuery(place, route, more);
}

export function OutgoingReports({ place }: { place: Place }): JSX.Element {
	const path = `outgoing/reports${queryOf(place, "outgoing", "date", "cursor")}`;
	const reports = useResource<List<OutgoingReport>>(path);
	const date = place.query.get("date");
	return <>
		{date && <p><a class="chip" href={linkWith(place, { date: null })}
		    aria-label="Show all days">Only: {dayLabel(date)}
			<span aria-hidden="true"> ×</span></a></p>}
		<Shown of={reports}>{({ rows, next }) => rows.length === 0
		    ? <NoReports place={place} />
		    : <section class="panel">
			<Table caption="Reports that we made" rows={rows} csv={path}
			    keyOf={(row) => row["report-id"]} columns={[
				{ head: "Day", cell: (row) => dayLabel(row.date) },
				{ head: "About", cell: (row) => row.domain },
				{ head: "Succeeded", num: true, cell: (row) =>
				    count(row.succeeded) },
				{ head: "Failed", num: true, cell: (row) => count(row.failed) },
				{ head: "Deliveries", cell: (row) => <States of={row} /> },
				{ head: "Report ID", cell: (row) => <a
				    href={link("outgoing-report", row["report-id"])}>
					<code>{row["report-id"]}</code></a> },
			]} />
			<Pager place={place} next={next} /></section>}</Shown>
	</>;
}

function filtered(place: Place): boolean {
	return ["domain", "delivery-state", "date"].some((name) =>
	    place.query.has(name));
}

function ClearFilters({ place }: { place: Place }): JSX.Element {
	return <p><a href={linkWith(place, { domain: null, date: null,
		"delivery-state": null })}>Take the filters away</a></p>;
}

function NoReports({ place }: { place: Place }): JSX.Element {
	if (filtered(place))
		return <Empty title="No report that these filters let through.">
			<ClearFilters place={place} /></Empty>;
	return <Empty title="No report was made in this range.">A day's reports are
		made once the day (UTC) is over; <a href={linkWith(place,
		    { part: null })}>Days</a> tells which still wait.</Empty>;
}

function NoDeliveries({ place }: { place: Place }): JSX.Element {
	if (filtered(place))
		return <Empty title="No delivery that these filters let through.">
			<ClearFilters place={place} /></Empty>;
	return <Empty title="No delivery.">Reports are sent where{" "}
		<code>deliver.mode</code> is <code>on</code>; until then they are in the
		folder of reports only.</Empty>;
}

function States({ of }: { of: OutgoingReport }): JSX.Element {
	const states = Object.entries(of.deliveries).filter(([, n]) => n > 0);
	if (states.length === 0) return <span class="muted">none</span>;
	return <>{states.map(([state, n]) => <span key={state} class="state">
		{n > 1 && `${count(n)} × `}<DeliveryBadge name={state} /> </span>)}</>;
}

export function Deliveries({ place }: { place: Place }): JSX.Element {
	const path = `outgoing/deliveries${queryOf(place, "deliveries", "cursor")}`;
	const deliveries = useResource<List<Delivery>>(path);
	return <Shown of={deliveries}>{({ rows, next }) => rows.length === 0
		    ? <NoDeliveries place={place} />
		    : <section class="panel">
			<Table caption="Deliveries" rows={rows} csv={path}
			    keyOf={(row) => row.id} columns={[
				{ head: "About", cell: (row) => row.domain },
				{ head: "To", wide: true, cell: (row) => row.uri },
				{ head: "State", cell: (row) => <><DeliveryBadge
				    name={row.state} />
					{row.reason && <span class="reason">{row.reason}</span>}
					</> },
				{ head: "Attempts", num: true, cell: (row) =>
				    count(row.attempts) },
				{ head: "Next attempt", cell: (row) => row["next-at"] === null
				    ? <span class="muted">none</span>
				    : <Time time={row["next-at"]} /> },
				{ head: "Last answer", cell: (row) => row.answer ?? "" },
			]} />
			<Pager place={place} next={next} /></section>}</Shown>;
}
