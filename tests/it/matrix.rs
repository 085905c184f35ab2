//! Checks that every test named in the fault matrix exists.

use std::fs;
use std::path::Path;

/// All Rust source below a directory, as one text.
fn sources(directory: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(directory).expect("a source directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all += &fs::read_to_string(&path).expect("source that is text");
        }
    }
    all
}

#[test]
fn fault_matrix_names_existing_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documentation = fs::read_to_string(root.join("src/run/mod.rs")).expect("the module with the matrix");
    let (_, matrix) = documentation.split_once("# Fault matrix").expect("the matrix");
    let all = sources(&root.join("src")) + &sources(&root.join("tests"));
    let lines: Vec<&str> = matrix.lines().filter(|line| line.starts_with("//! |")).skip(2).collect();
    assert!(lines.len() > 25, "{} lines", lines.len());
    for line in lines {
        let tests = line.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        assert!(tests.contains('`'), "no test: {line}");
        for test in tests.split(", ").map(|test| test.trim_matches('`')) {
            assert!(all.contains(&format!("fn {test}(")), "{test} is gone: {line}");
        }
    }
}
