//! Several files as one input.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::input::{HashingReader, Input, InputError};
use super::layout::Layout;
use super::options::SourceOptions;
use super::patterns::{is_pattern, matching_files};
use crate::text::{counted, printable};

/// One or more inputs, read in order.
#[derive(Debug)]
pub(crate) struct Inputs {
    pub(super) files: Vec<Input>,
    /// The columns of all files and sheets, once they are known, and the options with which they were read.
    pub(super) layout: OnceLock<(SourceOptions, Arc<Layout>)>,
}

impl From<Input> for Inputs {
    fn from(input: Input) -> Self {
        Self { files: vec![input], layout: OnceLock::new() }
    }
}

impl Inputs {
    /// Resolves paths relative to a directory, and patterns such as `q3/*.csv` to the files they match, in order. `-` is
    /// kept.
    pub(crate) fn expand(named: &[PathBuf], directory: &Path) -> Result<Vec<PathBuf>, InputError> {
        let mut files = Vec::with_capacity(named.len());
        for path in named {
            let file = if path == Path::new("-") { path.clone() } else { directory.join(path) };
            if let Some(host) = url_host(path).filter(|_| !file.exists()) {
                return Err(InputError::Url { host });
            }
            let Some(pattern) = path.to_str().filter(|text| is_pattern(text) && !file.exists()) else {
                files.push(file);
                continue;
            };
            let found = matching_files(pattern, directory);
            let found = found.map_err(|(path, error)| InputError::unreadable(&path.to_string_lossy())(error))?;
            if found.is_empty() {
                return Err(InputError::NoMatch { pattern: pattern.to_owned() });
            }
            files.extend(found);
        }
        Ok(files)
    }

    /// Fails if a file occurs twice: its rows would be imported twice.
    pub(crate) fn new(inputs: Vec<Input>) -> Result<Self, InputError> {
        let mut known = HashSet::new();
        for input in &inputs {
            let file = input.path().and_then(|path| path.canonicalize().ok());
            if file.is_some_and(|file| !known.insert(file)) {
                return Err(InputError::Duplicate { name: input.name().to_owned() });
            }
        }
        Ok(Self { files: inputs, layout: OnceLock::new() })
    }

    /// The BLAKE3 hash of the input's bytes, compressed or not; of several inputs, the hash of their hashes in order. Only
    /// runs of older versions are identified by it.
    pub(crate) fn byte_hash(&self) -> Result<[u8; 32], InputError> {
        let hash =
            |input: &Input| HashingReader::new(input.read()?).finish().map_err(InputError::unreadable(input.name()));
        let hashes = self.files.iter().map(hash).collect::<Result<Vec<_>, _>>()?;
        Ok(if let [hash] = hashes[..] { hash } else { *blake3::hash(hashes.as_flattened()).as_bytes() })
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Input> {
        self.files.iter()
    }

    /// The name for messages: the first input's, and how many more there are.
    pub(crate) fn name(&self) -> String {
        let first = self.files.first().map_or("", Input::name);
        match self.files.len() {
            0 | 1 => first.to_owned(),
            files => format!("{first} and {}", counted(files as u64 - 1, "more file")),
        }
    }

    /// The first file, unless it was a pipe.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.files.first()?.path()
    }

    /// Whether none of them was a pipe.
    pub(crate) fn are_files(&self) -> bool {
        self.files.iter().all(|input| input.path().is_some())
    }
}

/// The scheme and the host of a URL.
fn url_host(path: &Path) -> Option<String> {
    let url = url::Url::parse(path.to_str().filter(|text| text.contains("://"))?).ok()?;
    Some(printable(&format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Input, InputError, Inputs};
    use std::path::{Path, PathBuf};

    fn write(dir: &Path, files: &[(&str, &str)]) -> Vec<PathBuf> {
        let write = |(name, text): &(&str, &str)| {
            std::fs::write(dir.join(name), text).unwrap();
            dir.join(name)
        };
        files.iter().map(write).collect()
    }

    #[test]
    fn patterns_expand_and_duplicates_fail() {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), &[("b.csv", "id\n"), ("a.csv", "id\n"), ("odd[1].csv", "id\n")]);
        let pattern = dir.path().join("?.csv");
        let expanded = Inputs::expand(&[files[2].clone(), pattern.clone()], Path::new("elsewhere")).unwrap();
        assert_eq!(expanded, [files[2].clone(), files[1].clone(), files[0].clone()]);
        let none = Inputs::expand(&["*.tsv".into()], dir.path()).unwrap_err();
        assert!(matches!(none, InputError::NoMatch { .. }), "{none}");
        let url = "https://user:secret@example.com/a?token=secret";
        let url = Inputs::expand(&[url.into()], dir.path()).unwrap_err();
        assert_eq!(url.to_string(), "the input is a URL (https://example.com), not a file");
        let twice = [&files[0], &files[0]].map(|path| Input::file(path, dir.path()).unwrap());
        assert!(matches!(Inputs::new(twice.into()), Err(InputError::Duplicate { .. })));
    }
}
