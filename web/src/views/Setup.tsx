// views/Setup.tsx -- the first account, made with the one-time link of the log.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change } from "../api";
import { Form } from "../parts/Form";
import { link, type Place } from "../place";

interface Props { place: Place; onDone: () => void }

export function Setup({ place, onDone }: Props): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const token = place.query.get("token") ?? "";
	const submit = async (fields: Record<string, string>): Promise<void> => {
		if (fields.password !== fields.again)
			return setError("The two passwords differ.");
		try {
			const who = { name: fields.name, password: fields.password };
			await change("POST", "setup", { token, ...who });
			await change("POST", "session", who).catch(() => undefined);
			onDone();
		} catch (caught) {
			setError(told(caught));
		}
	};
	if (token === "")
		return <main class="gate" id="main"><h1>Set-up</h1>
			<p>This needs the link that the service wrote to its log when it first
				started. Or make an account there: <code>tlsrpt user add</code>.</p>
			<p><a href={link("login")}>Sign in</a></p></main>;
	return <main class="gate" id="main">
		<h1>The first account</h1>
		<p class="hint">It may do everything, and can make accounts for others.</p>
		<Form submit={submit} button="Make the account" error={error}>
			<label class="field-wide">Name
				<input name="name" autocomplete="username" required autofocus
				    spellcheck={false} /></label>
			<label class="field-wide">Password
				<input name="password" type="password" required minlength={10}
				    autocomplete="new-password" /></label>
			<label class="field-wide">Password, again
				<input name="again" type="password" required
				    autocomplete="new-password" /></label>
		</Form>
	</main>;
}

function told(caught: unknown): string {
	if (caught instanceof ApiError && ["login", "forbidden", "absent"]
	    .includes(caught.fault))
		return "This link is used up or too old. The service writes a new one at " +
		    "its next start, as long as there is no account.";
	return caught instanceof Error ? caught.message : String(caught);
}
