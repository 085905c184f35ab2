//! Bytes into rows. Knows files, and no field's meaning.
