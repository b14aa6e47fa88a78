// views/DomainReadiness.tsx -- may MTA-STS go from testing to enforce? With what
// that rests on, as silence is no yes.
import type { JSX } from "preact";
import { count } from "../format";
import { Shown } from "../parts/Loading";
import { useResource } from "../resource";
import type { Readiness } from "../types";

const ANSWERS = {
	yes: { text: "Yes, as far as reporters can tell", mood: "good" },
	no: { text: "No", mood: "bad" },
	unknown: { text: "Not known", mood: "even" },
};

export function ReadinessPanel({ path, query }: { path: string; query: string }):
    JSX.Element {
	const readiness = useResource<Readiness>(`${path}/readiness${query}`);
	return <section class="panel" aria-labelledby="ready">
		<h2 id="ready">Is MTA-STS ready for mode enforce?</h2>
		<Shown of={readiness}>{(data) => <Answer data={data} />}</Shown>
	</section>;
}

function Answer({ data }: { data: Readiness }): JSX.Element {
	const { text, mood } = ANSWERS[data.ready] ?? ANSWERS.unknown;
	const { basis } = data;
	return <>
		<p class={`answer answer-${mood}`}>{text}</p>
		{data.reasons.length > 0 && <ul class="reasons">{data.reasons.map(
		    (reason) => <li key={reason}>{reason}</li>)}</ul>}
		<p class="side-head muted">What this rests on</p>
		<dl class="basis">
			<Basis label="Days with data" n={basis.days} />
			<Basis label="Reporters" n={basis.reporters} />
			<Basis label="Sessions" n={basis.sessions} />
			<Basis label="Failed" n={basis.failures} />
			<Basis label="Unreadable reports" n={basis.unreadable} />
			<Basis label="Silent reporters" n={basis["silent-reporters"]} />
		</dl>
	</>;
}

function Basis({ label, n }: { label: string; n: number }): JSX.Element {
	return <div><dt>{label}</dt><dd>{count(n)}</dd></div>;
}
