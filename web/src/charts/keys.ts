// charts/keys.ts -- moving over a chart's days with the keyboard.

/** The day that a key leads to, or null where the key is none of ours. */
export function moved(key: string, at: number, n: number): number | null {
	const last = n - 1;
	switch (key) {
	case "ArrowLeft": return Math.max(0, at - 1);
	case "ArrowRight": return Math.min(last, at + 1);
	case "PageUp": return Math.max(0, at - 7);
	case "PageDown": return Math.min(last, at + 7);
	case "Home": return 0;
	case "End": return last;
	default: return null;
	}
}

/** The day below the pointer. */
export function pointed(x: number, width: number, n: number): number {
	return Math.max(0, Math.min(n - 1, Math.floor(x / width * n)));
}
