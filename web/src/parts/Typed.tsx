// parts/Typed.tsx -- an input whose value is somewhere else, as in the address. What
// is half typed stays when the page is drawn anew.
import { useEffect, useState } from "preact/hooks";
import type { JSX, TargetedEvent } from "preact";

type Happened = TargetedEvent<HTMLInputElement>;

interface Props {
	type: "date" | "search";
	value: string;
	onDone: (value: string) => void; // Enter, or the field is left
	min?: string;
	max?: string;
}

export function Typed({ type, value, onDone, ...limits }: Props): JSX.Element {
	const [typed, setTyped] = useState(value);
	useEffect(() => setTyped(value), [value]);
	const input = { ...limits, value: typed,
		onInput: ({ currentTarget }: Happened) => setTyped(currentTarget.value),
		onChange: ({ currentTarget }: Happened) => onDone(currentTarget.value) };
	return type === "date" ? <input {...input} type="date" />
	    : <input {...input} type="search" placeholder="any" spellcheck={false} />;
}
