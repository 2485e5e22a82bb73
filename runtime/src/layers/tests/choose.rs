//! Which layers are on, and in which order.

use super::*;
use crate::policy::{LayerChoice, ParamValue};

fn choice<'a>(name: &'a str, params: &'a [(&'a str, ParamValue<'a>)]) -> LayerChoice<'a> {
    LayerChoice { name, params }
}

#[test]
fn a_layer_is_on_by_default_or_by_name() {
    let bytes = unchecked(&(layer("on", "") + "layer off { match pci(0xfffe, any); }"));
    let device = endpoint();
    assert_eq!(verdicts(&on(&device, &bytes, &EMPTY)), [("on", "applied")]);
    let both = [choice("off", &[])];
    let policy = Policy { layers: &both, ..EMPTY };
    assert_eq!(verdicts(&on(&device, &bytes, &policy)), [("off", "applied"), ("on", "applied")]);
    let policy = Policy { disabled_layers: &["on"], ..EMPTY };
    assert_eq!(verdicts(&on(&device, &bytes, &policy)), []);
    let named = [choice("on", &[])];
    let policy = Policy { disabled_layers: &["on"], layers: &named, ..EMPTY };
    assert_eq!(verdicts(&on(&device, &bytes, &policy)), [("on", "applied")]);
}

#[test]
fn what_is_asked_for_in_vain_is_a_finding() {
    let bytes = unchecked(&(layer("mine", "") + "layer other { match pci(0x1234, any); default on; }"));
    let device = endpoint();
    let wanted = [choice("mine", &[]), choice("other", &[]), choice("nobody", &[])];
    let config = on(&device, &bytes, &Policy { layers: &wanted, ..EMPTY });
    assert_eq!(
        findings(&config),
        ["the layer 1 of the policy is not for this function", "no database has the layer 2 of the policy"]
    );
}

#[test]
fn parameters_must_be_there_and_of_their_kind() {
    let bytes = x("param lane: u4; param blob: bytes(2);");
    let device = endpoint();
    let verdict = |params: &[(&str, ParamValue<'_>)]| {
        let choices = [choice("x", params)];
        let config = on(&device, &bytes, &Policy { layers: &choices, ..EMPTY });
        verdicts(&config)[0].1
    };
    let (lane, blob) = (("lane", ParamValue::Unsigned(15)), ("blob", ParamValue::Bytes(&[1, 2])));
    assert_eq!(verdict(&[lane, blob]), "applied");
    assert_eq!(verdict(&[blob]), "param-missing");
    assert_eq!(verdict(&[("lane", ParamValue::Unsigned(16)), blob]), "param-kind");
    assert_eq!(verdict(&[("lane", ParamValue::Bytes(&[1])), blob]), "param-kind");
    assert_eq!(verdict(&[lane, ("blob", ParamValue::Bytes(&[1]))]), "param-kind");
    assert_eq!(verdict(&[lane, blob, ("line", ParamValue::Unsigned(0))]), "param-unknown");
    let config = on(&device, &bytes, &EMPTY);
    assert_eq!(findings(&config), ["layer `x` is not applied: the parameter `lane` has no value"]);
    assert_eq!(view(&config), device.image().bytes());
}

#[test]
fn a_parameter_may_have_64_bits() {
    let bytes = x("param n: u64;");
    let params = [("n", ParamValue::Unsigned(u64::MAX))];
    let choices = [choice("x", &params)];
    assert_eq!(verdicts(&on(&endpoint(), &bytes, &Policy { layers: &choices, ..EMPTY })), [("x", "applied")]);
}

#[test]
fn the_least_specific_comes_first_then_database_then_name() {
    let tables = |layers: &[(&str, u8)]| -> Vec<u8> {
        unchecked(&layers.iter().map(|&(name, rank)| ranked(name, rank, "")).collect::<String>())
    };
    let (one, two) = (tables(&[("d", 2), ("c", 1), ("b", 1)]), tables(&[("a", 1), ("e", 0)]));
    let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
    let config = attach(endpoint(), &databases, &EMPTY);
    let names: Vec<_> = config.decision().layers.iter().map(|layer| (layer.name, layer.database)).collect();
    assert_eq!(names, [("e", 1), ("b", 0), ("c", 0), ("a", 1), ("d", 0)]);
}

#[test]
fn a_later_database_replaces_a_layer() {
    let [one, two] = [1, 2].map(|value| x(&format!("emulate u8 @ 0xf0 = {value} ro;")));
    let databases = [Database::load(&one).unwrap(), Database::load(&two).unwrap()];
    let config = attach(endpoint(), &databases, &EMPTY);
    assert_eq!((verdicts(&config).len(), bytes(&config, 0xf0)), (1, [2]));
}

const NAMES: [&str; 19] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s"];

#[test]
fn more_layers_than_there_is_room_for_are_counted() {
    // The most specific are in the second database, and the last.
    let named = |first: usize, count: usize| -> Vec<u8> {
        unchecked(&(first..first + count).map(|at| ranked(NAMES[at], at as u8, "")).collect::<String>())
    };
    let (first, second) = (named(0, 10), named(10, crate::decision::LAYERS - 7));
    let databases = [Database::load(&first).unwrap(), Database::load(&second).unwrap()];
    let config = attach(endpoint(), &databases, &EMPTY);
    let names: Vec<_> = verdicts(&config).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, NAMES[..crate::decision::LAYERS]);
    assert_eq!(findings(&config), ["3 layers more are switched on than can be applied"]);
}
