//! A grammar as data: what its rules read, step by step.

/// What is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<Rule: 'static> {
    /// These bytes.
    Text(&'static str),
    /// The first of these that is next.
    Texts(&'static [&'static str]),
    /// One of these characters.
    OneOf(&'static [char]),
    /// A character of a range, ends included.
    Range(char, char),
    /// Any character.
    Any,
    /// Nothing, after the last character.
    End,
    /// Up to where one of these begins, or to the end.
    Until(&'static [&'static str]),
    /// What the rule reads.
    Call(Rule),
    /// All steps, one after the other.
    Sequence(&'static [Self]),
    /// The same where none but the first can fail, so that nothing is ever taken back.
    Row(&'static [Self]),
    /// The first step that finds something. Before each is what it begins with, if that is known.
    Choice(&'static [(&'static str, Self)]),
    /// The step, or nothing; what it begins with is before it.
    Optional(&'static str, &'static Self),
    /// The step, as often as it finds something; what it begins with is before it.
    Repeat(&'static str, &'static Self),
    /// Nothing, where the step would find something.
    Before(&'static Self),
    /// Nothing, where the step would find nothing.
    Unless(&'static Self),
    /// The step, as a node of the tree.
    Node(Rule, &'static Self),
    /// The step, as a node without nodes.
    Leaf(Rule, &'static Self),
}
