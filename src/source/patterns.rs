//! The files that a pattern such as `q3/*.csv` matches. Unlike most libraries for this, it leaves no file out without a word: names
//! need not be Unicode, and a directory that cannot be read is an error.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

/// As in a shell: `*` matches no name that starts with a dot.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Whether a name may be a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The files that match a pattern below a directory, in order. `**` matches any number of directories.
///
/// # Errors
/// The path that cannot be read, and why; or the pattern, if it is none.
pub(super) fn matching_files(pattern: &str, directory: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let parts: Vec<_> = Path::new(pattern).components().collect();
    let mut found = Vec::new();
    add(directory.to_owned(), &parts, &mut found)?;
    Ok(found)
}

fn add(base: PathBuf, parts: &[Component<'_>], found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let Some((part, rest)) = parts.split_first() else {
        found.push(base);
        return Ok(());
    };
    let text = part.as_os_str().to_string_lossy();
    if text == "**" {
        add(base.clone(), rest, found)?;
        let directories = entries(&base)?.into_iter().filter(|path| path.is_dir() && !path.is_symlink());
        return directories.filter(|path| !is_hidden(path)).try_for_each(|path| add(path, parts, found));
    }
    if !is_pattern(&text) {
        let path = base.join(part);
        return if exists(&path)? { add(path, rest, found) } else { Ok(()) };
    }
    let pattern = Pattern::new(&text).map_err(|error| (base.join(part), io::Error::other(error)))?;
    let names = |path: &Path| pattern.matches_with(&path.file_name().unwrap_or_default().to_string_lossy(), OPTIONS);
    let matching = entries(&base)?.into_iter().filter(|path| names(path) && (rest.is_empty() || path.is_dir()));
    matching.into_iter().try_for_each(|path| add(path, rest, found))
}

/// What is in a directory, in order; nothing if there is none.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let listed = if directory == Path::new("") { Path::new(".") } else { directory };
    let read =
        || std::fs::read_dir(listed)?.map(|entry| Ok(directory.join(entry?.file_name()))).collect::<io::Result<_>>();
    let mut paths: Vec<PathBuf> = match read() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Vec::new(),
        read => read.map_err(|error: io::Error| (directory.to_owned(), error))?,
    };
    paths.sort();
    Ok(paths)
}

fn exists(path: &Path) -> Result<bool, (PathBuf, io::Error)> {
    match path.try_exists() {
        Err(error) if error.kind() != ErrorKind::NotADirectory => Err((path.to_owned(), error)),
        exists => Ok(exists.unwrap_or(false)),
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().unwrap_or(OsStr::new("")).as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::matching_files;

    /// What a pattern matches below a directory with a few files, relative to it.
    fn matched(pattern: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        for file in
            ["b.csv", "a.csv", ".hidden.csv", "q1/x.csv", "q2/x.csv", "q2/deep/y.csv", ".git/x.csv", "odd[1]/x.csv"]
        {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = matching_files(pattern, dir.path()).unwrap();
        let relative = |path: &Path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned();
        found.iter().map(|path| relative(path)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, files) in [
            ("*.csv", "a.csv b.csv"),
            ("?.csv", "a.csv b.csv"),
            ("[b-z].csv", "b.csv"),
            ("./*.csv", "a.csv b.csv"),
            (".*.csv", ".hidden.csv"),
            ("q*/x.csv", "q1/x.csv q2/x.csv"),
            ("q2/*/*.csv", "q2/deep/y.csv"),
            ("*/y.csv", ""),
            ("q?/../a.*", "q1/../a.csv q2/../a.csv"),
            ("**/x.csv", "odd[1]/x.csv q1/x.csv q2/x.csv"),
            ("a.csv/*", ""),
            ("none/*.csv", ""),
        ] {
            assert_eq!(matched(pattern), files, "{pattern}");
        }
    }

    #[test]
    fn a_wrong_pattern_is_named() {
        let (path, _) = matching_files("a[.csv", Path::new("in")).unwrap_err();
        assert_eq!(path, Path::new("in/a[.csv"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_need_not_be_unicode() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe.csv"));
        std::fs::write(&file, "").unwrap();
        assert_eq!(matching_files("*.csv", dir.path()).unwrap(), [file]);
    }
}
