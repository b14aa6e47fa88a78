// charts/width.ts -- how wide an element is, so that a chart's text is not
// stretched with it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

export function useWidth<E extends Element>(first = 640):
    [RefObject<E | null>, number] {
	const ref = useRef<E | null>(null);
	const [width, setWidth] = useState(first);
	useLayoutEffect(() => {
		const element = ref.current;
		if (!element) return;
		const measure = (): void => {
			const now = Math.floor(element.getBoundingClientRect().width);
			if (now > 0) setWidth(now);
		};
		const observer = new ResizeObserver(measure);
		measure();
		observer.observe(element);
		return () => observer.disconnect();
	}, []);
	return [ref, width];
}
