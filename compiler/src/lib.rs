//! The quirk compiler: names, model, proofs, tables and emitters, and the build-script API.
