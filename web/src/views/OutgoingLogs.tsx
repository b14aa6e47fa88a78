// views/OutgoingLogs.tsx -- what the logs of our mail servers told: sessions in
// clear text are in no datagram.
import type { JSX } from "preact";
import { count, dayLabel } from "../format";
import { apiQuery, linkTo, linkWith, type Place } from "../place";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { useResource } from "../resource";
import type { List, LogRow } from "../types";
import { levelWords, tlsWords } from "../words";

export function OutgoingLogs({ place }: { place: Place }): JSX.Element {
	const cursor = place.query.get("cursor");
	const path = `outgoing/logs${apiQuery(place, "logs",
	    cursor === null ? {} : { cursor })}`;
	const logs = useResource<List<LogRow>>(path);
	return <Shown of={logs}>{({ rows, next }) => rows.length === 0
	    ? <NoLogs place={place} />
	    : <section class="panel"><h2>Sessions that logs told of</h2>
		<Table caption="Sessions that logs told of" rows={rows} csv={path}
		    columns={[
			{ head: "Day", cell: (row) => dayLabel(row.date) },
			{ head: "To", wide: true, cell: (row) => <Host row={row}
			    place={place} /> },
			{ head: "Protection", cell: (row) => levelWords(row.level).label },
			{ head: "What the log says", cell: (row) => tlsWords(row.tls) },
			{ head: "Sessions", num: true, cell: (row) => count(row.sessions) },
			{ head: "Of which in reports", num: true,
			    title: "by a datagram, or by the log where that is switched on",
			    cell: (row) =>
			    count(row["with-datagram"] + row["in-reports"]) },
		]} />
		<Pager place={place} next={next} /></section>}</Shown>;
}

function Host({ row, place }: { row: LogRow; place: Place }): JSX.Element {
	return <><a href={linkWith(place, { domain: row.domain })}>{row.domain}</a>
		<span class="reason">{row["mx-host"] ?? "a host not told"}{" "}
			{row["receiving-ip"] && <code>{row["receiving-ip"]}</code>}</span></>;
}

function NoLogs({ place }: { place: Place }): JSX.Element {
	if (["domain", "level"].some((name) => place.query.has(name)))
		return <Empty title="No session that these filters let through.">
			<p><a href={linkWith(place, { domain: null, level: null })}>
				Take the filters away</a></p></Empty>;
	return <Empty title="No log told of a session in this range.">
		<p>Datagrams tell nothing of mail in clear text; logs do. Name them
			in <code>collect.logs</code>, or hand them
			to <code>tlsrpt tail --store</code>. Sessions by datagram are
			under <a href={linkTo(place, "outgoing")}>Days</a>.</p></Empty>;
}
