// parts/Finding.tsx -- one finding: what it is and what it is likely due to, with
// the evidence behind a toggle, and what a person says about it.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { change } from "../api";
import { about, conclusionWords, confidenceWords, findingStateWords, severityWords,
	title } from "../findings";
import { addDays, today } from "../format";
import { encode, link } from "../place";
import type { FindingRow, FindingWhole, Role } from "../types";
import { AskedDetail, FindingDetail } from "../views/FindingDetail";
import { attempt } from "../views/Users";
import { Badge } from "./Badge";
import { Form } from "./Form";
import { Time } from "./Time";

const MUTE_DAYS = 14;

interface Props {
	row: FindingRow;
	role: Role | null;
	changed: () => void;
	named?: boolean; // its domain is said already
	whole?: FindingWhole; // it is the view's only one
}

export function Finding({ row, role, changed, named = false, whole }: Props):
    JSX.Element {
	const [open, setOpen] = useState(false);
	const name = title(row);
	return <article class={`finding finding-${row.state}`} aria-label={name}>
		<p class="finding-badges">{row.state === "closed"
		    ? <Badge words={findingStateWords(row.state)} /> : <>
			<Badge words={severityWords(row.severity)} />{" "}
			<Badge words={conclusionWords(row.conclusion)} />
			{row.state !== "open" && <>{" "}
				<Badge words={findingStateWords(row.state)} /></>}</>}</p>
		{!whole && <h3><a href={link("finding", row.id)}>{name}</a></h3>}
		<Facts row={row} named={named} />
		<Said row={row} />
		{role !== null && role !== "viewer" && row.state !== "closed" &&
		    <Actions row={row} changed={changed} />}
		{whole ? <FindingDetail data={whole} level="h2" />
		    : <details class="finding-more" open={open} onToggle={(event) =>
		        setOpen(event.currentTarget.open)}>
			<summary>Evidence and next step<span class="hidden">
				: {name}</span></summary>
			{open && <AskedDetail row={row} />}</details>}
	</article>;
}

function Facts({ row, named }: { row: FindingRow; named: boolean }): JSX.Element {
	const subject = about(row);
	return <p class="finding-facts">
		{row.state === "closed" && <span>
			{severityWords(row.severity).label}</span>}
		{row.state === "closed" && <span>
			{conclusionWords(row.conclusion).label}</span>}
		{!named && row.domain !== "" && <span>
			<a href={link("domain", row.domain)}>{row.domain}</a></span>}
		{subject !== "" && <span>{subject}</span>}
		<span>first seen <Time time={row["first-seen"]} /></span>
		<span>last seen <Time time={row["last-seen"]} /></span>
		<span title={confidenceWords(row.confidence)}>
			confidence {row.confidence}</span>
		{row["closed-at"] && <span>closed <Time time={row["closed-at"].slice(0, 10)} /></span>}
	</p>;
}

/* What a person said. */
function Said({ row }: { row: FindingRow }): JSX.Element | null {
	const until = row["muted-until"];
	if (row.state !== "muted" && row.reason === "") return null;
	return <p class="muted">
		{row.state === "muted" && <>Muted {until === null ? "for good"
		    : <>until <Time time={until.slice(0, 10)} /></>}
			{row.reason === "" ? "." : ": "}</>}
		{row.reason}</p>;
}

type Deed = "acknowledge" | "mute" | "unmute";

function Actions({ row, changed }: { row: FindingRow; changed: () => void }):
    JSX.Element {
	const [asked, setAsked] = useState<Deed | null>(null);
	const [error, setError] = useState<string | null>(null);
	const act = async (deed: Deed, body: object): Promise<boolean> => {
		const why = await attempt(() => change("POST",
		    `findings/${encode(row.id)}/${deed}`, body));
		setError(why);
		if (why !== null) return false;
		setAsked(null);
		changed();
		return true;
	};
	const ask = (deed: Deed): void => {
		setError(null);
		setAsked(asked === deed ? null : deed);
	};
	const what = `: ${title(row)}, ${row.domain}`;
	return <div class="finding-actions">
		<div class="tools">
			{row.state !== "acknowledged" && <button type="button" class="quiet"
			    aria-expanded={asked === "acknowledge"}
			    onClick={() => ask("acknowledge")}>
				Acknowledge<span class="hidden">{what}</span></button>}
			<button type="button" class="quiet" aria-expanded={asked === "mute"}
			    onClick={() => ask("mute")}>
				Mute until…<span class="hidden">{what}</span></button>
			{row.state !== "open" && <button type="button" class="quiet"
			    onClick={() => void act("unmute", {})}>
				Open again<span class="hidden">{what}</span></button>}
		</div>
		{asked !== null && asked !== "unmute"
		    ? <Form key={asked} button={asked === "mute" ? "Mute" : "Acknowledge"}
		        error={error} cancel={() => setAsked(null)} submit={(fields) =>
		            act(asked, asked === "mute"
		                ? { reason: fields.reason, until: fields.until || null }
		                : { reason: fields.reason })}>
			{asked === "mute" && <Until />}
			<label class="field-wide">Reason, for whoever looks at it
				<input name="reason" maxLength={200} autocomplete="off" /></label>
		</Form>
		    : error && <p class="form-error" role="alert">{error}</p>}
	</div>;
}

function Until(): JSX.Element {
	const now = today(Date.now());
	return <label class="field-wide">Tell of it again from (UTC; empty: never)
		<input name="until" type="date" min={addDays(now, 1)}
		    defaultValue={addDays(now, MUTE_DAYS)} /></label>;
}
