// What `quirkc` says of the same files.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "quirk-playground-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export const path = (name) => join(folder, name);
export const write = (name, text) => writeFileSync(path(name), text);

// Runs in the folder of the files, so that they have the names that the page gives them.
export function quirkc(...args) {
  const ran = spawnSync(process.env.QUIRKC, args, { cwd: folder, encoding: "utf8", maxBuffer: 64 << 20 });
  if (ran.error) throw ran.error;
  return { code: ran.status, out: ran.stdout, told: ran.stderr };
}

export const output = (...args) => execFileSync(process.env.QUIRKC, args, { cwd: folder, encoding: "utf8", maxBuffer: 64 << 20 });
