//! Commands that messages suggest, ready to paste into a shell.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::{GlobalArgs, ImportArgs};
use crate::ledger::RunId;
use crate::text::shell_command;

/// The command that imports these files with these options.
pub(super) fn import_command(files: &[PathBuf], args: &ImportArgs, global: Option<&GlobalArgs>) -> String {
    let files = files.iter().map(|file| not_an_option(file).into());
    let global = global.map(GlobalArgs::options).unwrap_or_default();
    command(["import".into()].into_iter().chain(files).chain(args.options()).chain(global))
}

/// The command that resumes a run; the ledger has its options.
pub(super) fn resume_command(run: RunId, option: Option<&str>, global: &GlobalArgs) -> String {
    let words = ["runs", "resume", &run.to_string()].map(OsString::from).into_iter();
    command(words.chain(option.map(OsString::from)).chain(global.ledger_option()))
}

fn command(words: impl Iterator<Item = OsString>) -> String {
    let words: Vec<OsString> = ["kore-feedback".into()].into_iter().chain(words).collect();
    shell_command(words.iter().map(OsString::as_os_str))
}

/// Adds `./` to a file name that starts with a dash, which would be read as an option.
fn not_an_option(file: &Path) -> PathBuf {
    let starts_with_dash = file.as_os_str().as_encoded_bytes().starts_with(b"-");
    if starts_with_dash && file != Path::new("-") { Path::new(".").join(file) } else { file.to_owned() }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{import_command, resume_command};
    use crate::cli::{Arguments, Command};
    use crate::ledger::RunId;

    #[test]
    fn commands_can_be_pasted() {
        let given = ["kore-feedback", "import", "-", "--set=name=Jo's", "-p", "x", "--state-dir", "s d", "--again"];
        let Arguments { global, command } = Arguments::try_parse_from(given).unwrap();
        let Command::Import(args) = command else { panic!("{command:?}") };
        assert_eq!(
            import_command(&["-odd.csv".into(), "-".into()], &args, Some(&global)),
            r#"kore-feedback import ./-odd.csv - '--set=name=Jo'\''s' --again '--profile=x' --state-dir 's d'"#
        );
        assert_eq!(
            resume_command(RunId(7), Some("--resend-in-doubt"), &global),
            "kore-feedback runs resume 7 --resend-in-doubt --state-dir 's d'"
        );
    }
}
