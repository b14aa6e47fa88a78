// views/Collectors.tsx -- the machines that receive our sessions: how far behind
// each is, and what was lost or repaired.
import type { JSX } from "preact";
import { count, duration } from "../format";
import { link } from "../place";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Collector, List } from "../types";

const LATE_S = 900;
/* What is gone for good, before what was refused or mended. */
const LOST = ["discarded", "torn", "oversize", "denied", "empty"];

export function Collectors(): JSX.Element {
	const collectors = useResource<List<Collector>>("collectors");
	return <>
		<div class="view-head"><h1>Collectors</h1>
			<p class="fresh">Machines that receive what our mail servers tell</p>
		</div>
		<Shown of={collectors}>{({ rows }) => rows.length === 0
		    ? <Empty title="No collector has been seen.">Role <code>collect</code>{" "}
			of tlsrptd is one: start it, then <a href={link("setup-dns")}>connect a
			mail server</a>.</Empty>
		    : <div class="cards">{rows.map((one) =>
			<Card key={one.collector} of={one} />)}</div>}</Shown>
	</>;
}

function Card({ of }: { of: Collector }): JSX.Element {
	const lag = of["lag-seconds"];
	const late = !of.forgotten && lag !== null && lag > LATE_S;
	return <section class="panel" aria-label={of.host ?? of.collector}>
		<header class="panel-head"><h2>{of.host ?? "unnamed host"}</h2>
			{of.forgotten ? <span class="badge">Forgotten</span>
			    : late ? <span class="badge badge-bad">Behind</span>
			    : <span class="badge badge-good">Up to date</span>}</header>
		<dl class="facts">
			<dt>Behind by</dt><dd class={late ? "unsent" : ""}>
				{lag === null ? "not known" : duration(lag)}</dd>
			<dt>Seen</dt><dd><Time time={of["seen-at"]} relative /></dd>
			<dt>In the store up to</dt><dd><Time time={of.watermark} /></dd>
			<dt>Identity</dt><dd><code>{of.collector}</code></dd>
		</dl>
		<Counters of={of.counters} />
	</section>;
}

function Counters({ of }: { of: Record<string, number> }): JSX.Element {
	const names = Object.keys(of);
	const rest = names.filter((name) => !LOST.includes(name));
	const lost = LOST.filter((name) => (of[name] ?? 0) > 0);
	return <>
		<h3>Lost</h3>
		{lost.length === 0 ? <p class="muted">Nothing.</p>
		    : <Numbers names={lost} of={of} bad />}
		<h3>Received</h3>
		<Numbers names={rest.filter((name) => !isFault(name))} of={of} />
		{rest.some((name) => isFault(name) && of[name]! > 0) && <>
			<h3>Refused, repaired or folded</h3>
			<Numbers of={of} names={rest.filter((name) => isFault(name) &&
			    of[name]! > 0)} /></>}
	</>;
}

function isFault(name: string): boolean {
	return /^(refused|repaired|folded)-/.test(name);
}

function Numbers({ names, of, bad = false }: { names: string[];
    of: Record<string, number>; bad?: boolean }): JSX.Element {
	return <dl class="numbers">{names.map((name) => <div key={name}>
		<dt>{name}</dt><dd class={bad ? "unsent" : ""}>{count(of[name])}</dd>
	</div>)}</dl>;
}
