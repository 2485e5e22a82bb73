#!/usr/bin/env bash
# cargo package of several members verifies them against what an earlier run has unpacked of the same version.
#
# Version:     cargo 1.95.0 (f2d3ce0bd 2026-03-21).
# Expectation: `cargo package -p lower -p upper` packages both and builds the package of `upper` with the package of `lower` that it has just
#              made.
# Behaviour:   `lower` is put into a registry below the target folder and unpacked into `$CARGO_HOME/registry/src/-HASH`. The next run makes a
#              new package of it, and builds `upper` with what was unpacked before, as long as the version is the same. A function that `lower`
#              has got meanwhile is missing (a wrong red), and one that it has lost is there (a wrong green). Another target folder helps, or
#              taking away what was unpacked and what was built.
# Seen:        error[E0425]: cannot find function `new` in crate `lower`
#
# Exits with 0 as long as that is so.
set -euo pipefail
readonly version=1.95.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_HOME=$folder/home

mkdir -p lower/src upper/src
printf '[workspace]\nresolver = "3"\nmembers = ["lower", "upper"]\n' >Cargo.toml
for name in lower upper; do
    printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\ndescription = "x"\nlicense = "MIT"\n' "$name" >$name/Cargo.toml
done
printf '[dependencies]\nlower = { path = "../lower", version = "0.1.0" }\n' >>upper/Cargo.toml
cargo() { command cargo "+$version" "$@"; }
cargo --version | grep -q " $version " || { echo "there is no cargo $version here: nothing was tried" >&2; exit 2; }
package() { cargo package --quiet --allow-dirty --offline -p lower -p upper; }

echo 'pub fn old() {}' >lower/src/lib.rs
echo 'pub fn run() { lower::old() }' >upper/src/lib.rs
package
echo 'pub fn new() {}' >lower/src/lib.rs
echo 'pub fn run() { lower::new() }' >upper/src/lib.rs
cargo build --quiet --offline
if package 2>said; then
    echo "the second package was built with what it was made with: no longer so" >&2
    exit 1
fi
grep 'cannot find function `new`' said
