// sign_in.test.mjs -- signing in and out, the first account, users and tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled, signIn } from "./browser.mjs";
import { dateOf } from "./fixtures.mjs";
import { REAL, useSite, withPage } from "./site.mjs";

const site = useSite();
const outside = { storageState: undefined };
const refused = /status of 40[13]/;

test("a wrong password is told and lets nobody in", () =>
    withPage(site, outside, async (page, { allow }) => {
	allow(refused);
	await page.goto(site.base);
	await page.getByLabel("Name").fill(site.user);
	await page.getByLabel("Password").fill("wrong");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").filter({ hasText: "wrong" }).waitFor();
	assert.equal(await page.getByRole("navigation").count(), 0);
}));

test("the view that was asked for comes after signing in", () =>
    withPage(site, outside, async (page) => {
	await signIn(page, `${site.base}#/collectors?from=2026-01-01`, site.user,
	    site.password);
	await page.getByRole("heading", { name: "Collectors", level: 1 }).waitFor();
	assert.match(page.url(), /#\/collectors\?from=2026-01-01$/);
}));

test("signing out shows nothing any more", () =>
    withPage(site, outside, async (page) => {
	await signIn(page, site.base, site.user, site.password);
	await settled(page);
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByRole("button", { name: "Sign in" }).waitFor();
	assert.equal(await page.locator(".panel").count(), 0);
}));

test("a session that ended asks for the password, and goes on", { skip: REAL }, () =>
    withPage(site, {}, async (page, { allow, context }) => {
	allow(refused);
	await page.goto(`${site.base}#/reports`);
	await settled(page);
	await context.clearCookies();
	await page.getByRole("link", { name: "Collectors" }).click();
	await page.getByLabel("Name").fill(site.user);
	await page.getByLabel("Password").fill(site.password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("heading", { name: "Collectors", level: 1 }).waitFor();
}));

test("the link of the log makes the first account", { skip: REAL }, () =>
    withPage(site, outside, async (page) => {
	site.mock.setupNeeded = true;
	await page.goto(`${site.base}#/setup?token=one-time-token`);
	await page.getByLabel("Name").fill(site.user);
	await page.getByLabel("Password", { exact: true }).fill(site.password);
	await page.getByLabel("Password, again").fill(site.password);
	await page.getByRole("button", { name: "Make the account" }).click();
	await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
	assert.equal(site.mock.changes[0].body.name, site.user);
	assert.doesNotMatch(page.url(), /token/);
}));

test("a used link is told", { skip: REAL }, () =>
    withPage(site, outside, async (page, { allow }) => {
	allow(refused);
	await page.goto(`${site.base}#/setup?token=old`);
	await page.getByLabel("Name").fill("x");
	await page.getByLabel("Password", { exact: true }).fill("0123456789");
	await page.getByLabel("Password, again").fill("0123456789");
	await page.getByRole("button", { name: "Make the account" }).click();
	await page.getByRole("alert").filter({ hasText: "used up" }).waitFor();
}));

test("an admin adds and removes users", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	await page.getByText("Add a user").click();
	const form = page.locator("form").first();
	await form.getByLabel("Name").fill("lee");
	await form.getByRole("combobox", { name: "Sees" }).selectOption("some");
	await form.getByRole("textbox", { name: "Domains" }).fill("shop.example, dane.example");
	await form.getByLabel("Password").fill("0123456789");
	await form.getByRole("button", { name: "Add" }).click();
	await page.getByText("lee can sign in now.").waitFor();
	page.once("dialog", (dialog) => dialog.accept());
	await page.getByRole("button", { name: "Remove kim" }).click();
	await page.waitForFunction(() => true);
	await settled(page);
	assert.deepEqual(site.mock.changes, [
		{ method: "POST", path: "users", body: { name: "lee", role: "viewer",
			password: "0123456789", domains: ["shop.example", "dane.example"] } },
		{ method: "DELETE", path: "users/kim", body: null }]);
}));

