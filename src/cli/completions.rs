//! Arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  bash:  kore-feedback completions bash > ~/.local/share/bash-completion/completions/kore-feedback
  zsh:   kore-feedback completions zsh > \"${fpath[1]}/_kore-feedback\"
  fish:  kore-feedback completions fish > ~/.config/fish/completions/kore-feedback.fish";

/// Print the completion script of a shell
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// Shell to print the script for
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
