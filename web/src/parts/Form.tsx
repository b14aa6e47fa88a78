// parts/Form.tsx -- fields, a button, and why it did not work.
import { useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";

interface Props {
	submit: (fields: Record<string, string>) => Promise<void>;
	button: string;
	error: string | null;
	done?: string | null;
	children: ComponentChildren;
}

export function Form({ submit, button, error, done, children }: Props):
    JSX.Element {
	const [busy, setBusy] = useState(false);
	const onSubmit = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const fields: Record<string, string> = {};
		for (const [name, value] of new FormData(form))
			if (typeof value === "string") fields[name] = value;
		setBusy(true);
		await submit(fields);
		setBusy(false);
	};
	return <form class="form" onSubmit={(event) => void onSubmit(event)}>
		{children}
		<div role="alert">{error && <p class="form-error">{error}</p>}</div>
		{done && <p class="form-done" role="status">{done}</p>}
		<button type="submit" class="main-button" disabled={busy}>{button}</button>
	</form>;
}
