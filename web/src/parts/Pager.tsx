// parts/Pager.tsx -- from page to page of a list. The cursor is in the address,
// so that Back goes back.
import type { JSX } from "preact";
import { linkWith, type Place } from "../place";

interface Props {
	place: Place;
	next: string | null | undefined;
	of?: string; // which list of a view that has several
}

export function Pager({ place, next, of }: Props): JSX.Element | null {
	const name = of === undefined ? "cursor" : `${of}-cursor`;
	const deep = place.query.has(name);
	if (!deep && !next) return null;
	return <nav class="pager" aria-label={of ? `Pages of ${of}` : "Pages"}>
		{deep && <a href={linkWith(place, { [name]: null })}>First page</a>}
		{next ? <a href={linkWith(place, { [name]: next })}>Next page</a>
		    : <span class="muted">This is the last page.</span>}
	</nav>;
}
