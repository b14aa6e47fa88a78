// use.test.mjs -- the address is the state; keyboard; pages; the service away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled } from "./browser.mjs";
import { dateOf, report } from "./fixtures.mjs";
import { REAL, useSite, withPage } from "./site.mjs";

const site = useSite();
const skip = REAL;

async function focused(page) {
	return page.evaluate(() => {
		const one = document.activeElement;
		return `${one?.tagName.toLowerCase()} ${one?.getAttribute("aria-label") ??
		    one?.textContent?.trim().slice(0, 40)}`;
	});
}

/* Presses Tab until what has the focus matches. */
async function tabTo(page, pattern) {
	const seen = [];
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press("Tab");
		const now = await focused(page);
		if (pattern.test(now)) return;
		seen.push(now);
	}
	assert.fail(`${pattern} is not reached by Tab: ${seen.join(" | ")}`);
}

test("a filter goes into the address, and from there to the API", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await settled(page);
	await page.getByRole("link", { name: "7 days" }).click();
	await page.getByRole("combobox", { name: "Trust" }).selectOption("all");
	await page.getByText("More filters").click();
	await page.getByRole("combobox", { name: "Failure" }).selectOption("certificate-expired");
	await settled(page);
	const query = new URLSearchParams(page.url().split("?")[1]);
	assert.deepEqual(Object.fromEntries(query), { days: "7", trust: "all",
		"result-type": "certificate-expired" });
	assert.ok(site.mock.queries.some((one) => one.includes(`from=${dateOf(6)}`)));
	const first = await page.locator(".tick").allTextContents();
	await page.reload(); // the address is all there is
	await settled(page);
	assert.deepEqual(await page.locator(".tick").allTextContents(), first);
	await page.goBack();
	await settled(page);
	assert.doesNotMatch(page.url(), /result-type/);
}));

test("what failed by machine leads to the filter of that machine", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await page.getByRole("link", { name: "By receiving IP" }).click();
	await page.getByRole("link", { name: "2001:db8::25" }).click();
	await page.waitForFunction(() =>
	    location.hash.includes("receiving-ip=2001%3Adb8%3A%3A25"));
}));

test("the heat map is walked by keys", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await settled(page);
	await tabTo(page, /^svg Days of shop\.example/);
	const readout = page.locator(".readout");
	for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
	assert.match(await readout.textContent(), /^shop\.example, .*not sent/);
	await page.keyboard.press("ArrowDown");
	assert.match(await focused(page), /Days of dane\.example/);
	await page.keyboard.press("Home");
	await page.keyboard.press("End");
	assert.match(await page.evaluate(() =>
	    document.activeElement.getAttribute("aria-valuetext")), /not over yet/);
	await page.keyboard.press("Tab"); // one stop for the whole map
	assert.doesNotMatch(await focused(page), /^svg Days of/);
}));

test("a domain is reached and read by keys alone", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await settled(page);
	await tabTo(page, /^a dane\.example/);
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "dane.example", level: 1 }).waitFor();
	await settled(page);
	await tabTo(page, /^svg Sessions per day/);
	await page.keyboard.press("ArrowLeft");
	assert.match(await page.locator(".chart .readout").textContent(),
	    /authenticated/);
	await tabTo(page, /^a By MX host/);
	await page.keyboard.press("Enter");
	await page.getByRole("link", { name: "mx1.shop.example" }).waitFor();
}));

test("each chart has its numbers as a table", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await settled(page);
	const panel = page.locator(".panel").filter({ hasText: "Sessions per day" });
	await panel.getByRole("button", { name: "Table" }).click();
	await panel.getByRole("table").waitFor();
	assert.equal(await panel.locator("tbody tr").count(), 30);
	assert.match(page.url(), /table=days/);
	assert.deepEqual(await axe(page), []);
}));

test("a report of 100,000 details is shown page by page", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await settled(page);
	const details = page.locator(".panel").filter({ hasText: "Failure details" });
	assert.equal(await details.locator("tbody tr").count(), 100);
	await details.getByRole("link", { name: "Next page" }).click();
	await page.waitForFunction(() => location.hash.includes("cursor=100"));
	await settled(page);
	assert.equal(await details.locator("tbody tr").count(), 100);
	await page.goto(`${site.base}#/report/${report(16).id}?cursor=99900`);
	await details.getByText("This is the last page.").waitFor();
}));

test("the bytes of a report are shown as they came", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await page.getByRole("button", { name: "Show" }).click();
	await page.locator("#raw-text").waitFor();
	const text = await page.locator("#raw-text").innerText();
	assert.match(text, /"total-successful-session-count": 9007199254740993,/);
	assert.deepEqual(await axe(page), []);
}));

test("the search finds a domain", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await page.getByLabel("Search").fill("dane");
	await page.getByRole("link", { name: "dane.example" }).first().waitFor();
	assert.deepEqual(await axe(page), []);
	await page.locator(".found a").click();
	await page.getByRole("heading", { name: "dane.example", level: 1 }).waitFor();
}));

test("the store is gone: it is told, and comes back by itself", { skip }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 503/);
	site.mock.away = true;
	await page.goto(`${site.base}#/overview`);
	await page.getByText("The store cannot be reached").waitFor();
	assert.deepEqual(await axe(page), []);
	site.mock.away = false;
	await page.locator(".figure").first().waitFor({ timeout: 15_000 });
	assert.equal(await page.getByText("cannot be reached").count(), 0);
}));

test("what is on the page stays while the store is gone", { skip }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 503/);
	await page.clock.install();
	await page.goto(`${site.base}#/overview`);
	await page.locator(".figure").first().waitFor();
	site.mock.away = true;
	await page.clock.fastForward(61_000);
	await page.getByText("What is shown below is older.").waitFor();
	assert.equal(await page.locator(".figure").count(), 5);
}));

test("a refresh without news is a 304", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.clock.install();
	await page.goto(`${site.base}#/collectors`);
	await settled(page);
	const again = page.waitForResponse((one) => one.url().endsWith("/collectors"));
	await page.clock.fastForward(61_000);
	assert.equal((await again).status(), 304);
	await page.getByText("mx-out1.example.com").waitFor();
}));

test("the set-up form makes the record", () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/setup-dns`);
	await page.getByRole("textbox", { name: "Your domain" }).fill("Example.COM.");
	await page.getByLabel("Where reports go")
	    .fill("tls@example.com, https://r.example.com/a;b");
	await page.getByText('_smtp._tls.example.com. IN TXT "v=TLSRPTv1; ' +
	    'rua=mailto:tls@example.com,https://r.example.com/a%3Bb"').waitFor();
	await page.getByLabel("Where reports go").fill("http://example.com/");
	await page.getByText("http: is not allowed").waitFor();
	assert.deepEqual(await axe(page), []);
}));
