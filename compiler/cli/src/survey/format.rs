//! What a survey may print.

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Counts, for people
    Text,
    /// A line for each function, comma-separated
    Csv,
    /// An object for each function, one a line; see docs/survey.md
    Jsonl,
    /// One object with the counts; see docs/survey.md
    Json,
    /// A table for `DuckDB`, Spark and their like; takes a program that was built with `--features parquet`
    Parquet,
    /// A picture: how much of extended space functions leave unused
    Svg,
}

impl Format {
    /// Whether each function is a line.
    pub(super) const fn is_of_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl | Self::Parquet)
    }
}
