// pretty.ts -- JSON with line breaks, token by token: numbers past 2^53, members
// that stand there twice and their order stay as the reporter wrote them.

const TOKEN = /"(?:[^"\\]|\\[^])*"?|[{}[\],:]|[^\s"{}[\],:]+/g;

/** Text that is not JSON comes out readable as well; nothing is left out. */
export function prettyJson(text: string): string {
	const out: string[] = [];
	let depth = 0;
	let opened = false; // the token before opened an object or a list
	const line = (): void => {
		out.push("\n", "  ".repeat(Math.max(0, depth)));
	};
	for (const [token] of text.matchAll(TOKEN)) {
		const closes = token === "}" || token === "]";
		if (closes) depth--;
		if (closes ? !opened : opened) line();
		out.push(token === ":" ? ": " : token);
		if (token === ",") line();
		opened = token === "{" || token === "[";
		if (opened) depth++;
	}
	return out.join("");
}
