// A browser with the page in it, and what a person does there.
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

export const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM, args: [...ARGUMENTS, ...more] });

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

// Opens the page; whatever it asks of a network, and whatever goes wrong in it, is noted.
export async function open(browser, url, { viewport = DESK, colorScheme = "light" } = {}) {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const noted = { requests: [], errors: [], complaints: [] };
  context.on("request", (request) => noted.requests.push(request.url()));
  page.on("pageerror", (error) => noted.errors.push(error.message));
  // What the policy of the page refused is told here too.
  page.on("console", (message) => message.type() === "error" && noted.complaints.push(message.text()));
  await page.goto(url);
  await page.waitForSelector("body[data-ready]", { timeout: 60_000 });
  return { page, noted, close: () => context.close() };
}

export const tab = (page, name) => page.click(`#tab-${name}`);

// Puts a text in the place of what the editor holds, with the keyboard.
export async function type(page, text) {
  await page.click(".cm-content");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

// What the editor holds: only what is on the screen is in the page, so it is copied out of a link.
export async function shared(page) {
  await page.click("#share");
  await page.waitForSelector("#link:not([hidden])");
  const link = await page.inputValue("#link-text");
  await page.click("#link-close");
  const { inflateRawSync } = await import("node:zlib");
  const state = JSON.parse(inflateRawSync(Buffer.from(link.split("#v1=")[1], "base64url")));
  return { link, state };
}

// Waits until the findings are those of the text, and are so many: `1 error`, `no findings` ..
export const settled = (page, summary) =>
  page.waitForFunction((summary) => {
    const { dataset, textContent } = document.getElementById("state");
    return dataset.of === "now" && new RegExp(summary).test(textContent);
  }, summary, { timeout: 60_000 });
