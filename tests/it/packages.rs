//! Files that packages consist of.

use std::path::Path;

const MANIFEST: &str = include_str!("../../Cargo.toml");

#[test]
fn debian_package_has_existing_files() {
    let (_, deb) = MANIFEST.split_once("[package.metadata.deb]").expect("the table");
    let assets = deb.lines().filter_map(|line| line.trim().strip_prefix("[\"")?.split_once('"'));
    let files: Vec<&str> = assets.map(|(file, _)| file).filter(|file| !file.starts_with("target/")).collect();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let directory = Path::new(file.trim_end_matches(|character| character != '/'));
        let name = file.rsplit('/').next().unwrap_or_default().trim_start_matches('*');
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        let found = std::fs::read_dir(&root)
            .expect("a directory")
            .any(|entry| entry.expect("an entry").file_name().to_str().is_some_and(|found| found.ends_with(name)));
        assert!(found, "{file} does not exist");
    }
}
