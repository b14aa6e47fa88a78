// charts/Legend.tsx -- which colour is which level.
import type { JSX } from "preact";
import { LEVELS, LEVEL_WORDS } from "../words";
import type { Level } from "../types";

export function Legend({ levels = LEVELS }: { levels?: readonly Level[] }):
    JSX.Element {
	return <ul class="legend" aria-label="Colours">
		{levels.map((level) => <li key={level} title={LEVEL_WORDS[level].text}>
			<Swatch kind={`lv-${level}`} />{LEVEL_WORDS[level].label}</li>)}
		<li><Swatch kind="cell-none" />No data</li>
	</ul>;
}

export function Swatch({ kind }: { kind: string }): JSX.Element {
	return <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
		<rect class={kind} x="0.5" y="0.5" width="11" height="11" rx="2" /></svg>;
}
