// parts/Pager.tsx -- from page to page of a list. The cursor is in the address,
// so that Back goes back.
import type { JSX } from "preact";
import { linkWith, type Place } from "../place";

export function Pager({ place, next }: { place: Place;
    next: string | null | undefined }): JSX.Element | null {
	const deep = place.query.has("cursor");
	if (!deep && !next) return null;
	return <nav class="pager" aria-label="Pages">
		{deep && <a href={linkWith(place, {})}>First page</a>}
		{next ? <a href={linkWith(place, { cursor: next })}>Next page</a>
		    : <span class="muted">This is the last page.</span>}
	</nav>;
}
