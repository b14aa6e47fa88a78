// browser.mjs -- Debian's Chromium, and pages that note whatever must not happen.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url)
    .resolve("axe-core/axe.min.js"), "utf8");

/** The tests may run as root, where Chromium's sandbox does not. */
export function launch() {
	return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox",
		"--disable-gpu", "--force-color-profile=srgb"] });
}

const openRequests = new WeakMap(); // page -> how many are not answered

/** A page with a list of faults: CSP violations, exceptions, errors on the
 * console, requests to other hosts. allowed: a pattern of console errors that the
 * test provokes. */
export async function openPage(browser, base, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 },
		locale: "en-GB", timezoneId: "Europe/Berlin", ignoreHTTPSErrors: true,
		reducedMotion: "reduce", ...options });
	const page = await context.newPage();
	const faults = [];
	let allowed = /^$/;
	await page.exposeFunction("noteFault", (text) => faults.push(text));
	await page.addInitScript(() => document.addEventListener(
	    "securitypolicyviolation", (event) => window.noteFault(
	        `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`)));
	await page.addInitScript(AXE);
	page.on("pageerror", (error) => faults.push(`exception: ${error.stack}`));
	page.on("console", (message) => {
		if (message.type() === "error" && !allowed.test(message.text()))
			faults.push(`console: ${message.text()}`);
	});
	openRequests.set(page, 0);
	const more = (n) => () => openRequests.set(page, openRequests.get(page) + n);
	page.on("request", more(1));
	page.on("requestfinished", more(-1));
	page.on("requestfailed", more(-1));
	page.on("request", (request) => {
		if (new URL(request.url()).origin !== new URL(base).origin &&
		    !request.url().startsWith("blob:"))
			faults.push(`foreign: ${request.url()}`);
	});
	return { page, context, faults, allow: (pattern) => { allowed = pattern; } };
}

/** axe's violations, a line each. */
export async function axe(page) {
	const { violations } = await page.evaluate(() => window.axe.run(document,
	    { resultTypes: ["violations"] }));
	return violations.flatMap((one) => one.nodes.map((node) =>
	    `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}

/** Everything that was asked for is on the page. */
export async function settled(page) {
	await page.waitForSelector("#main");
	for (let quiet = 0; quiet < 2;) {
		const loading = await page.evaluate(() => new Promise((done) =>
		    requestAnimationFrame(() => setTimeout(() =>
		        done(document.querySelector(".loading") !== null)))));
		quiet = loading || openRequests.get(page) > 0 ? 0 : quiet + 1;
	}
}

export async function signIn(page, base, user, password) {
	await page.goto(base);
	await page.getByLabel("Name").fill(user);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("navigation", { name: "Views" }).waitFor();
}
