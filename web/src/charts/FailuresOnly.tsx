// charts/FailuresOnly.tsx -- the switch of a chart that leaves out what went well:
// what is rare is not seen beside it.
import type { JSX } from "preact";
import { go, linkWith, type Place } from "../place";

export function FailuresOnly({ place }: { place: Place }): JSX.Element {
	const on = place.query.get("scale") === "failures";
	return <button type="button" class="quiet" aria-pressed={on}
	    onClick={() => go(linkWith(place, { scale: on ? null : "failures" }), true)}>
		Failures only</button>;
}
