// Pictures to look at: desk and phone, light and dark.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESK, PHONE, open, tab } from "./browser.mjs";

export async function shots(browser, url, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [size, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await open(browser, url, { viewport, colorScheme });
      for (const name of ["text", "map", "guest", "dump", "tests", "output"]) {
        if (size === "desk" && name === "text") continue;
        await tab(page, name);
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(folder, `${size}-${colorScheme}-${name}.png`) });
      }
      await close();
    }
  }
}
