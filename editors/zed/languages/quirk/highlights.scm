; Made by `cargo run -p xtask -- docs`; do not edit.

[
  "absent"
  "aliased"
  "allow"
  "any"
  "as"
  "bar"
  "bits"
  "by"
  "bytes"
  "cap"
  "chain"
  "class"
  "config"
  "const"
  "datasheet"
  "default"
  "device"
  "disabled"
  "distrust"
  "doc"
  "driver"
  "dump"
  "dvsec"
  "dvsec_format"
  "edition"
  "effect"
  "emulate"
  "enable"
  "every"
  "evidence"
  "execute"
  "expect"
  "ext"
  "finding"
  "for"
  "forced"
  "form"
  "free"
  "function"
  "given"
  "hide"
  "host"
  "id"
  "in"
  "layer"
  "layout"
  "len"
  "like"
  "mask"
  "match"
  "max_width"
  "mirror"
  "name"
  "native"
  "no"
  "none"
  "optional"
  "over"
  "param"
  "pasid"
  "pci"
  "pcie_port"
  "pcie_type"
  "place"
  "policy"
  "privileged"
  "probe"
  "profile"
  "reason"
  "register"
  "released"
  "reserved"
  "reset"
  "resizable_bar"
  "revision"
  "seen"
  "source"
  "subsystem"
  "test"
  "u16"
  "u32"
  "u8"
  "unassigned"
  "untouched"
  "use"
  "vendor"
  "version"
  "view"
  "viommu"
  "width"
  "without"
  "write"
] @keyword

(comment) @comment
(doc_comment) @comment
(string) @string
(character) @string
(escape) @string.escape
(number) @number
(field_type) @type
(type) @type
(kind name: (identifier) @type)
(argument name: (identifier) @parameter)
(param name: (identifier) @parameter)
(assignment name: (identifier) @parameter)
(path namespace: (identifier) @namespace)
(use name: (identifier) @namespace)
(const name: (identifier) @constant)
(source name: (identifier) @constant)
(device name: (identifier) @type)
(layer name: (identifier) @type)
(dvsec_format name: (identifier) @type)
(profile name: (identifier) @type)
(setting name: (identifier) @property)

["+" "-" "*" "/" "%" "&" "|" "^" "<<" ">>" "!" "=" "==" ".." "..=" "@" "::"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter
