//! `QK09xx`: what is read.

rules! {
UNREADABLE_FILE = 901 "unreadable-file" Error;
"The file is not there, may not be read, or is larger than 16 MiB.";
failing ""; corrected "";

NOT_TEXT = 902 "not-text" Error;
"The file is not UTF-8 text.";
failing ""; corrected "";

NO_FILES = 903 "no-files" Error;
"No file fits the pattern.";
failing ""; corrected "";
}
