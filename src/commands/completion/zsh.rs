//! zsh: the script of clap_complete, which also completes when zsh loads it as a function at the first Tab. zsh passes words
//! with the quotes that were typed.

use std::ffi::OsString;
use std::io::{Result, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::EnvCompleter;

use super::line::unquoted;

const CALL: &str = r#"
# The file of an autoloaded function is its body.
if [[ "$funcstack[1]" == "_BINARY" ]]; then
    _clap_dynamic_completer_NAME "$@"
fi
"#;

pub(super) struct Zsh;

impl EnvCompleter for Zsh {
    fn name(&self) -> &'static str {
        "zsh"
    }

    fn is(&self, name: &str) -> bool {
        name == "zsh"
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        binary: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> Result<()> {
        clap_complete::env::Zsh.write_registration(variable, name, binary, completer, out)?;
        let call = CALL.replace("BINARY", binary).replace("NAME", &name.replace('-', "_"));
        out.write_all(call.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        arguments: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> Result<()> {
        let arguments = arguments.iter().map(|word| unquoted(word)).collect();
        clap_complete::env::Zsh.write_complete(command, arguments, directory, out)
    }
}
