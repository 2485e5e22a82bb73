//! What the files of a crate import of each other, read from their syntax.
//!
//! A name that a module hands on (`pub use`) counts for the file that declares it, so that a module which only lists its
//! parts is no part of a circle. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, VisRestricted, Visibility};

/// One file uses a name that another one declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// The file that uses it, without its ending.
    pub(crate) from: String,
    /// The file that declares it.
    pub(crate) to: String,
    /// The name.
    pub(crate) name: String,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}: {}", self.from, self.to, self.name)
    }
}

type Segments = Vec<String>;

/// The files of a crate by the path of the module that each holds.
pub(crate) struct Crate(BTreeMap<Segments, Module>);

#[derive(Default)]
struct Module {
    /// Where the syntax names something, as it is written.
    paths: BTreeSet<Segments>,
    /// What it hands on: the name and where it comes from, as written.
    handed_on: BTreeMap<String, Segments>,
    /// The names that its code uses.
    words: BTreeSet<String>,
    /// Its modules that only tests have.
    tests: Vec<String>,
}

impl Module {
    fn tests_at(&self, at: &Segments) -> Vec<Segments> {
        self.tests.iter().map(|test| [at.as_slice(), std::slice::from_ref(test)].concat()).collect()
    }
}

impl Crate {
    pub(crate) fn read(folder: &Path) -> Self {
        let mut modules = BTreeMap::new();
        read_folder(folder, &[], &mut modules);
        assert!(!modules.is_empty(), "no sources in {}", folder.display());
        let tests: Vec<Segments> = modules.iter().flat_map(|(at, module)| module.tests_at(at)).collect();
        modules.retain(|at, _| !tests.iter().any(|test| at.starts_with(test)));
        Self(modules)
    }

    /// Each pair of files of which one uses a name of the other, with one of the names.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let mut found = BTreeMap::new();
        for (from, module) in &self.0 {
            for path in &module.paths {
                if let Some((to, name)) = self.resolve(from, path, 0).filter(|(to, _)| to != from) {
                    found.entry((from.join("/"), to.join("/"))).or_insert(name);
                }
            }
        }
        found.into_iter().map(|((from, to), name)| Import { from, to, name }).collect()
    }

    /// The module that declares what a path of a module names.
    fn resolve(&self, from: &Segments, path: &[String], depth: usize) -> Option<(Segments, String)> {
        let absolute = self.absolute(from, path)?;
        let known = (0..=absolute.len()).rev().find(|&n| self.0.contains_key(&absolute[..n]))?;
        let (module, rest) = absolute.split_at(known);
        let Some(name) = rest.first() else { return Some((module.to_vec(), "the module".to_owned())) };
        match self.0[module].handed_on.get(name) {
            Some(origin) if depth < 8 => self.resolve(&module.to_vec(), origin, depth + 1),
            _ => Some((module.to_vec(), name.clone())),
        }
    }

    /// A path from the crate's root; none where it leads out of the crate.
    fn absolute(&self, from: &Segments, path: &[String]) -> Option<Segments> {
        let mut at = from.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|each| each == "super") {
                    at.pop()?;
                    rest = &rest[1..];
                }
                return Some([at, rest.to_vec()].concat());
            }
            child => {
                at.push(child.to_owned());
                if !self.0.contains_key(&at) {
                    return None;
                }
            }
        }
        Some([at, rest[1..].to_vec()].concat())
    }
}

fn read_folder(folder: &Path, module: &[String], modules: &mut BTreeMap<Segments, Module>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        if path.is_dir() {
            read_folder(&path, &[module, &[stem]].concat(), modules);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = match stem.as_str() {
                "mod" | "lib" | "main" => module.to_vec(),
                _ => [module, &[stem]].concat(),
            };
            let text = fs::read_to_string(&path).expect("UTF-8 source");
            let file = syn::parse_file(&text).expect("valid source");
            Reader::read(&file, modules.entry(name).or_default());
        }
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    list.path.is_ident("cfg") && list.tokens.to_string().contains("test")
}

/// Reads the syntax of one file.
struct Reader<'a> {
    module: &'a mut Module,
    /// How many modules within the file lie around what is read.
    depth: usize,
}

impl Reader<'_> {
    fn read(file: &syn::File, module: &mut Module) {
        Reader { module, depth: 0 }.visit_file(file);
        let Module { paths, handed_on, words, .. } = module;
        // What is handed on and used here as well is an import like any other.
        paths.extend(handed_on.iter().filter(|(name, _)| words.contains(*name)).map(|(_, path)| path.clone()));
    }

    fn add(&mut self, path: &[String]) {
        let supers = path.iter().take_while(|each| *each == "super").count();
        // Within a module of the file, the first `super` leads to the file itself.
        if self.depth == 0 {
            self.module.paths.insert(path.to_vec());
        } else if supers > self.depth {
            self.module.paths.insert(path[self.depth..].to_vec());
        } else if path.first().is_some_and(|first| first == "crate") {
            self.module.paths.insert(path.to_vec());
        }
    }

    fn uses(&mut self, tree: &UseTree, before: &mut Segments, handed_on: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.uses(&path.tree, before, handed_on);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.uses(tree, before, handed_on)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Name(name) => self.leaf(&name.ident.to_string(), &name.ident.to_string(), before, handed_on),
            UseTree::Rename(name) => self.leaf(&name.ident.to_string(), &name.rename.to_string(), before, handed_on),
        }
    }

    fn leaf(&mut self, name: &str, called: &str, before: &Segments, handed_on: bool) {
        let mut path = before.clone();
        if name != "self" {
            path.push(name.to_owned());
        }
        if handed_on && self.depth == 0 {
            self.module.handed_on.insert(called.to_owned(), path);
        } else {
            self.add(&path);
        }
    }

    /// Paths in what a macro is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Segments = vec![];
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut path));
                    }
                    self.module.words.insert(ident.to_string());
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.path(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.path(&path);
    }

    fn path(&mut self, path: &[String]) {
        if path.len() > 1 {
            self.add(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if attributes.iter().any(is_test) {
            if let Item::Mod(ItemMod { ident, content: None, .. }) = item {
                self.module.tests.push(ident.to_string());
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, item);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let handed_on = !matches!(item.vis, Visibility::Inherited);
        self.uses(&item.tree, &mut vec![], handed_on);
    }

    /// Who may use something is not what it uses.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.module.words.extend(segments.first().cloned());
        self.path(&segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}
