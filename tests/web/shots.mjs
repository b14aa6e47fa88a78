// shots.mjs -- pictures of each view for people to look at: three widths, light
// and dark, into FOLDER.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openPage, settled } from "./browser.mjs";

const WIDTHS = [375, 1280, 1920];

/** views: [[name, hash]]; state: of a context that is signed in, or undefined. */
export async function shoot(browser, base, folder, views, state) {
	mkdirSync(folder, { recursive: true });
	const faults = [];
	for (const colorScheme of ["light", "dark"])
		for (const width of WIDTHS)
			faults.push(...await shootAll(browser, base, folder, views,
			    { colorScheme, viewport: { width, height: 900 },
			        ...(state ? { storageState: state } : {}) }));
	return faults;
}

/* Of tables that are lists on a narrow screen: labels that run into values. */
const crowdedLabels = () => {
	const pen = document.createElement("canvas").getContext("2d");
	const found = new Set();

	for (const cell of document.querySelectorAll(".table td[data-label]")) {
		const style = getComputedStyle(cell), label = cell.dataset.label;
		const before = getComputedStyle(cell, "::before");

		if (style.display !== "grid" || cell.offsetWidth === 0) continue;
		pen.font = ["fontWeight", "fontSize", "fontFamily"]
		    .map((name) => before[name]).join(" ");
		const parts = before.whiteSpace === "nowrap" ? [label]
		    : label.split(" ");
		const width = Math.max(...parts.map((p) => pen.measureText(p).width));
		if (width > parseFloat(style.gridTemplateColumns) + 1)
			found.add(label);
	}
	return [...found];
};

async function shootAll(browser, base, folder, views, options) {
	const { page, context, faults } = await openPage(browser, base, options);
	for (const [name, hash] of views) {
		await page.goto(base + hash); // the first loads the page, others a view
		await settled(page);
		const wide = await page.evaluate(() =>
		    document.documentElement.scrollWidth > window.innerWidth);
		if (wide) faults.push(`${name} is wider than ${options.viewport.width}`);
		for (const label of await page.evaluate(crowdedLabels))
			faults.push(`${name}: "${label}" runs into its value at ${
				options.viewport.width}`);
		await page.screenshot({ fullPage: true, path: join(folder,
		    `${name}-${options.viewport.width}-${options.colorScheme}.png`) });
	}
	await context.close();
	return faults;
}
