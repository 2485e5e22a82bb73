//! The layers of each crate: what lies further down knows nothing of what lies above.

use crate::imports::Import;

/// The modules of a crate, the uppermost layer first. Modules of one layer may use each other, as long as there is no circle.
pub(crate) struct Layers {
    pub(crate) folder: &'static str,
    pub(crate) layers: &'static [&'static [&'static str]],
}

pub(crate) const CRATES: &[Layers] = &[
    ADAPTERS, CAPI, COMPILER, DSL, RUNTIME, QUIRKC, LSP, DRAFT, VFIO, RECORDED, MAP, HOST, VFIO_USER, SYSFS, MACROS,
    PROXY, LIVE, XTASK, BENCHES, RUST_VMM, PLAYGROUND,
];

const ADAPTERS: Layers = Layers {
    folder: "examples/adapters/src",
    layers: &[&["enables", "offsets", "registers"], &["function", "appended"]],
};

const CAPI: Layers = Layers {
    folder: "runtime/capi/src",
    layers: &[&["calls"], &["attach", "database", "policy"], &["device"], &["boundary"], &["status", "abi"]],
};

const RUST_VMM: Layers = Layers { folder: "runtime/rust-vmm/src", layers: &[&["host", "region"]] };

const COMPILER: Layers = Layers {
    folder: "compiler/src",
    layers: &[
        &["build", "fix"],
        &["workspace"],
        &["rust_tests"],
        &["facts", "testing"],
        &["pipeline"],
        &["compilation"],
        &["emit"],
        &["passes", "rules", "tables", "lower"],
        &["names", "allocate"],
        &["doubts", "load", "matching"],
        &["model", "options", "syntax", "shares"],
        &["diagnostic"],
        &["catalogue"],
        &["severity", "suggest", "source", "files", "numbered"],
    ],
};

const DSL: Layers = Layers {
    folder: "dsl/src",
    layers: &[
        &["again", "batch", "format", "items"],
        &["parse", "cut"],
        &["lower"],
        &["report", "ast"],
        &["parser", "tree", "split", "shape"],
        &["repair"],
        &["error", "lex"],
        &["span", "suggest", "line_index", "text", "ordered"],
    ],
};

const RUNTIME: Layers = Layers {
    folder: "runtime/src",
    layers: &[
        &["attach"],
        &["told"],
        &["saved", "placement"],
        &["layers"],
        &["guest_view"],
        &["survey"],
        &["question", "view", "signs"],
        &["decision", "chain", "lookup", "facts", "owned"],
        &["finding", "policy"],
        &["reason", "overlay", "free_space"],
        &["capability", "image", "byte_range", "byte_set", "dword_set", "identity", "pasid"],
        &["access", "tables", "source", "kernel", "bounded", "setters"],
    ],
};

const QUIRKC: Layers = Layers {
    folder: "compiler/cli/src",
    layers: &[
        &["verbs"],
        &["devices", "doctor", "explain", "import", "lsp", "new", "site"],
        &[
            "anonymise",
            "build",
            "check",
            "completions",
            "man",
            "fmt",
            "like",
            "map",
            "matching",
            "plan",
            "rules",
            "survey",
            "test",
            "verify",
        ],
        &["config", "diff"],
        &["output", "report", "subject"],
        &["pci_ids"],
        &["clause", "failure", "linux", "setting", "unified"],
    ],
};

const LSP: Layers = Layers {
    folder: "compiler/lsp/src",
    layers: &[
        &["server"],
        &["worker"],
        &["features"],
        &["desk"],
        &["cursor", "files", "world"],
        &["text"],
        &["answers", "index", "language", "program", "transport", "uri"],
        &["lines"],
    ],
};

const DRAFT: Layers = Layers {
    folder: "compiler/draft/src",
    layers: &[
        &["blank"],
        &["settle", "text"],
        &["draft"],
        &["group", "like"],
        &["facts"],
        &["error", "options", "sample", "word"],
    ],
};

const VFIO: Layers = Layers {
    folder: "runtime/vfio/src",
    layers: &[&["open"], &["bind", "device"], &["error"], &["advice"], &["call", "denylist", "sys"]],
};

const RECORDED: Layers = Layers {
    folder: "runtime/recorded/src",
    layers: &[
        &["archive"],
        &["parse"],
        &["scan"],
        &["bare", "block", "encoding", "reading"],
        &["plain"],
        &["order"],
        &["line", "lines", "recorded", "text"],
        &["heading", "write"],
        &["address", "error", "packed"],
    ],
};

const MAP: Layers = Layers {
    folder: "runtime/map/src",
    layers: &[
        &["html", "json"],
        &["sheet"],
        &["page"],
        &["owners"],
        &["render", "model"],
        &["map", "hidden"],
        &["list", "role"],
    ],
};

const HOST: Layers = Layers {
    folder: "runtime/host/src",
    layers: &[
        &["words"],
        &["descriptions", "findings"],
        &["files", "layers", "reasons"],
        &["error", "number", "ignored"],
    ],
};

const PLAYGROUND: Layers = Layers {
    folder: "playground/src",
    layers: &[
        &["boundary"],
        &["answer"],
        &["look"],
        &["emit", "guest", "layers"],
        &["about", "check", "dump", "effect"],
        &["question"],
        &["texts"],
        &["refusal"],
    ],
};

const VFIO_USER: Layers =
    Layers { folder: "runtime/vfio-user/src", layers: &[&["device"], &["connection"], &["error"], &["message"]] };

const SYSFS: Layers =
    Layers { folder: "runtime/sysfs/src", layers: &[&["function"], &["config"], &["error"], &["address"]] };

const MACROS: Layers = Layers { folder: "macros/src", layers: &[&["text"], &["expand", "position"]] };

const PROXY: Layers =
    Layers { folder: "examples/vfio-user-proxy/src", layers: &[&["below"], &["without_rom"], &["args", "failure"]] };

const LIVE: Layers = Layers { folder: "tests/live/src", layers: &[&["host"], &["guest"]] };

const XTASK: Layers =
    Layers { folder: "xtask/src", layers: &[&["docs", "grammar", "release", "lines", "seen"], &["workspace"]] };

const BENCHES: Layers = Layers {
    folder: "benches/src",
    layers: &[&["mapped", "scene"], &["peers"], &["descriptions", "device", "harness"]],
};

/// What breaks the layers: imports that point up, and modules of no layer.
pub(crate) fn judge(crate_layers: &Layers, imports: &[Import]) -> String {
    let layer = |file: &str| {
        let module = file.split('/').next().unwrap_or_default();
        crate_layers.layers.iter().position(|layer| layer.contains(&module))
    };
    let folder = crate_layers.folder;
    // A crate's root lists its modules and hands on their names.
    let imports = imports.iter().filter(|import| !import.from.is_empty());
    let mut wrong = String::new();
    for import in imports {
        match (layer(&import.from), layer(&import.to)) {
            (Some(from), Some(to)) if from <= to => {}
            (Some(_), Some(_)) => wrong.push_str(&format!("{folder}: points up: {import}\n")),
            _ => wrong.push_str(&format!("{folder}: is in no layer: {import}\n")),
        }
    }
    wrong
}
