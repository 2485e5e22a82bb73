//! `QK09xx`: what is read.

rules! {
UNREADABLE_FILE = 901 "unreadable-file" Error;
"The file is not there, or may not be read.";
failing ""; corrected "";

NOT_TEXT = 902 "not-text" Error;
"The file is not UTF-8 text.";
failing ""; corrected "";

NO_FILES = 903 "no-files" Error;
"No file fits the pattern.";
failing ""; corrected "";
}
