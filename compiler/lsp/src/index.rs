//! The names of one file: what declares them and what refers to them, by the words of its tree alone.

use quirk_dsl::ast::ItemKind;
use quirk_dsl::{Element, NodeKind, Parse, Span, TokenKind};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Namespace,
    Constant,
    Source,
    Device,
    Layer,
    Format,
    Profile,
    Param,
}

impl Kind {
    /// The keyword that declares it.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Namespace => "use",
            Self::Constant => "const",
            Self::Source => "source",
            Self::Device => "device",
            Self::Layer => "layer",
            Self::Format => "dvsec_format",
            Self::Profile => "profile",
            Self::Param => "param",
        }
    }
}

/// A name where it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The name.
    pub(crate) span: Span,
    /// The whole item or statement.
    pub(crate) item: Span,
    /// Of a parameter the layer, as an index among what the file declares.
    pub(crate) layer: Option<usize>,
}

/// A name where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// What stands before `::`.
    pub(crate) namespace: Option<(String, Span)>,
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) role: Role,
}

/// What a name is used as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A number: a constant, or a parameter of the layer around it.
    Number(Option<usize>),
    /// An item that is no number.
    Item,
    /// A namespace, of which no name follows.
    Namespace,
    /// A parameter of the layer that is referred to so.
    ParamOf(Box<Reference>),
}

/// A file that a file uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    /// As it was written.
    pub(crate) path: String,
    /// The text with its quotes.
    pub(crate) span: Span,
    /// The namespace.
    pub(crate) name: String,
}

/// The names of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) declared: Vec<Declared>,
    pub(crate) references: Vec<Reference>,
    pub(crate) uses: Vec<Used>,
}

impl Index {
    pub(crate) fn new(parse: &Parse) -> Self {
        let mut index = Self::default();
        for item in &parse.file.items {
            if let ItemKind::Use(used) = &item.kind {
                let (path, name) = (used.path.value.clone(), used.name.value.clone());
                index.uses.push(Used { path, span: used.path.span, name });
            }
        }
        if let Some(root) = parse.tree.root() {
            index.visit(root, Around::default());
        }
        index
    }

    /// The first item or namespace of a name: a second one is an error.
    pub(crate) fn item(&self, name: &str) -> Option<usize> {
        self.declared.iter().position(|each| each.name == name && each.kind != Kind::Param)
    }

    /// A parameter of a layer.
    pub(crate) fn param(&self, layer: usize, name: &str) -> Option<usize> {
        self.declared.iter().position(|each| each.layer == Some(layer) && each.name == name)
    }

    fn visit<'t>(&mut self, element: Element<'t>, around: Around<'t>) {
        let Some(node) = element.node() else {
            element.children().filter(|child| child.token().is_none()).for_each(|child| self.visit(child, around));
            return;
        };
        let mut around = around;
        if let Some(kind) = declares(element)
            && let Some(name) = element.children().find(|child| child.node() == Some(NodeKind::Name))
        {
            let layer = (kind == Kind::Param).then_some(around.layer).flatten();
            let (span, item) = (name.span(), element.span());
            self.declared.push(Declared { kind, name: name.text().to_owned(), span, item, layer });
            if kind == Kind::Layer {
                around.layer = Some(self.declared.len() - 1);
            }
        }
        match node {
            NodeKind::Path => self.references.extend(reference(element, around)),
            NodeKind::Statement if element.says("enable") => around.enabled = path_in(element),
            NodeKind::Assignment => self.references.extend(assigned(element, around)),
            NodeKind::Setting => self.references.extend(setting(element)),
            _ => {}
        }
        around.in_expression = node == NodeKind::Expr;
        element.children().filter(|child| child.token().is_none()).for_each(|child| self.visit(child, around));
    }
}

/// What is around an element.
#[derive(Clone, Copy, Default)]
struct Around<'t> {
    layer: Option<usize>,
    enabled: Option<Element<'t>>,
    in_expression: bool,
}

