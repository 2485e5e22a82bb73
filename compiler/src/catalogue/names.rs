//! `QK02xx`: files, names, numbers and statements.

rules! {
MISSING_EDITION = 201 "missing-edition" Error;
"A file begins with the edition of the language that it is written in. It tells these files from others of the same ending, and lets the language change.";
failing "const SIZE = 8;
";
corrected "edition 1;
const SIZE = 8;
";

UNSUPPORTED_EDITION = 202 "unsupported-edition" Error;
"This compiler does not know the edition that the file asks for.";
failing "edition 7;
const SIZE = 8;
";
corrected "edition 1;
const SIZE = 8;
";

EDITION_NOT_FIRST = 203 "edition-not-first" Error;
"`edition` stands once in a file, before every other item.";
failing "edition 1;
const SIZE = 8;
edition 1;
";
corrected "edition 1;
const SIZE = 8;
";

FILE_NOT_FOUND = 204 "file-not-found" Error;
"The file of a `use` lies neither beside the file that names it nor in a library folder.";
failing "edition 1;
use \"ids.quirk\" as ids;
";
corrected "edition 1;
use \"ids.quirk\" as ids;
//# ids.quirk
edition 1;
const VENDOR = 0xfffe;
";

USE_CYCLE = 205 "use-cycle" Error;
"Files use each other in a circle. Move what both need to a third file.";
failing "edition 1;
use \"other.quirk\" as other;
//# other.quirk
edition 1;
use \"main.quirk\" as main;
";
corrected "edition 1;
use \"other.quirk\" as other;
//# other.quirk
edition 1;
";

DUPLICATE_NAME = 206 "duplicate-name" Error;
"Two items of a file have one name, two tests of a file one title, or two devices, layers, formats or profiles of a compilation do.";
failing "edition 1;
const SIZE = 8;
const SIZE = 16;
";
corrected "edition 1;
const SIZE = 8;
const LARGE = 16;
";

UNKNOWN_NAME = 207 "unknown-name" Error;
"Nothing of that name is known here: it is declared nowhere in this file, or not in the file that the namespace names.";
failing "edition 1;
const SIZE = 8;
const TWICE = 2 * SIZZE;
";
corrected "edition 1;
const SIZE = 8;
const TWICE = 2 * SIZE;
";

WRONG_KIND = 208 "wrong-kind" Error;
"The name is known, but names something else than what is needed here: a device where a number is needed, say.";
failing "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
const TWICE = 2 * gap;
";
corrected "edition 1;
const GAP = 4;
const TWICE = 2 * GAP;
";

NAME_CYCLE = 209 "name-cycle" Error;
"Constants are defined by each other in a circle, or devices are `like` each other in one.";
failing "edition 1;
const A = B + 1;
const B = A + 1;
";
corrected "edition 1;
const A = B + 1;
const B = 1;
";

ARITHMETIC = 210 "arithmetic" Error;
"Numbers are unsigned and 64 bits wide. A result below zero or beyond that, a division by zero and a shift by more than 63 are errors.";
failing "edition 1;
const BELOW = 4 - 8;
";
corrected "edition 1;
const ABOVE = 8 - 4;
";

DOES_NOT_FIT = 211 "does-not-fit" Error;
"The number is larger than what it is written to: an id of 16 bits, a width of at most 20.";
failing "edition 1;
dvsec_format gap { vendor 0x1fffe; id 1; revision 0; form per_gap; }
";
corrected "edition 1;
dvsec_format gap { vendor 0xfffe; id 1; revision 0; form per_gap; }
";

EMPTY_RANGE = 212 "empty-range" Error;
"The range ends before or where it starts. `a..b` ends before `b`, `a..=b` with it.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x500..0x400 { evidence vendor \"letter of 1 May\"; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    free @ 0x400..0x500 { evidence vendor \"letter of 1 May\"; }
}
";

UNKNOWN_WORD = 213 "unknown-word" Error;
"Only certain words are allowed here, and this is none of them.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { function physicl; }
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001) { function physical; }
}
";

MISSING_STATEMENT = 214 "missing-statement" Error;
"The item lacks a statement that it cannot do without: a device needs `name` and `match`, a `dvsec_format` needs `vendor`, `id`, `revision` and `form`.";
failing "edition 1;
device mover {
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

DUPLICATE_STATEMENT = 215 "duplicate-statement" Error;
"The statement can stand only once here.";
failing "edition 1;
device mover {
    name \"Mover\";
    name \"Shaker\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

EMPTY_TEXT = 216 "empty-text" Error;
"The text between the quotes is empty: a name that names nothing, evidence that points nowhere.";
failing "edition 1;
device mover {
    name \"\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

UNKNOWN_RULE = 217 "unknown-rule" Error;
"`allow` names a rule that does not exist.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    allow overlapp \"the window lies inside the capability\";
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

CANNOT_ALLOW = 218 "cannot-allow" Error;
"The rule cannot be silenced: without it there is nothing to emit, or what is emitted is not safe.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    allow missing-evidence \"we know\";
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

UNUSED_ALLOW = 219 "unused-allow" Warning;
"`allow` silences a rule that nothing in its item breaks. Take it away, so that it does not hide a later mistake.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    allow overlap \"the window lies inside the capability\";
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";

NOT_SUPPORTED_YET = 220 "not-supported-yet" Error;
"Retired: no text leads to it any more. It refused layers and profiles before the compiler could turn them into tables.";
failing "";
corrected "";

RESERVED_NAME = 221 "reserved-name" Error;
"A constant or a parameter is named `any`, `device` or `free`. Where it could stand these words have a meaning of their own, so it would not be taken.";
failing "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    param device: u8;
    emulate u8 @ 0x51 = device ro;
}
";
corrected "edition 1;
layer shadow {
    match pci(0xfffe, 0x1001);
    param number: u8;
    emulate u8 @ 0x51 = number ro;
}
";

UNUSED_SOURCE = 222 "unused-source" Warning;
"No `evidence` names the source. Either a claim lacks its evidence, or the source is left over.";
failing "edition 1;
source manual = datasheet \"EX-1001 rev 1.2\";
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";
corrected "edition 1;
source manual = datasheet \"EX-1001 rev 1.2\";
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
    evidence manual;
}
";

DECIMAL_ID = 223 "decimal-id" Warning;
"An id of a vendor or a device, or of a subsystem, is written in decimal. `lspci` and all lists of ids print them in hexadecimal without `0x`, so that `1959` most likely means `0x1959`, which is another device.";
failing "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 1001);
}
";
corrected "edition 1;
device mover {
    name \"Mover\";
    match pci(0xfffe, 0x1001);
}
";
}
