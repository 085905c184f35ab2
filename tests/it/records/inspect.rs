//! What `inspect` proposes for files with several scores.
