// parts/Judged.tsx -- up to when reports were judged: without that, "no finding"
// says nothing.
import type { JSX } from "preact";
import { judging } from "../findings";
import { Time } from "./Time";

export function Judged({ at }: { at: string | null }): JSX.Element {
	switch (judging(at, Date.now())) {
	case "never": return <span>Nothing was judged yet: a running service does so
		each hour, <code>tlsrpt finding judge</code> at once.</span>;
	case "late": return <span class="clear">Judged last <Time time={at} relative />:
		what came since then is not in it.</span>;
	default: return <span>Judged last <Time time={at} relative />.</span>;
	}
}
