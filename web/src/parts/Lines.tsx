// parts/Lines.tsx -- text to paste, with a button that copies it.
import { useState } from "preact/hooks";
import type { JSX } from "preact";

export function Lines({ label, text }: { label: string; text: string }):
    JSX.Element {
	const [copied, setCopied] = useState<string | null>(null);
	const copy = async (): Promise<void> => {
		try {
			await navigator.clipboard.writeText(text);
			setCopied(text);
		} catch { // not over plain HTTP: the text can be selected
			setCopied(null);
		}
	};
	return <div class="lines-box">
		<div class="lines-head"><span class="lines-label">{label}</span>
			{"clipboard" in navigator && <button type="button" class="quiet"
			    onClick={() => void copy()} aria-label={`Copy: ${label}`}>
				{copied === text ? "Copied" : "Copy"}</button>}</div>
		<pre tabIndex={0} role="region" aria-label={label}>{text}</pre>
	</div>;
}
