// hostile.mjs -- answers in which every text is what an attacker would have a
// reporter say. Each must stay text.

export const MARK = "hostile-text";
const TEXTS = [
	`${MARK}"><img src=x onerror="window.pwned=1">`,
	`${MARK}</td></table><script>window.pwned=2</script>`,
	`javascript:window.pwned=3//${MARK}`,
	`${MARK}' onfocus='window.pwned=4' autofocus='`,
	`${MARK}<svg><animate onbegin=window.pwned=5></svg>`,
	`https://evil.example/?${MARK}"onmouseover="window.pwned=6`,
	`\u202e${MARK}\u0000\u0007\u001b[31m\ud800`,
	`${MARK}{{constructor.constructor('window.pwned=7')()}}`,
	`__proto__`,
	`${MARK}${"A".repeat(600)}`,
];

/** The same answer with its texts replaced, one after the other. turn moves them
 * by that many, so that each member gets each text. */
export function hostile(answer, turn, keep = () => false) {
	let i = turn;
	const walk = (value, name) => {
		if (typeof value === "string")
			return keep(name, value) ? value : TEXTS[i++ % TEXTS.length];
		if (Array.isArray(value)) return value.map((one) => walk(one, name));
		if (value === null || typeof value !== "object") return value;
		return Object.fromEntries(Object.entries(value)
		    .map(([key, one]) => [key, walk(one, key)]));
	};
	return walk(answer, "");
}
export const TURNS = TEXTS.length;
