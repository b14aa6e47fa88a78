// charts/Bars.tsx -- a bar for a number in a table's row.
import type { JSX } from "preact";
import { count } from "../format";
import type { Level } from "../types";

/** The bar is for the eye only: the number stands beside it. */
export function Bar({ n, max, kind, unit }: { n: number; max: number;
    kind: Level | "plain"; unit?: string }): JSX.Element {
	const width = max > 0 && n > 0 ? Math.max(1, 100 * n / max) : 0;
	return <span class={unit ? "bar bar-wide" : "bar"}>
		<span class="bar-n">{count(n)}{unit && ` ${unit}`}</span>
		<svg height="10" aria-hidden="true">
			<rect class={`lv-${kind}`} width={`${width.toFixed(2)}%`}
			    height="10" rx="1.5" /></svg>
	</span>;
}
