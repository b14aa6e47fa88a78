// hostile.test.mjs -- each text of each answer is one that wants to be a script;
// all stay text, and no view breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled } from "./browser.mjs";
import { MARK, TURNS } from "./hostile.mjs";
import { REAL, useSite, withPage } from "./site.mjs";
import { VIEWS } from "./views.mjs";

const site = useSite();
/* Dates and what the page compares stay, so that what is below them is shown. */
const KEPT = ["date", "dates", "from", "to", "level", "group", "policy-type"];
const PATTERNS = { "all texts": () => false,
	"texts below dates": (name) => KEPT.includes(name) };

/* What a text could have made, had it become markup. */
function strange() {
	const bad = document.querySelectorAll("#page img, #page script, #page iframe, " +
	    "#page animate, #page [onerror], #page [onfocus], #page [onmouseover], " +
	    "#page [style], a[href^='javascript:' i]");
	return { pwned: window.pwned, bad: [...bad].map((one) => one.outerHTML) };
}

for (const [what, keep] of Object.entries(PATTERNS))
	test(`${what} are hostile and stay text`, { skip: REAL, timeout: 300_000 }, () =>
	    withPage(site, {}, async (page) => {
		site.mock.keep = keep;
		for (let turn = 0; turn < TURNS; turn += 4) {
			site.mock.turn = turn;
			for (const [name, hash] of VIEWS) {
				await page.goto("about:blank");
				await page.goto(site.base + hash);
				await settled(page);
				assert.deepEqual(await page.evaluate(strange),
				    { pwned: undefined, bad: [] }, `${name}, turn ${turn}`);
				assert.equal(await page.locator("h1").count(), 1,
				    `${name}: ${await page.locator("#main").innerText()}`);
				if (name !== "setup-dns" && name !== "collectors")
					assert.ok((await page.content()).includes(MARK), name);
			}
			assert.deepEqual(await axe(page), []);
		}
	    }));

test("the forms of hostile accounts hold text", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	for (let turn = 0; turn < TURNS; turn++) {
		site.mock.turn = turn;
		await page.goto("about:blank");
		await page.goto(`${site.base}#/users`);
		await page.getByRole("button", { name: /^Change/ }).nth(1).click();
		await page.locator("#change").waitFor();
		assert.deepEqual(await page.evaluate(strange),
		    { pwned: undefined, bad: [] }, `turn ${turn}`);
	}
}));

test("hostile bytes of a report are shown as text", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	site.mock.turn = 1;
	site.mock.keep = () => true;
	await page.goto(`${site.base}#/report/` +
	    "019a0000-0000-7000-8000-000000000016.0");
	await page.getByRole("button", { name: "Show" }).click();
	await page.locator("#raw-text").waitFor();
	assert.deepEqual(await page.evaluate(strange), { pwned: undefined, bad: [] });
}));

test("a hostile address is text as well", { skip: REAL }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 404/);
	for (const hash of ["#/domain/%3Cimg%20src%3Dx%20onerror%3Dpwned%3D1%3E",
	    "#/%3Cscript%3Epwned=1%3C/script%3E", "#/report/..%2f..%2fusers",
	    "#/overview?domain=%22%3E%3Cscript%3Epwned=1%3C/script%3E",
	    "#/domain/%zz", "#/reports?verdict=%3Cimg%20src%3Dx%20onerror%3Dpwned%3D1%3E" +
	    "&state=__proto__&level=constructor", "#/outgoing?part=reports" +
	    "&delivery-state=%22%3E%3Csvg%20onload=pwned=1%3E", "#/setup-dns?name=%3Csvg%20onload=pwned=1%3E"]) {
		await page.goto("about:blank");
		await page.goto(site.base + hash);
		await settled(page);
		assert.deepEqual(await page.evaluate(strange),
		    { pwned: undefined, bad: [] }, hash);
	}
}));
