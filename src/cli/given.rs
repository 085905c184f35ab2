//! A command line that was given, changed word by word: what it says of columns and targets is said again, about another
//! file.

use std::ffi::OsString;
use std::path::Path;

use clap::{Arg, CommandFactory};

use super::Arguments;

/// An import's words, without the program's name, with this file for its files and without these options and their values.
/// Options are named without their dashes.
pub fn import_of(words: &[OsString], file: &Path, without: &[&str]) -> Vec<OsString> {
    let options = Options::of_import();
    let (mut kept, mut words) = (Vec::new(), words.iter());
    let mut has_subcommand = false;
    // Behind `--` every word is a file's name.
    while let Some(word) = words.next().filter(|word| *word != "--") {
        let Some(option) = options.read(&word.to_string_lossy()) else {
            // The first word that is no option says what to do, and the others are the files.
            if !std::mem::replace(&mut has_subcommand, true) {
                kept.push(word.clone());
            }
            continue;
        };
        let value = if option.is_whole { None } else { words.next() };
        if !without.contains(&&*option.name) {
            kept.extend([Some(word), value].into_iter().flatten().cloned());
        }
    }
    let is_like_an_option = file.as_os_str().as_encoded_bytes().starts_with(b"-");
    kept.extend(is_like_an_option.then(|| OsString::from("--")));
    kept.push(file.into());
    kept
}

/// An option as it stands in a command line.
struct Given {
    name: String,
    /// Whether the next word is not its value.
    is_whole: bool,
}

/// What `import` can be told, everywhere's options included.
struct Options(Vec<Arg>);

impl Options {
    fn of_import() -> Self {
        let mut all = Arguments::command();
        all.build();
        Self(all.find_subcommand("import").into_iter().flat_map(clap::Command::get_arguments).cloned().collect())
    }

    /// `None` for a word that is no option.
    fn read(&self, word: &str) -> Option<Given> {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let takes_value = self.0.iter().any(|arg| arg.get_long() == Some(name) && takes_value(arg));
            return Some(Given { name: name.to_owned(), is_whole: value.is_some() || !takes_value });
        }
        let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty())?;
        // Of several letters together only the last can have a value, which may stand right behind it.
        let with_value = letters.char_indices().find_map(|(place, letter)| {
            let arg = self.0.iter().find(|arg| arg.get_short() == Some(letter) && takes_value(arg))?;
            Some((arg.get_long().unwrap_or_default(), place + letter.len_utf8() < letters.len()))
        });
        let (name, is_whole) = with_value.unwrap_or((letters, true));
        Some(Given { name: name.to_owned(), is_whole })
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use std::ffi::{OsStr, OsString};
    use std::path::Path;

    use super::import_of;

    #[test]
    fn options_keep_their_values_and_files_and_unwanted_options_go() {
        for (given, file, expected) in [
            ("import in.csv", "f.csv", "import f.csv"),
            (
                "-p prod import in.csv --map score=Note -qo json b.csv",
                "f.csv",
                "-p prod import --map score=Note -qo json f.csv",
            ),
            ("import --failures x.csv --failures=y.csv -ojson in.csv --again", "f.csv", "import -ojson f.csv"),
            ("import --set name=--again -v -- --again -", "f.csv", "import --set name=--again -v f.csv"),
            ("import - --no-limit --limit 60/1m", "-f.csv", "import --no-limit --limit 60/1m -- -f.csv"),
        ] {
            let words: Vec<OsString> = given.split(' ').map(OsString::from).collect();
            let made = import_of(&words, Path::new(file), &["failures", "again"]);
            assert_eq!(made.join(OsStr::new(" ")), OsString::from(expected), "{given}");
        }
    }
}