fn declares(element: Element<'_>) -> Option<Kind> {
    let statement = (element.node() == Some(NodeKind::Statement)).then_some(element)?;
    Some(match statement.first_word()?.text() {
        "use" => Kind::Namespace,
        "const" => Kind::Constant,
        "source" => Kind::Source,
        "device" => Kind::Device,
        "layer" => Kind::Layer,
        "dvsec_format" => Kind::Format,
        "profile" => Kind::Profile,
        "param" => Kind::Param,
        _ => return None,
    })
}

fn path_in(element: Element<'_>) -> Option<Element<'_>> {
    element.children().find(|child| child.node() == Some(NodeKind::Path))
}

fn reference(path: Element<'_>, around: Around<'_>) -> Option<Reference> {
    let mut words = path.descendants().filter(|each| each.token() == Some(TokenKind::Word));
    let first = words.next()?;
    let second = words.next();
    let is_open = second.is_none() && path.descendants().any(|each| each.text() == "::");
    let role = match around.in_expression {
        _ if is_open => Role::Namespace,
        true => Role::Number(around.layer),
        false => Role::Item,
    };
    let namespace = second.map(|_| (first.text().to_owned(), first.span()));
    let name = second.unwrap_or(first);
    Some(Reference { namespace, name: name.text().to_owned(), span: name.span(), role })
}

/// `NAME = value;` in `enable LAYER { .. }`
fn assigned(assignment: Element<'_>, around: Around<'_>) -> Option<Reference> {
    let layer = reference(around.enabled?, Around::default())?;
    let name = assignment.children().find(|child| child.node() == Some(NodeKind::Name))?;
    let role = Role::ParamOf(Box::new(layer));
    Some(Reference { namespace: None, name: name.text().to_owned(), span: name.span(), role })
}

/// `profile NAME;` and `disable LAYER;` in `policy { .. }`
fn setting(setting: Element<'_>) -> Option<Reference> {
    let name = setting.children().find(|child| child.node() == Some(NodeKind::Name))?;
    let named = setting.children().find(|child| child.node() == Some(NodeKind::Dashed))?;
    let (text, span) = (named.text(), named.span());
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (matches!(name.text(), "profile" | "disable") && is_word).then(|| Reference {
        namespace: None,
        name: text.to_owned(),
        span,
        role: Role::Item,
    })
}

#[cfg(test)]
mod tests {
    use super::{Index, Kind, Role};

    const TEXT: &str = "edition 1;
use \"ids.quirk\" as ids;
const GAP = ids::BASE + 4;
source docs = datasheet \"x\";
device a like ids::b { match pci(1, GAP); free @ GAP..0x500 { evidence docs; } }
layer l { match pci(1, 2); param n: u8; emulate u8 @ 0x40 = n ro; over ids::m; }
test \"t\" { given device a; enable l { n = 1; } policy { profile p; disable l; } }
profile p for a { }
";

    #[test]
    fn every_name_is_found_once() {
        let index = Index::new(&quirk_dsl::parse(TEXT));
        let declared: Vec<(Kind, &str)> = index.declared.iter().map(|each| (each.kind, each.name.as_str())).collect();
        let expected = [
            (Kind::Namespace, "ids"),
            (Kind::Constant, "GAP"),
            (Kind::Source, "docs"),
            (Kind::Device, "a"),
            (Kind::Layer, "l"),
            (Kind::Param, "n"),
            (Kind::Profile, "p"),
        ];
        assert_eq!(declared, expected);
        let names: Vec<&str> = index.references.iter().map(|each| each.name.as_str()).collect();
        assert_eq!(names, ["BASE", "b", "GAP", "GAP", "docs", "n", "m", "a", "l", "n", "p", "l", "a"]);
        for reference in &index.references {
            assert_eq!(&TEXT[reference.span.range()], reference.name);
        }
        assert_eq!(index.references[5].role, Role::Number(Some(4)));
        assert_eq!(index.param(4, "n"), Some(5));
    }

    #[test]
    fn a_namespace_without_a_name_is_one() {
        let index = Index::new(&quirk_dsl::parse("const A = ids::;"));
        assert_eq!(index.references.len(), 1);
        assert_eq!(index.references[0].role, Role::Namespace);
    }
}
