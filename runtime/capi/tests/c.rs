//! The library as C has it: the header beside the library's own types, and callers of the project's own, built by each compiler that
//! is there, run as they are, under valgrind and with `AddressSanitizer`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use quirk::{
    QuirkEffects, QuirkError, QuirkHidden, QuirkHost, QuirkIdentity, QuirkIntent, QuirkLayer, QuirkMirror, QuirkOps,
    QuirkParam, QuirkPolicy, QuirkRange, QuirkSaved, QuirkWindow,
};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn work(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether this build watches addresses itself: then C does so too, and valgrind cannot.
fn is_sanitized() -> bool {
    std::env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer=address"))
}

/// The static library, of the same build.
fn library() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "rustc",
        "--quiet",
        "--locked",
        "--offline",
        "--lib",
        "--crate-type",
        "staticlib",
        "--message-format=json",
    ]);
    if is_sanitized() {
        // With a target, the flags are not those of build scripts and macros.
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        cargo.args(["--target", &target, "--target-dir"]).arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap());
    }
    let built = cargo.current_dir(here()).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let told = String::from_utf8(built.stdout).unwrap();
    let path = told.split('"').find(|part| part.ends_with("libquirk.a"));
    PathBuf::from(path.unwrap_or_else(|| panic!("no static library: {told}")))
}

fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

fn compile(compiler: &[&str], source: &Path, program: &Path, library: Option<&Path>) {
    let mut command = Command::new(compiler[0]);
    command.args(&compiler[1..]).args(["-Wall", "-Wextra", "-Werror", "-g"]);
    command.arg("-I").arg(here().join("include")).arg(source).arg("-o").arg(program);
    if let Some(library) = library {
        command.args(["-x", "none"]).arg(library).args(["-lpthread", "-ldl", "-lm"]);
    }
    run(&mut command);
}

/// A row for each field: where it is, and what the structure takes.
macro_rules! layout {
    ($(($rust:ident, $c:ident: $($field:ident)*),)*) => {
        [$($((
            concat!(stringify!($c), ".", stringify!($field)),
            stringify!($c),
            stringify!($field),
            offset_of!($rust, $field),
            size_of::<$rust>(),
        ),)*)*]
    };
}

