// views/ReportRaw.tsx -- a report's bytes as they came: unpacked and with line
// breaks where they are JSON, else as text.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { address, ApiError, getBytes } from "../api";
import { prettyJson } from "../pretty";

const SHOWN = 100_000; // characters: more of a text nobody reads

export function ReportRaw({ path }: { path: string }): JSX.Element {
	const [text, setText] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const show = async (): Promise<void> => {
		try {
			setText(await readable(await getBytes(`${path}/raw`)));
			setError(null);
		} catch (caught) {
			setError(caught instanceof ApiError ? caught.message
			    : "These bytes cannot be shown; download them instead.");
		}
	};
	return <section class="panel" aria-labelledby="raw">
		<header class="panel-head"><h2 id="raw">As it came</h2>
			<div class="tools">
				<button type="button" class="quiet" aria-pressed={text !== null}
				    onClick={() => text === null ? void show() : setText(null)}>
					Show</button>
				<a href={address(`${path}/raw`)} download>Download</a></div>
		</header>
		{error && <p class="form-error" role="alert">{error}</p>}
		{text !== null && <pre id="raw-text" tabIndex={0} role="region"
		    aria-label="Bytes as they came">
			{text.slice(0, SHOWN)}{text.length > SHOWN && "\n… (cut here)"}</pre>}
	</section>;
}

async function readable(bytes: ArrayBuffer): Promise<string> {
	const head = new Uint8Array(bytes.slice(0, 2));
	const packed = head[0] === 0x1f && head[1] === 0x8b;
	const text = packed ? await unpack(bytes)
	    : new TextDecoder().decode(bytes.slice(0, 4 * SHOWN));
	return /^\s*\{/.test(text) ? prettyJson(text) : text;
}

/* Stops when there is enough to show: the bytes may be a bomb. */
async function unpack(bytes: ArrayBuffer): Promise<string> {
	const reader = new Blob([bytes]).stream()
	    .pipeThrough(new DecompressionStream("gzip")).getReader();
	const decoder = new TextDecoder();
	let text = "";
	while (text.length <= SHOWN) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		text += decoder.decode(value, { stream: true });
	}
	await reader.cancel();
	return text;
}
