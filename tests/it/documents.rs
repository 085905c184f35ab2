//! The commands in the documents: those of `examples/` are run and checked, the others are parsed, and run if they can be.

use std::path::Path;

/// The README and all pages of `docs/`.
pub(crate) fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(root.join("docs")).expect("the docs").map(|entry| entry.expect("an entry").path());
    let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    std::iter::once(root.join("README.md"))
        .chain(pages)
        .map(|path| std::fs::read_to_string(path).expect("a page"))
        .collect()
}

/// All `sh` blocks. A line that ends with `\` continues on the next, so each line is a whole command.
pub(crate) fn shell_blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = markdown;
    while let Some((_, behind)) = rest.split_once("\n```sh\n") {
        let (block, behind) = behind.split_once("\n```").expect("a block that ends");
        blocks.push(block.replace("\\\n", " "));
        rest = behind;
    }
    blocks
}

/// The lines of all `sh` blocks, split into words.
pub(crate) fn shell_lines(markdown: &str) -> Vec<Vec<String>> {
    let split = |line: &str| shell_words::split(line).expect("a line that a shell reads");
    shell_blocks(markdown).iter().flat_map(|block| block.lines().map(split).collect::<Vec<_>>()).collect()
}
