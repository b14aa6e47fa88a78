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
	enforced: { text: "It is enforced already", mood: "good" },
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
	const { basis } = data;
	const ready = data.ready === "unknown" && (basis.enforced ?? 0) > 0
	    ? "enforced" : data.ready;
	const { text, mood } = ANSWERS[ready] ?? ANSWERS.unknown;
	return <>
		<p class={`answer answer-${mood}`}>{text}</p>
		{data.reasons.length > 0 && <ul class="reasons">{data.reasons.map(
		    (reason) => <li key={reason}>{reason}</li>)}</ul>}
		<p class="side-head muted">What this rests on</p>
		<dl class="basis">
			{ready === "enforced" && <Basis label="Sessions under enforce"
			    n={basis.enforced ?? 0} />}
			<Basis label="Days in testing" n={basis.days} />
			<Basis label="Reporters" n={basis.reporters} />
			<Basis label="Sessions in testing" n={basis.sessions} />
			<Basis label="Failed" n={basis.failures} />
			<Basis label="Unreadable reports" n={basis.unreadable} />
			<Basis label="Silent reporters" n={basis["silent-reporters"]} />
		</dl>
	</>;
}

function Basis({ label, n }: { label: string; n: number }): JSX.Element {
	return <div><dt>{label}</dt><dd>{count(n)}</dd></div>;
}
