// How long the first findings take, beside instantiating the module: figures to read, and no test.
import { launch, open } from "./browser.mjs";

const RUNS = 7;
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

async function measured(url, flags) {
  const all = [];
  for (let run = 0; run < RUNS; run++) {
    const browser = await launch(flags);
    const { page } = await open(browser, url);
    all.push(JSON.parse(await page.evaluate(() => document.body.dataset.times)));
    await browser.close();
  }
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((times) => times[key]))]));
}

// The engine compiles a function when it is called first, unless it is told to compile all of them at once.
export async function times(url) {
  for (const [how, flags] of [["functions compiled when called", []], ["all compiled at once", ["--js-flags=--no-wasm-lazy-compilation"]]]) {
    const { unpacked, started, warmed, first, shown } = await measured(url, flags);
    const ms = (time) => `${time.toFixed(1)} ms`;
    console.log(`playground: ${how}: unpacking ${ms(unpacked)}, instantiating ${ms(started)}, warming up ${ms(warmed)}, first findings ${ms(first)} ` +
      `(${(first / started).toFixed(2)} of instantiating), shown ${ms(shown)} after the page began`);
  }
}
