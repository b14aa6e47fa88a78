// parts/LevelTable.tsx -- days and their levels of protection, as a table.
import type { JSX } from "preact";
import { count, dayLabel } from "../format";
import type { DayRow } from "../types";
import { LEVELS, LEVEL_WORDS } from "../words";
import { Table, type Column } from "./Table";

interface Props { caption: string; rows: DayRow[]; csv?: string;
    more?: Column<DayRow>[] }

export function LevelTable({ caption, rows, csv, more = [] }: Props):
    JSX.Element {
	return <Table caption={caption} rows={rows} {...(csv ? { csv } : {})}
	    columns={[
		{ head: "Day", cell: (row) => dayLabel(row.date) },
		...LEVELS.map((level) => ({ head: LEVEL_WORDS[level].label, num: true,
			title: LEVEL_WORDS[level].text, cell: (row: DayRow) =>
			    row.levels === null ? <span class="muted">no data</span>
			    : count(row.levels[level]) })),
		...more,
	]} />;
}
