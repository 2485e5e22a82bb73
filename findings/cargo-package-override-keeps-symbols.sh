#!/usr/bin/env bash
# A package override in a cargo profile sets `strip` back, though it says nothing of it.
#
# Version:     cargo 1.95.0 (f2d3ce0bd 2026-03-21).
# Expectation: `[profile.release.package.program] opt-level = "z"` changes how far that package is optimized, and nothing else of the
#              profile: with `strip = "symbols"` in `[profile.release]` the program has no symbols, before and after.
# Behaviour:   With the override rustc is given `-C strip=debuginfo`, the default of a profile without debug info, and the program keeps its
#              symbol table. Nothing is warned of. `strip = "symbols"` in the override itself helps.
# Seen:        without the override: strip=symbols
#              with the override: strip=debuginfo
#
# Exits with 0 as long as that is so.
set -euo pipefail
readonly version=1.95.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo() { command cargo "+$version" "$@"; }
cargo --version | grep -q " $version " || { echo "there is no cargo $version here: nothing was tried" >&2; exit 2; }

mkdir src
echo 'fn main() {}' >src/main.rs
printf '[package]\nname = "program"\nversion = "0.1.0"\nedition = "2024"\n[profile.release]\nstrip = "symbols"\n' >Cargo.toml
built() { cargo build --release --offline --verbose 2>&1 | grep -o 'strip=[a-z]*'; }

plain=$(built)
printf '[profile.release.package.program]\nopt-level = "z"\n' >>Cargo.toml
overridden=$(built)
printf 'without the override: %s\nwith the override: %s\n' "$plain" "$overridden"
[ "$plain $overridden" = 'strip=symbols strip=debuginfo' ]
