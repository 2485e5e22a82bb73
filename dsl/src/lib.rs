//! The quirk language: from text to a lossless tree and a typed syntax tree.
