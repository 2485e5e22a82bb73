// How long the first findings take, beside instantiating the module: figures to read, and no test.
import { launch, open } from "./browser.mjs";

const RUNS = 7;
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

async function measured(url, flags) {
  const [started, first, shown] = [[], [], []];
  for (let run = 0; run < RUNS; run++) {
    const browser = await launch(flags);
    const { page } = await open(browser, url);
    const times = JSON.parse(await page.evaluate(() => document.body.dataset.times));
    started.push(times.unpacked + times.started);
    first.push(times.first);
    shown.push(times.shown);
    await browser.close();
  }
  return [median(started), median(first), median(shown)];
}

// The engine compiles a function when it is called first, unless it is told to compile all of them at once.
export async function times(url) {
  for (const [how, flags] of [["functions compiled when called", []], ["all compiled at once", ["--js-flags=--no-wasm-lazy-compilation"]]]) {
    const [started, first, shown] = await measured(url, flags);
    const ratio = (first / started).toFixed(2);
    console.log(`playground: ${how}: module ${started.toFixed(0)} ms, first findings ${first.toFixed(0)} ms after it (ratio ${ratio}), shown ${shown.toFixed(0)} ms after the page began`);
  }
}
