//! `QK09xx`: what is read, and the configuration.

rules! {
UNREADABLE_FILE = 901 "unreadable-file" Error;
"The file is not there, is a folder, or may not be read.";
failing "edition 1;
use \"ids\" as ids;
//# ids/main.quirk
edition 1;
const VENDOR = 0xfffe;
";
corrected "edition 1;
use \"ids/main.quirk\" as ids;
//# ids/main.quirk
edition 1;
const VENDOR = 0xfffe;
";

NOT_TEXT = 902 "not-text" Error;
"The file is not UTF-8 text.";
failing ""; corrected "";

NO_FILES = 903 "no-files" Error;
"Retired: no text leads to it any more. A pattern or a folder without a file is a mistake on the command line, not a finding.";
failing ""; corrected "";

CONFIGURATION_SYNTAX = 904 "configuration-syntax" Error;
"`quirkc.toml` is not TOML.";
failing "edition 1;
//# quirkc.toml
library = [\"shared\"
";
corrected "edition 1;
//# quirkc.toml
library = [\"shared\"]
";

UNKNOWN_CONFIGURATION = 905 "unknown-configuration" Error;
"`quirkc.toml` has a setting that there is not.";
failing "edition 1;
//# quirkc.toml
libraries = [\"shared\"]
";
corrected "edition 1;
//# quirkc.toml
library = [\"shared\"]
";

SETTING_VALUE = 906 "setting-value" Error;
"A setting of `quirkc.toml` has a value that it cannot have.";
failing "edition 1;
//# quirkc.toml
[rules]
missing-test = \"deny\"
";
corrected "edition 1;
//# quirkc.toml
[rules]
missing-test = \"error\"
";

CONFIGURED_RULE = 907 "configured-rule" Error;
"`quirkc.toml` gives a level to a rule that there is not, or makes less than an error of one without which no tables can be made.";
failing "edition 1;
//# quirkc.toml
[rules]
missing-tests = \"off\"
";
corrected "edition 1;
//# quirkc.toml
[rules]
missing-test = \"off\"
";
}
