//! The commands in the documents: those in `examples/` are run, the others are parsed.

/// The lines of all `sh` blocks, split into words. A line that ends with `\` continues on the next.
pub(crate) fn shell_lines(markdown: &str) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let mut rest = markdown;
    while let Some((_, behind)) = rest.split_once("\n```sh\n") {
        let (block, behind) = behind.split_once("\n```").expect("a block that ends");
        let words = block.replace("\\\n", " ");
        lines.extend(words.lines().map(|line| shell_words::split(line).expect("a line that a shell reads")));
        rest = behind;
    }
    lines
}
