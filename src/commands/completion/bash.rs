//! bash. Its word breaks split `score=Rating` into three words, and it inserts what it gets without quotes. So the script sends
//! the line as it was typed.

use std::ffi::OsString;
use std::io::{Result, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine;
use clap_complete::env::EnvCompleter;

use super::line::Line;

const SCRIPT: &str = r#"_kore_feedback() {
    COMPREPLY=()
    local candidate
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(VARIABLE=bash command COMPLETER -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    # The word goes on after these. bash 3 has no compopt.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
# bash before 4.4 sorts them.
complete -o nosort -F _kore_feedback BINARY 2>/dev/null || complete -F _kore_feedback BINARY
"#;

pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        variable: &str,
        _: &str,
        binary: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> Result<()> {
        let script = SCRIPT.replace("VARIABLE", variable).replace("COMPLETER", completer).replace("BINARY", binary);
        out.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> Result<()> {
        let line = split(&arguments);
        let words: Vec<OsString> = line.words.iter().map(OsString::from).collect();
        let last = words.len() - 1;
        for candidate in engine::complete(command, words, last, directory)? {
            let value = candidate.get_value().to_string_lossy();
            if let Some(rest) = value.strip_prefix(&line.kept) {
                writeln!(out, "{}", escaped(rest, line.quote))?;
            }
        }
        Ok(())
    }
}

/// The words of the line that the script sends.
pub(super) fn words(arguments: &[OsString]) -> Vec<OsString> {
    split(arguments).words.into_iter().map(OsString::from).collect()
}

fn split(arguments: &[OsString]) -> Line {
    let text = |place: usize| arguments.get(place).map(|text| text.to_string_lossy()).unwrap_or_default();
    Line::split(&text(0), &text(1))
}

/// The text as it must be typed after this quote.
fn escaped(text: &str, quote: Option<char>) -> String {
    let special = match quote {
        Some('\'') => "",
        Some(_) => "\"$`\\",
        None => " !\"#$&'()*;<>?[\\]^`{|}",
    };
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if special.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn candidates_are_escaped_as_bash_needs_it() {
        assert_eq!(escaped("Net Promoter (0-10)", None), r"Net\ Promoter\ \(0-10\)");
        assert_eq!(escaped("Net $core", Some('"')), r"Net \$core");
        assert_eq!(escaped("Net $core", Some('\'')), "Net $core");
    }
}
