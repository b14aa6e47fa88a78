// parts/Table.tsx -- rows and columns; on a small screen a row is a card.
import type { ComponentChildren, JSX } from "preact";
import { address } from "../api";

export interface Column<Row> {
	head: string;
	cell: (row: Row) => ComponentChildren;
	num?: boolean;
	title?: string; // what the number is
}
interface Props<Row> {
	caption: string;
	columns: Column<Row>[];
	rows: Row[];
	csv?: string; // path of the same list in the API
	keyOf?: (row: Row, i: number) => string | number;
}

/* The roles say what the elements are, as CSS that shows a table as cards
 * would take that from them. */
export function Table<Row>({ caption, columns, rows, csv, keyOf }: Props<Row>):
    JSX.Element {
	return <div class="table">
		<table role="table">
			<caption class="hidden">{caption}</caption>
			<thead role="rowgroup"><tr role="row">
				{columns.map(({ head, num, title }) => <th key={head}
				    role="columnheader" scope="col" title={title}
				    class={num ? "num" : ""}>{head}</th>)}
			</tr></thead>
			<tbody role="rowgroup">{rows.map((row, i) =>
				<tr role="row" key={keyOf ? keyOf(row, i) : i}>
					{columns.map(({ head, cell, num }) => <td key={head}
					    role="cell" data-label={head}
					    class={num ? "num" : ""}>{cell(row)}</td>)}
				</tr>)}</tbody>
		</table>
		{csv && <p class="export"><a href={address(asCsv(csv))} download>
			Download as CSV<span class="hidden">: {caption}</span></a></p>}
	</div>;
}

function asCsv(path: string): string {
	return `${path}${path.includes("?") ? "&" : "?"}format=csv`;
}