#[test]
fn the_header_says_what_the_library_has() {
    let rows = layout![
    (QuirkOps, quirk_ops: struct_size size read write),
    (QuirkIdentity, quirk_identity: struct_size vendor device subsystem_vendor subsystem_device class_code revision has_subsystem kind reserved),
    (QuirkHost, quirk_host: struct_size out_capabilities out_max_pasid_log2 reserved),
    (QuirkRange, quirk_range: start end),
    (QuirkWindow, quirk_window: offset length bar reserved),
    (QuirkMirror, quirk_mirror: offset length config_offset bar reserved),
    (QuirkHidden, quirk_hidden: id offset length version reserved),
    (QuirkParam, quirk_param: name bytes length number),
    (QuirkLayer, quirk_layer: name params param_count),
    (QuirkPolicy, quirk_policy: struct_size flags excluded_sources offset viommu_width least_evidence reserved ranges range_count profile layers layer_count disabled_layers disabled_layer_count windows window_count vmm_owned vmm_owned_count hidden hidden_count),
    (QuirkSaved, quirk_saved: data length),
    (QuirkEffects, quirk_effects: kinds pasid_control ats_control pri_control power_from power_to reserved),
    (QuirkIntent, quirk_intent: effects kinds memory_space reserved),
    (QuirkError, quirk_error: text),
    ];
    let mut text = String::from("#include <stdio.h>\n#include \"quirk.h\"\nint main(void) {\n");
    for (_, name, field, ..) in rows {
        text += &format!(
            "printf(\"{name}.{field} %zu %zu\\n\", offsetof(struct {name}, {field}), sizeof(struct {name}));\n"
        );
    }
    let names = QuirkStatusNames::all();
    for (name, _) in &names {
        text += &format!("printf(\"{name} %d\\n\", (int){name});\n");
    }
    text += "return 0;\n}\n";
    let folder = work("layout");
    let source = folder.join("layout.c");
    fs::write(&source, text).unwrap();
    compile(&["cc", "-std=c11", "-pedantic"], &source, &folder.join("layout"), None);
    let printed = run(&mut Command::new(folder.join("layout")));
    let fields = rows.iter().map(|(field, _, _, offset, size)| format!("{field} {offset} {size}"));
    let expected: Vec<_> = fields.chain(names.iter().map(|(name, value)| format!("{name} {value}"))).collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn the_code_of_the_page_is_c() {
    let page = fs::read_to_string(here().join("../../docs/c-library.md")).unwrap();
    let blocks: Vec<&str> = page.split("```c\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    let before = "#define _GNU_SOURCE\n#include <unistd.h>\n#include \"quirk.h\"\nstruct device { int fd; off_t region; };\n\
                  static size_t region_size(void *opaque) { (void)opaque; return 4096; }\n\
                  static ptrdiff_t region_write(void *opaque, uint16_t offset, const void *data, size_t length)\n\
                  {\n\tstruct device *device = (struct device *)opaque;\n\treturn pwrite(device->fd, data, length, device->region + offset);\n}\n";
    let source = work("page").join("page.c");
    fs::write(&source, format!("{before}{}int main(void) {{ return ops.struct_size == 0; }}\n", blocks.concat()))
        .unwrap();
    compile(&["cc", "-std=c11"], &source, &work("page").join("page"), None);
}

/// The statuses as C names them.
struct QuirkStatusNames;

impl QuirkStatusNames {
    fn all() -> Vec<(String, usize)> {
        use quirk::QuirkStatus::{
            Busy, Database, Device, File, Internal, Invalid, NoPasid, Ok, OutOfRange, Refused, Saved, Short,
        };
        let all = [Ok, Invalid, OutOfRange, Device, Database, File, Saved, Refused, Short, Busy, NoPasid, Internal];
        all.map(|status| {
            let mut name = String::from("QUIRK");
            for letter in format!("{status:?}").chars() {
                if letter.is_uppercase() {
                    name.push('_');
                }
                name.push(letter.to_ascii_uppercase());
            }
            (name, status as usize)
        })
        .to_vec()
    }
}

static DATABASE: quirk_runtime::Database<'static> = quirk_macros::quirks! {
    edition 1;
    device example {
        name "Example";
        match pci(0xfffe, 0x1001);
        layout { cap pcie @ 0x40; ext aer @ 0x100; }
        free @ 0x400..0x500 { evidence datasheet "EX-1, section 1"; }
        pasid { place free; }
    }
};

const SANITIZE: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// What a program says under valgrind, which fails it for an error and for a leak.
fn under_valgrind(program: &Path, folder: &Path) -> String {
    let mut valgrind = Command::new("valgrind");
    valgrind.args([
        "--quiet",
        "--error-exitcode=9",
        "--leak-check=full",
        "--errors-for-leak-kinds=definite,indirect,possible",
    ]);
    run(valgrind.arg(program).current_dir(folder))
}

#[test]
fn callers_in_c_and_cpp_get_what_they_ask_for() {
    let (library, source) = (library(), here().join("tests/c/callers.c"));
    let has_valgrind = has("valgrind");
    let mut ran = 0;
    for (name, compiler) in [
        ("gcc", &["gcc", "-std=c11", "-pedantic"][..]),
        ("clang", &["clang", "-std=c11", "-pedantic"]),
        ("g++", &["g++", "-std=c++17", "-x", "c++"]),
        ("gcc-sanitized", &["gcc", "-std=c11", SANITIZE[0], SANITIZE[1]]),
        ("clang-sanitized", &["clang", "-std=c11", SANITIZE[0], SANITIZE[1]]),
    ] {
        if !has(compiler[0]) {
            println!("skipped: {name}: {} is not installed", compiler[0]);
            continue;
        }
        let watches = name.ends_with("-sanitized");
        if is_sanitized() && !watches {
            continue;
        }
        let folder = work(name);
        fs::write(folder.join("one.db"), DATABASE.bytes()).unwrap();
        let program = folder.join("callers");
        compile(compiler, &source, &program, Some(&library));
        assert_eq!(run(Command::new(&program).current_dir(&folder)), "all passed\n", "{name}");
        if !watches && has_valgrind {
            assert_eq!(under_valgrind(&program, &folder), "all passed\n", "{name}");
        }
        ran += 1;
    }
    assert!(ran > 0, "no compiler is installed");
    if !has_valgrind {
        println!("skipped: valgrind is not installed");
    }
}

#[test]
fn valgrind_fails_a_program_for_what_it_leaks_and_reads() {
    if is_sanitized() || !has("valgrind") {
        println!("skipped: valgrind is not installed, or addresses are watched already");
        return;
    }
    let (library, folder) = (library(), work("leaks"));
    for (name, says, body) in [
        ("forgotten", "definitely lost", "return quirk_db_library(&db, 0) + !db;"),
        (
            "freed",
            "Invalid read",
            "quirk_db_library(&db, 0); quirk_db_close(db); return quirk_db_join(db, other, 0) == 99;",
        ),
    ] {
        let source = folder.join(format!("{name}.c"));
        let text = "#include \"quirk.h\"\nint main(void)\n{\n\tstruct quirk_db *db, *other;\n\tquirk_db_library(&other, 0);\n\t";
        fs::write(&source, format!("{text}{body}\n}}\n")).unwrap();
        let program = folder.join(name);
        compile(&["cc", "-std=c11", "-Wno-error"], &source, &program, Some(&library));
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
        valgrind.arg("--errors-for-leak-kinds=definite,indirect,possible").arg(&program);
        let output = valgrind.output().unwrap();
        assert!(
            !output.status.success() && String::from_utf8_lossy(&output.stderr).contains(says),
            "{name}: {output:?}"
        );
    }
}
