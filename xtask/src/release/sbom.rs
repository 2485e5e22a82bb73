//! What a program is made of, as `CycloneDX` 1.5: every package that is linked or that a build script runs, with licence and checksum.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::metadata::{Metadata, name};

/// The document for a package of the workspace: the same for the same `Cargo.lock`.
pub(super) fn sbom(root: &Path, package: &str, kind: &str) -> Result<String, String> {
    let used = used(root, package)?;
    let sums = checksums(root)?;
    let metadata = Metadata::resolved(root)?;
    let refs: BTreeMap<&str, String> = metadata.packages().map(|each| (id(each), purl(each))).collect();
    let wanted = |each: &&Value| used.contains(&key(each));
    let main = metadata.packages().find(|each| name(each) == package).ok_or("no such package")?;
    let mut components: Vec<Value> = metadata
        .packages()
        .filter(wanted)
        .filter(|each| name(each) != package)
        .map(|each| component(each, "library", sums.get(&key(each))))
        .collect();
    components.sort_by_key(|each| each["bom-ref"].to_string());
    let of_used: BTreeSet<&str> = metadata.packages().filter(wanted).map(id).collect();
    let mut dependencies: Vec<Value> = Vec::new();
    for node in metadata.nodes().filter(|node| of_used.contains(id(node))) {
        let needs = node["deps"].as_array().into_iter().flatten().filter(|each| is_used(each));
        let needs = needs.filter_map(|each| each["pkg"].as_str()).filter(|pkg| of_used.contains(pkg));
        let needs: BTreeSet<&String> = needs.map(|pkg| &refs[pkg]).collect();
        dependencies.push(json!({ "ref": refs[id(node)], "dependsOn": needs }));
    }
    dependencies.sort_by_key(|each| each["ref"].to_string());
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(main, kind, None) },
        "components": components,
        "dependencies": dependencies,
    });
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// `name version` of what the package is made of, without what its tests need. Features are those of this package alone.
fn used(root: &Path, package: &str) -> Result<BTreeSet<String>, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "tree",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let key = |line: &str| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.trim_start_matches('v')))
    };
    Ok(text.lines().filter_map(key).collect())
}

/// Checksums of `Cargo.lock` by `name version`.
fn checksums(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("`Cargo.lock`: {error}"))?;
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        line.map(|rest| rest.trim_end_matches('"').to_owned())
    };
    let entry =
        |block| Some((format!("{} {}", value(block, "name")?, value(block, "version")?), value(block, "checksum")?));
    Ok(lock.split("[[package]]").filter_map(entry).collect())
}

fn component(package: &Value, kind: &str, checksum: Option<&String>) -> Value {
    let mut component = json!({
        "type": kind,
        "bom-ref": purl(package),
        "name": name(package),
        "version": package["version"],
        "purl": purl(package),
    });
    if let Some(licence) = package["license"].as_str() {
        // Old manifests have a slash where SPDX has `OR`.
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(sum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    if let Some(url) = package["repository"].as_str().filter(|url| url.starts_with("https://")) {
        component["externalReferences"] = json!([{ "type": "vcs", "url": url }]);
    }
    component
}

fn is_used(dependency: &Value) -> bool {
    dependency["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"] != "dev")
}

fn purl(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", name(package), package["version"].as_str().unwrap_or_default())
}

fn key(package: &Value) -> String {
    format!("{} {}", name(package), package["version"].as_str().unwrap_or_default())
}

fn id(package: &Value) -> &str {
    package["id"].as_str().unwrap_or_default()
}
