// parts/Table.tsx -- rows and columns; on a small screen a row is a card.
import type { ComponentChildren, JSX } from "preact";
import { address, csvOf } from "../api";

export interface Column<Row> {
	head: string;
	cell: (row: Row) => ComponentChildren;
	num?: boolean;
	wide?: boolean; // a name that is better not broken
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
				{columns.map(({ head, num, wide, title }) => <th key={head}
				    role="columnheader" scope="col" title={title}
				    class={classOf(num, wide)}>{head}</th>)}
			</tr></thead>
			<tbody role="rowgroup">{rows.map((row, i) =>
				<tr role="row" key={keyOf ? keyOf(row, i) : i}>
					{columns.map(({ head, cell, num, wide }) => <td key={head}
					    role="cell" data-label={head}
					    class={classOf(num, wide)}>
						<div class="cell">{cell(row)}</div></td>)}
				</tr>)}</tbody>
		</table>
		{csv && <CsvLink path={csv} what={caption} />}
	</div>;
}

function classOf(num = false, wide = false): string {
	return num ? "num" : wide ? "wide" : "";
}

/** path: of the list in the API, with its query. */
export function CsvLink({ path, what }: { path: string; what: string }):
    JSX.Element {
	return <p class="export"><a href={address(csvOf(path))} download>Download as CSV
		<span class="hidden">: {what}</span></a></p>;
}
