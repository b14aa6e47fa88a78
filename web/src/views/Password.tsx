// views/Password.tsx -- one's own password, for everybody.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change, getSession } from "../api";
import { Form } from "../parts/Form";

export function Password({ name }: { name: string | null }): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const [done, setDone] = useState<string | null>(null);
	const submit = async (fields: Record<string, string>): Promise<boolean> => {
		setDone(null);
		const why = await replace(fields);
		setError(why);
		if (why === null)
			setDone("Your password is changed. Wherever else you were signed in, " +
			    "you are not any more.");
		return why === null;
	};
	return <section class="panel" aria-labelledby="password">
		<h2 id="password">Your password</h2>
		<details class="add"><summary>Change it</summary>
			<Form submit={submit} button="Change" error={error} done={done}>
				<input name="username" autocomplete="username" hidden readonly
				    value={name ?? ""} />
				<label class="field-wide">Password of now
					<input name="password" type="password" required
					    autocomplete="current-password" /></label>
				<label class="field-wide"><span>New password<span
				    class="muted field-hint">10 characters or more</span></span>
					<input name="new" type="password" required minlength={10}
					    autocomplete="new-password" /></label>
				<label class="field-wide">The new one again
					<input name="again" type="password" required
					    autocomplete="new-password" /></label>
			</Form></details>
	</section>;
}

/* The session goes on with another secret. */
async function replace(fields: Record<string, string>): Promise<string | null> {
	if (fields.new !== fields.again)
		return "The new password is not the same both times.";
	try {
		await change("POST", "session/password", { password: fields.password,
			"new-password": fields.new });
		await getSession();
		return null;
	} catch (caught) {
		return told(caught);
	}
}

function told(caught: unknown): string {
	if (!(caught instanceof ApiError)) return String(caught);
	return caught.fault === "busy"
	    ? "Too many attempts. Wait for some minutes, then try again."
	    : caught.message;
}