test("an admin changes a user, by keys", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	await page.getByRole("button", { name: "Change kim" }).focus();
	await page.keyboard.press("Enter");
	const form = page.getByRole("region", { name: "Change kim" });
	await form.waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.id), "change");
	assert.equal(await form.getByRole("textbox", { name: "Domains" }).inputValue(), "shop.example");
	assert.deepEqual(await axe(page), []);
	await form.getByLabel("Role").selectOption("analyst");
	await form.getByRole("textbox", { name: "Domains" }).fill("shop.example bank.example");
	await page.keyboard.press("Enter");
	await page.getByText("kim is changed.").waitFor();
	assert.equal(await form.count(), 0);
	assert.deepEqual(site.mock.changes, [{ method: "PATCH", path: "users/kim",
		body: { role: "analyst", domains: ["shop.example", "bank.example"] } }]);
}));

test("who may see no domain is not let see all by a change", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	await page.getByRole("button", { name: "Change sam" }).click();
	const form = page.getByRole("region", { name: "Change sam" });
	await form.getByLabel("New password").fill("0123456789");
	await form.getByRole("button", { name: "Save" }).click();
	await page.getByText("sam is changed.").waitFor();
	assert.deepEqual(site.mock.changes[0].body,
	    { role: "analyst", domains: [], password: "0123456789" });
}));

test("an admin revokes a token and makes one that may change", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	page.once("dialog", (dialog) => dialog.accept());
	await page.getByRole("button", { name: "Revoke wall screen" }).click();
	await page.getByText("Make a token").click();
	const form = page.locator("form").last();
	await form.getByLabel("Name").fill("robot");
	await form.getByLabel("Scope").selectOption("admin");
	await form.getByLabel("Expires").fill(dateOf(-30));
	await form.getByRole("button", { name: "Make" }).click();
	await page.getByText("tlsrpt_secret").waitFor();
	assert.equal(await form.getByLabel("Name").inputValue(), "");
	assert.deepEqual(site.mock.changes, [
		{ method: "DELETE", path: "tokens/7", body: null },
		{ method: "POST", path: "tokens", body: { name: "robot",
			scopes: ["admin"], expires: dateOf(-30) } }]);
}));

test("a token is shown once", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	await page.getByText("Make a token").click();
	const form = page.locator("form").last();
	await form.getByLabel("Name").fill("wall");
	await form.getByRole("button", { name: "Make" }).click();
	await page.getByText("tlsrpt_secret").waitFor();
	await page.reload();
	await settled(page);
	assert.equal(await page.getByText("tlsrpt_secret").count(), 0);
}));

test("everybody changes his password, and is told what is wrong", { skip: REAL }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(refused);
	await page.goto(`${site.base}#/users`);
	await page.getByText("Change it").click();
	const form = page.getByRole("region", { name: "Your password" });
	const fill = async (now, again) => {
		await form.getByLabel("Password of now").fill(now);
		await form.getByLabel("New password").fill("0123456789");
		await form.getByLabel("The new one again").fill(again);
		await form.getByRole("button", { name: "Change" }).click();
	};
	await fill(site.password, "012345678");
	await form.getByText("not the same both times").waitFor();
	assert.deepEqual(site.mock.changes, []);
	await fill("wrong", "0123456789");
	await form.getByText("not your password of now").waitFor();
	assert.deepEqual(await axe(page), []);
	await fill(site.password, "0123456789");
	await form.getByText("Your password is changed.").waitFor();
	assert.equal(await form.getByLabel("New password").inputValue(), "");
	assert.deepEqual(site.mock.changes.at(-1), { method: "POST",
		path: "session/password",
		body: { password: site.password, "new-password": "0123456789" } });
}));

test("what was done has pages, and Back goes back", { skip: REAL }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/users`);
	const list = page.getByRole("region", { name: "What was done" });
	await list.getByRole("link", { name: "Next page" }).click();
	await list.getByText("wall screen").waitFor();
	assert.equal(await list.getByText("user-added").count(), 0);
	assert.ok(site.mock.queries.includes("?cursor=older%2F1"));
	await page.goBack();
	await list.getByText("user-added").waitFor();
}));
