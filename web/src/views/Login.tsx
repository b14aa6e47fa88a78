// views/Login.tsx -- who is there? Shown in place of any view, so that the
// address is kept and the view comes after.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change } from "../api";
import { Form } from "../parts/Form";

interface Props { setupNeeded: boolean; onDone: () => void }

export function Login({ setupNeeded, onDone }: Props): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const submit = async (fields: Record<string, string>): Promise<void> => {
		setError(null);
		try {
			await change("POST", "session",
			    { name: fields.name, password: fields.password });
			onDone();
		} catch (caught) {
			setError(told(caught));
		}
	};
	return <main class="gate" id="main">
		<h1>TLS reports</h1>
		{setupNeeded && <p class="hint">There is no account yet. The service has
			written a link for the first one to its log; or use <code>tlsrpt user
			add</code>.</p>}
		<Form submit={submit} button="Sign in" error={error}>
			<label class="field-wide">Name
				<input name="name" autocomplete="username" required autofocus
				    spellcheck={false} /></label>
			<label class="field-wide">Password
				<input name="password" type="password" required
				    autocomplete="current-password" /></label>
		</Form>
	</main>;
}

function told(caught: unknown): string {
	if (!(caught instanceof ApiError)) return String(caught);
	if (caught.fault === "login") return "The name or the password is wrong.";
	if (caught.fault === "busy")
		return "Too many attempts. Wait for some minutes, then try again.";
	return caught.message;
}
