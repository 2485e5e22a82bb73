//! Names across files: what each stands for, and where else the same is meant.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quirk_compiler::FileId;
use quirk_dsl::Span;
use quirk_dsl::ast::{BinaryOp, Expr, ExprKind, ItemKind, UnaryOp};

use crate::index::{Declared, Kind, Reference, Role};
use crate::text::Text;

/// How many constants may be made of each other in a row.
const DEEPEST: usize = 64;

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: FileId,
    /// As it was found.
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<Text>,
    /// The files after its namespaces.
    pub(crate) uses: BTreeMap<String, PathBuf>,
}

/// Files that know of each other, by identity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    pub(crate) files: BTreeMap<PathBuf, File>,
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Symbol {
    pub(crate) file: PathBuf,
    /// Which of what the file declares.
    pub(crate) declared: usize,
}

impl Files {
    pub(crate) fn declared(&self, symbol: &Symbol) -> Option<&Declared> {
        self.files.get(&symbol.file)?.text.index().declared.get(symbol.declared)
    }

    /// What the word at a byte stands for, and where the word is.
    pub(crate) fn at(&self, file: &Path, offset: u32) -> Option<(Symbol, Span)> {
        let index = self.files.get(file)?.text.index();
        let touches = |span: Span| (span.start..=span.end).contains(&offset);
        if let Some(declared) = index.declared.iter().position(|each| touches(each.span)) {
            return Some((Symbol { file: file.to_owned(), declared }, index.declared[declared].span));
        }
        for reference in &index.references {
            if touches(reference.span) {
                return Some((self.resolve(file, reference)?, reference.span));
            }
            if let Some((name, span)) = &reference.namespace
                && touches(*span)
            {
                return Some((self.namespace(file, name)?, *span));
            }
        }
        None
    }

    /// What a reference stands for.
    pub(crate) fn resolve(&self, file: &Path, reference: &Reference) -> Option<Symbol> {
        let symbol = |file: &Path, declared| Symbol { file: file.to_owned(), declared };
        let index = self.files.get(file)?.text.index();
        match &reference.role {
            Role::Namespace => return self.namespace(file, &reference.name),
            Role::ParamOf(layer) => {
                let Symbol { file, declared } = self.resolve(file, layer)?;
                let param = self.files.get(&file)?.text.index().param(declared, &reference.name)?;
                return Some(symbol(&file, param));
            }
            Role::Number(Some(layer)) if reference.namespace.is_none() => {
                if let Some(param) = index.param(*layer, &reference.name) {
                    return Some(symbol(file, param));
                }
            }
            Role::Number(_) | Role::Item => {}
        }
        let (target, index) = match &reference.namespace {
            None => (file, index),
            Some((namespace, _)) => {
                let target = self.files.get(file)?.uses.get(namespace)?;
                (target.as_path(), self.files.get(target)?.text.index())
            }
        };
        let declared = index.item(&reference.name)?;
        let is_number = index.declared[declared].kind == Kind::Constant;
        (is_number == matches!(reference.role, Role::Number(_))).then(|| symbol(target, declared))
    }

    fn namespace(&self, file: &Path, name: &str) -> Option<Symbol> {
        let index = self.files.get(file)?.text.index();
        let declared = index.item(name)?;
        (index.declared[declared].kind == Kind::Namespace).then(|| Symbol { file: file.to_owned(), declared })
    }

    /// Where a symbol is used, by file and place; its declaration is not among them.
    pub(crate) fn references(&self, symbol: &Symbol) -> Vec<(&Path, Span)> {
        let Some(declared) = self.declared(symbol) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, file) in &self.files {
            for reference in &file.text.index().references {
                let namespace = reference.namespace.as_ref().filter(|(name, _)| *name == declared.name);
                if let Some((name, span)) = namespace
                    && declared.kind == Kind::Namespace
                    && self.namespace(key, name).as_ref() == Some(symbol)
                {
                    found.push((key.as_path(), *span));
                }
                if reference.name == declared.name && self.resolve(key, reference).as_ref() == Some(symbol) {
                    found.push((key.as_path(), reference.span));
                }
            }
        }
        found
    }

    /// The value of a constant.
    pub(crate) fn constant(&self, symbol: &Symbol) -> Option<u64> {
        self.value_of(symbol, DEEPEST)
    }

    fn value_of(&self, symbol: &Symbol, depth: usize) -> Option<u64> {
        let declared = self.declared(symbol)?;
        let parse = self.files.get(&symbol.file)?.text.parse();
        let item = parse.file.items.iter().find(|item| match &item.kind {
            ItemKind::Const(constant) => constant.name.span == declared.span,
            _ => false,
        })?;
        let ItemKind::Const(constant) = &item.kind else { return None };
        self.value(&symbol.file, &constant.value, depth)
    }

    fn value(&self, file: &Path, expr: &Expr, depth: usize) -> Option<u64> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Int(int) => Some(int.value),
            ExprKind::Char(character) => Some(u64::from(*character)),
            ExprKind::Paren(inner) => self.value(file, inner, depth),
            ExprKind::Unary(UnaryOp::Not, inner) => Some(!self.value(file, inner, depth)?),
            ExprKind::Binary(op, a, b) => apply(*op, self.value(file, a, depth)?, self.value(file, b, depth)?),
            ExprKind::Path(path) => {
                let namespace = path.namespace.as_ref().map(|name| (name.value.clone(), name.span));
                let (name, span) = (path.name.value.clone(), path.name.span);
                let reference = Reference { namespace, name, span, role: Role::Number(None) };
                self.value_of(&self.resolve(file, &reference)?, depth)
            }
        }
    }
}

fn apply(op: BinaryOp, a: u64, b: u64) -> Option<u64> {
    let bits = || u32::try_from(b).ok();
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::Div => a.checked_div(b),
        BinaryOp::Rem => a.checked_rem(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::Shl => bits().and_then(|bits| a.checked_shl(bits)),
        BinaryOp::Shr => bits().and_then(|bits| a.checked_shr(bits)),
    }
}
