// parts/Form.tsx -- fields, a button, and why it did not work.
import { useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";

interface Props {
	/* true: it is done, and the fields are for the next one. */
	submit: (fields: Record<string, string>) => Promise<boolean | void>;
	button: string;
	error: string | null;
	done?: string | null;
	cancel?: () => void;
	children: ComponentChildren;
}

export function Form({ submit, button, error, done, cancel, children }: Props):
    JSX.Element {
	const [busy, setBusy] = useState(false);
	const onSubmit = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const fields: Record<string, string> = {};
		for (const [name, value] of new FormData(form))
			if (typeof value === "string") fields[name] = value;
		setBusy(true);
		if (await submit(fields)) form.reset();
		setBusy(false);
	};
	return <form class="form" onSubmit={(event) => void onSubmit(event)}>
		{children}
		<div role="alert">{error && <p class="form-error">{error}</p>}</div>
		{done && <p class="form-done" role="status">{done}</p>}
		<div class="tools">
			<button type="submit" class="main-button" disabled={busy}>
				{button}</button>
			{cancel && <button type="button" onClick={cancel}>Cancel</button>}
		</div>
	</form>;
}
