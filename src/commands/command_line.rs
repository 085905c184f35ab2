//! Commands that messages suggest, ready to paste into a shell.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::{GlobalArgs, ImportArgs};
use crate::ledger::RunId;
use crate::text::shell_command;

/// How the commands about runs start where a text suggests them.
const ABOUT_RUNS: &str = "`kore-feedback runs ";

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

/// Adds this command's config, profile and ledger to the commands about runs that a text suggests. The modules that know the
/// run do not know these options, and without them the command would be about a run of another ledger.
pub(super) fn with_options(text: &str, global: &GlobalArgs) -> String {
    let mut pieces = text.split(ABOUT_RUNS);
    let before = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(before, |done, piece| {
        let (command, rest) = piece.split_at(piece.find('`').unwrap_or_default());
        // Only a verification needs the target: the ledger has the options of all other runs.
        let options = if command.starts_with("verify") { global.options() } else { global.ledger_option() };
        let added = if command.contains(" --state-dir ") { Vec::new() } else { options };
        let added = shell_command(added.iter().map(OsString::as_os_str));
        let space = if added.is_empty() { "" } else { " " };
        format!("{done}{ABOUT_RUNS}{command}{space}{added}{rest}")
    })
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

    use super::{import_command, resume_command, with_options};
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

    #[test]
    fn suggested_commands_get_the_missing_options() {
        let given = ["kore-feedback", "token", "-p", "x", "--state-dir", "s d"];
        let global = Arguments::try_parse_from(given).unwrap().global;
        let resume = resume_command(RunId(7), None, &global);
        let text =
            format!("use `{resume}`, `kore-feedback runs show 7 --rows` or `kore-feedback runs verify 7`; see `-h`");
        let expected = format!(
            "use `{resume}`, `kore-feedback runs show 7 --rows --state-dir 's d'` or `kore-feedback runs verify 7 '--profile=x' \
             --state-dir 's d'`; see `-h`"
        );
        assert_eq!(with_options(&text, &global), expected);
        let bare = Arguments::try_parse_from(["kore-feedback", "token"]).unwrap().global;
        assert_eq!(with_options(&text, &bare), text);
    }
}
