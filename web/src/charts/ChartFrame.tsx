// charts/ChartFrame.tsx -- what every chart has: a heading, a table of the same
// numbers behind a toggle, and room for its own switches.
import type { ComponentChildren, JSX } from "preact";
import { go, linkWith, usePlace } from "../place";

interface Props {
	id: string; // in the address, when the table is shown
	title: string;
	hint?: string;
	tools?: ComponentChildren;
	chart: () => JSX.Element;
	table: () => JSX.Element;
}

export function ChartFrame({ id, title, hint, tools, chart, table }: Props):
    JSX.Element {
	const place = usePlace();
	const shown = (place.query.get("table") ?? "").split(" ").filter(Boolean);
	const asTable = shown.includes(id);
	const toggle = (): void => {
		const now = asTable ? shown.filter((one) => one !== id)
		    : [...shown, id];
		go(linkWith(place, { table: now.join(" ") }), true);
	};
	return <section class="panel" aria-labelledby={`${id}-title`}>
		<header class="panel-head">
			<h2 id={`${id}-title`}>{title}</h2>
			<div class="tools">{tools}
				<button type="button" class="quiet" aria-pressed={asTable}
				    onClick={toggle}>Table</button></div>
		</header>
		{hint && <p class="hint">{hint}</p>}
		{asTable ? table() : chart()}
	</section>;
}
