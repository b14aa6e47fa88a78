// views.test.mjs -- each view: no fault, nothing that axe minds, no wider than the
// screen; and the pictures of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled } from "./browser.mjs";
import { shoot } from "./shots.mjs";
import { REAL, SHOTS, useSite, withPage } from "./site.mjs";
import { OUTSIDE, VIEWS } from "./views.mjs";

const site = useSite();
const HEADINGS = { overview: "Overview", findings: "Findings", reports: "Reports received",
	outgoing: "Outgoing", collectors: "Collectors", "setup-dns": "DNS set-up",
	users: "Accounts" };
/* Those of the fixtures' domains and reports are not on a real service. */
const there = VIEWS.filter(([, hash]) => !REAL || !/#\/(domain|finding|report|outgoing-report)\//.test(hash));

for (const [name, hash] of there)
	for (const colorScheme of ["light", "dark"])
		test(`${name} in ${colorScheme} has no fault`, () =>
		    withPage(site, { colorScheme }, async (page) => {
			await page.goto(site.base + hash);
			await settled(page);
			assert.equal(await page.locator("h1").count(), 1);
			if (HEADINGS[name]) assert.equal(
			    await page.locator("h1").textContent(), HEADINGS[name]);
			assert.deepEqual(await axe(page), []);
		    }));

for (const [name, hash] of OUTSIDE)
	test(`${name} has no fault`, () =>
	    withPage(site, { storageState: undefined }, async (page) => {
		await page.goto(site.base + hash);
		await settled(page);
		assert.deepEqual(await axe(page), []);
	    }));

test("an estate without reports says what to do", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	site.mock.empty = true;
	for (const [view, words] of [["overview", /TXT record/],
	    ["findings", /Nothing was judged yet/],
	    ["domain/shop.example", /no data, not success/], ["reports", /TXT record/],
	    ["outgoing", /Postfix/], ["collectors", /Role collect/]]) {
		await page.goto(`${site.base}#/${view}`);
		await settled(page);
		await page.locator(".empty").first().waitFor();
		assert.match(await page.locator(".empty").first().innerText(), words);
		assert.deepEqual(await axe(page), []);
	}
}));

test("no data is not told as zero", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	const quiet = page.getByRole("row").filter({ hasText: "quiet.example.net" });
	await quiet.waitFor();
	assert.match(await quiet.innerText(), /No data/);
	assert.doesNotMatch(await quiet.innerText(), /\t0\t/);
}));

test("where nothing was told, it says of which reports", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	for (const [trust, words] of [["", "No authenticated report"],
	    ["?trust=authenticated", "No authenticated report"],
	    ["?trust=unauthenticated", "No unauthenticated report"],
	    ["?trust=all", "No report"]]) {
		await page.goto(`${site.base}#/overview${trust}`);
		await settled(page);
		const quiet = page.getByRole("row")
		    .filter({ hasText: "quiet.example.net" });
		assert.match(await quiet.innerText(), new RegExp(`${words}( yet|;)`));
		assert.match(await page.locator(".headline-more").innerText(),
		    new RegExp(`without an?${words.slice(2)}: that is no data`));
	}
}));

test("a page that is not there says so", () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/nothing`);
	await settled(page);
	assert.equal(await page.locator("h1").textContent(),
	    "There is no such page");
	assert.deepEqual(await axe(page), []);
	await page.getByRole("main").getByRole("link", { name: "Overview" }).click();
	await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
}));

test("the levels are told one by one", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await page.locator(".figure").first().waitFor();
	assert.deepEqual(await page.locator(".figure dt").allTextContents(),
	    ["Authenticated", "Testing", "Encrypted, peer unknown",
	        "Cleartext or unknown", "Not sent"]);
}));

test("pictures", { timeout: 600_000 }, async () => {
	site.mock?.reset();
	assert.deepEqual(await shoot(site.browser, site.base, SHOTS, there,
	    site.state), []);
	assert.deepEqual(await shoot(site.browser, site.base, SHOTS, OUTSIDE,
	    undefined), []);
});
