/**
 * The quirk language, edition 1, for editors. It accepts what `quirkc` reads without a syntax error and refuses the rest, but for what
 * takes counting: numbers beyond 64 bits, deep nesting, a word twice in a statement, documentation where it documents nothing.
 */

const BINARY = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'];

/** One or more, with commas between, and one at the end if wanted. */
const list = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));
/** Statements in braces, each with its attributes. */
const block = ($, rule) => seq('{', repeat(seq(repeat($.attribute), rule)), '}');

module.exports = grammar({
  name: 'quirk',

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n]/, $.doc_comment, $.comment],

  rules: {
    source_file: ($) => seq(optional(/\uFEFF/), repeat(choice($.inner_attribute, seq(repeat($.attribute), $._item)))),

    _item: ($) =>
      choice(
        $.edition,
        $.use,
        $.const,
        $.source,
        $.device,
        $.layer,
        $.dvsec_format,
        $.profile,
        $.test,
      ),

    // ---- tokens

    comment: () => token(prec(1, /\/\/([^\n]*)?/)),
    doc_comment: () => token(prec(2, choice(/\/\/\/([^\/\n][^\n]*)?/, /\/\/![^\n]*/))),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    number: () =>
      token(
        choice(
          /[0-9]+(_[0-9]+)*/,
          /0x[0-9A-Fa-f]+(_[0-9A-Fa-f]+)*/,
          /0o[0-7]+(_[0-7]+)*/,
          /0b[01]+(_[01]+)*/,
        ),
      ),
    string: ($) => seq('"', repeat(choice($.escape, token.immediate(prec(1, /[^"\\\n]+/)))), token.immediate('"')),
    escape: () => token.immediate(/\\([nrt0\\"']|x[0-7][0-9A-Fa-f]|u\{[0-9A-Fa-f]{1,6}\})/),
    character: () => token(seq("'", choice(/[\x20-\x26\x28-\x5b\x5d-\x7e\t]/, /\\([nrt0\\"']|x[0-7][0-9A-Fa-f]|u\{0*[0-7]?[0-9A-Fa-f]\})/), "'")),
    attribute: ($) => seq('#', '[', 'doc', '=', $.string, ']'),
    inner_attribute: ($) => seq('#', '!', '[', 'doc', '=', $.string, ']'),

    dashed_name: ($) => prec.right(seq($.identifier, repeat(seq('-', choice($.identifier, $.number))))),
    path: ($) => seq(optional(seq(field('namespace', $.identifier), '::')), field('name', $.identifier)),

    // ---- expressions

    _expression: ($) => choice($.number, $.character, $.path, $.parenthesized, $.not, $.binary),
    parenthesized: ($) => seq('(', $._expression, ')'),
    not: ($) => prec(9, seq('!', $._expression)),
    binary: ($) => prec.left(1, seq($._expression, choice(...BINARY), $._expression)),

    range: ($) => seq($._expression, choice('..', 'len'), $._expression),
    _ranges: ($) => choice($.range, seq('[', list($.range), ']')),
    id_set: ($) =>
      choice(
        'any',
        seq('[', optional(list($.id_set)), ']'),
        $._expression,
        seq($._expression, choice('..=', 'mask'), $._expression),
      ),
    bytes: ($) => seq('[', optional(list($._expression)), ']'),

    _capability: ($) => seq(choice('cap', 'ext'), $.kind),
    kind: ($) =>
      seq(
        field('name', choice($.identifier, $.number)),
        optional(seq('(', optional(list($.argument)), ')')),
      ),
    argument: ($) => seq(field('name', $.identifier), ':', $._expression),
    _len: ($) => seq('len', $._expression),
    _mask: ($) => seq('mask', $._expression),
    _at: ($) => seq('@', $._expression),
    field_type: () => choice('u8', 'u16', 'u32', 'bytes'),

    // ---- items

    edition: ($) => seq('edition', $.number, ';'),
    use: ($) => seq('use', field('path', $.string), 'as', field('name', $.identifier), ';'),
    const: ($) => seq('const', field('name', $.identifier), '=', $._expression, ';'),
    source: ($) => seq('source', field('name', $.identifier), '=', $._claim, ';'),
    device: ($) =>
      seq('device', field('name', $.identifier), optional(seq('like', $.path)), alias($._device_block, $.block)),
    layer: ($) => seq('layer', field('name', $.identifier), alias($._layer_block, $.block)),
    dvsec_format: ($) => seq('dvsec_format', field('name', $.identifier), alias($._format_block, $.block)),
    profile: ($) =>
      seq('profile', field('name', $.identifier), 'for', $.path, alias($._profile_block, $.block)),
    test: ($) => seq('test', field('title', $.string), alias($._test_block, $.block)),

    allow: ($) => seq('allow', field('rule', $.dashed_name), $.string, ';'),

    // ---- device

    _device_block: ($) =>
      block($, 
        choice(
          $.device_name,
          $.match,
          $.layout,
          $.free,
          $.pasid,
          $.dvsec,
          $.without,
          $.distrust,
          $.pcie_port,
          $.evidence,
          $.allow,
        ),
      ),
    device_name: ($) => seq('name', $.string, ';'),
    match: ($) =>
      seq('match', 'pci', '(', $.id_set, ',', $.id_set, ')', choice(';', alias($._match_block, $.block))),
    _match_block: ($) => block($, $._condition),
    _condition: ($) => choice($.subsystem, $.revision, $.class, $.function, $.config),
    subsystem: ($) => seq('subsystem', $.id_set, ',', $.id_set, ';'),
    revision: ($) => seq('revision', $.id_set, ';'),
    class: ($) => seq('class', $._expression, optional($._mask), ';'),
    function: ($) => seq('function', $.identifier, ';'),
    config: ($) =>
      seq('config', $.field_type, $._at, '==', $._expression, optional($._mask), ';'),

    layout: ($) => seq('layout', alias($._layout_block, $.block)),
    _layout_block: ($) => block($, choice($.capability, $.register, $.reserved, $.aliased, $.allow)),
    capability: ($) => seq($._capability, $._at, optional($._len), optional('optional'), $._evidence_or_end),
    register: ($) => seq('register', optional($.string), '@', $._ranges, optional('optional'), $._evidence_or_end),
    reserved: ($) => seq('reserved', '@', $._ranges, optional('optional'), $._evidence_or_end),
    aliased: ($) => seq('aliased', 'every', $._expression, ';'),

    _evidence_or_end: ($) => choice(';', alias($._evidence_block, $.block)),
    _evidence_block: ($) => block($, $.evidence),
    evidence: ($) => seq('evidence', choice($._claim, $.path, seq('[', list($.path), ']')), ';'),
    _claim: ($) =>
      seq(
        field('kind', choice('datasheet', 'vendor', 'driver', 'dump', 'probe')),
        $.string,
        optional(seq('seen', $._expression)),
      ),

    free: ($) => seq('free', '@', $._ranges, $._evidence_or_end),
    pasid: ($) => seq('pasid', choice(seq(optional('none'), ';'), alias($._pasid_block, $.block))),
    _pasid_block: ($) => block($, choice($.place, $.max_width, $.execute, $.privileged)),
    place: ($) => seq('place', choice($._placing, seq('[', list($._placing), ']')), ';'),
    _placing: ($) => choice('free', 'native', $._at),
    max_width: ($) => seq('max_width', $._expression, ';'),
    execute: ($) => seq('execute', $.identifier, ';'),
    privileged: ($) => seq('privileged', $.identifier, ';'),

    dvsec: ($) => seq('dvsec', $.path, choice(seq('in', 'free'), seq($._at, optional($._len))), ';'),
    distrust: ($) => seq('distrust', $.identifier, ';'),
    pcie_port: ($) => seq('pcie_port', $.identifier, ';'),
    without: ($) => seq('without', choice($._capability, 'register', 'reserved'), $._at, ';'),

    // ---- layer

    _layer_block: ($) =>
      block($, 
        choice(
          $.match,
          $.param,
          $.emulate,
          $.hide,
          $.mirror,
          $.unassigned,
          $.pcie_type,
          $.resizable_bar,
          $.default,
          $.over,
          $.allow,
        ),
      ),
    default: ($) => seq('default', $.identifier, ';'),
    over: ($) => seq('over', $.path, ';'),
    param: ($) => seq('param', field('name', $.identifier), ':', $.type, ';'),
    type: ($) => choice(/u([1-9]|[1-5][0-9]|6[0-4])/, seq('bytes', '(', $._expression, ')')),
    emulate: ($) => seq('emulate', choice($._emulated, $.field)),
    _emulated: ($) =>
      seq(
        $._capability,
        '@',
        choice('free', $.bytes, $._expression),
        optional($._len),
        optional(seq('version', $._expression)),
        optional(seq('over', 'register')),
        choice(';', alias($._field_block, $.block)),
      ),
    _field_block: ($) => block($, choice($.field, $.evidence)),
    field: ($) =>
      seq(
        $.field_type,
        '@',
        optional(seq($._capability, '+')),
        $._expression,
        optional($._len),
        optional(choice(seq('bits', $.range), $._mask)),
        choice($.bytes, seq('=', choice('device', $._expression))),
        optional(field('class', $.identifier)),
        optional(seq('by', $._expression, optional(choice(seq('bits', $.range), $._mask)))),
        optional(seq('forced', '(', $._expression, ')')),
        ';',
      ),
    hide: ($) => seq('hide', $._capability, optional($._at), ';'),
    mirror: ($) =>
      seq('mirror', 'bar', $._expression, '@', $.range, optional(seq('config', $._expression)), ';'),
    unassigned: ($) => seq('unassigned', $.identifier, choice(';', alias($._allowed_block, $.block))),
    _allowed_block: ($) => block($, $.allowed),
    allowed: ($) => seq('allow', '@', $.range, $.identifier, ';'),
    pcie_type: ($) => seq('pcie_type', $.identifier, ';'),
    resizable_bar: ($) => seq('resizable_bar', $.identifier, ';'),

    // ---- dvsec_format and profile

    _format_block: ($) => block($, choice($.format_number, $.form, $.allow)),
    format_number: ($) => seq(choice('vendor', 'id', 'revision'), $._expression, ';'),
    form: ($) => seq('form', $.identifier, ';'),

    _profile_block: ($) => block($, choice($.profile_pasid, $.profile_capability, $.released, $.allow)),
    profile_pasid: ($) => seq('pasid', $._at, repeat($._fact), ';'),
    profile_capability: ($) => seq($._capability, $._at, ';'),
    released: ($) => seq('released', $.string, ';'),
    _fact: ($) => choice('disabled', 'execute', 'privileged', seq('width', $._expression)),

    // ---- test

    _test_block: ($) =>
      block($, 
        choice(
          $.given,
          $.host,
          $.viommu,
          $.enable,
          $.policy,
          $.write,
          $.reset,
          $.expect,
          $.allow,
        ),
      ),
    given: ($) =>
      seq(
        'given',
        choice(
          seq('device', $.path, optional($._view), ';'),
          seq(
            'pci',
            '(',
            $._expression,
            ',',
            $._expression,
            ')',
            optional($._view),
            choice(';', alias($._given_block, $.block)),
          ),
          seq('optional', $._capability, $._at, 'absent', ';'),
          seq('bytes', $._at, $.bytes, ';'),
        ),
      ),
    _view: ($) => seq('view', $.identifier),
    _given_block: ($) => block($, choice($.bar, $._condition)),
    bar: ($) => seq('bar', $._expression, $._expression, ';'),
    host: ($) => seq('host', 'pasid', repeat($._fact), ';'),
    viommu: ($) => seq('viommu', 'pasid', 'width', $._expression, ';'),
    enable: ($) => seq('enable', $.path, choice(';', alias($._enable_block, $.block))),
    _enable_block: ($) => block($, $.assignment),
    assignment: ($) => seq(field('name', $.identifier), '=', choice($.bytes, $._expression), ';'),
    policy: ($) => seq('policy', alias($._policy_block, $.block)),
    _policy_block: ($) => block($, $.setting),
    setting: ($) =>
      seq(
        field('name', $.identifier),
        repeat($.dashed_name),
        optional(seq('@', choice($._expression, $.range))),
        ';',
      ),
    write: ($) => seq('write', $.field_type, $._at, choice($.bytes, seq('=', $._expression)), ';'),
    reset: ($) => seq('reset', $.identifier, ';'),
    expect: ($) =>
      seq(
        'expect',
        choice(
          seq('pasid', $._at, repeat($._fact)),
          seq('no', choice('pasid', seq($._capability, optional($._at), optional($._len)))),
          seq('chain', choice('cap', 'ext'), $.bytes),
          seq($._capability, optional($._at), optional($._len)),
          seq($.field_type, $._at, '==', choice($.bytes, $._expression)),
          seq('device', 'untouched', optional($.range)),
          seq(choice('effect', 'reason', 'finding'), $.dashed_name),
        ),
        ';',
      ),
  },
});
