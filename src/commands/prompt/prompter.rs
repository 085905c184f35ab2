//! The kinds of questions: a text, one of several items, a letter, a secret.

use std::io;

use dialoguer::Input;
use dialoguer::console::{self, Key, Term};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};

use super::{hidden, plain, select};
use crate::commands::error::{CommandError, Explain};
use crate::commands::session::Session;
use crate::commands::stop_reason::StoppedEarly;
use crate::record::{Field, check_value};
use crate::report::{Printer, fitted};
use crate::signals::Signals;

const FAILED: &str = "cannot ask at the terminal";
/// What a terminal without a known width is taken to have.
const COLUMNS: usize = 80;
/// What a theme puts before an item, and a column that stays free.
const BESIDE_ITEM: usize = 4;

/// Asks people, and restores the terminal however that ends.
///
/// All its questions return [`StoppedEarly::Interrupted`] if Ctrl-C is pressed, and the system's error if the terminal is gone.
pub(in crate::commands) struct Prompter<'a> {
    printer: &'a Printer,
    theme: Box<dyn Theme>,
    /// Whether the cursor cannot be moved.
    is_plain: bool,
    /// A selection hides the cursor, and dialoguer raises SIGINT when it is interrupted. Without a listener, that would end
    /// the process before the cursor is shown again. On a plain terminal, there is nothing to restore.
    _signals: Option<(Runtime, Signals)>,
}

impl<'a> Prompter<'a> {
    /// Prepares to ask. The caller has made sure that [`Session::can_ask`].
    pub(in crate::commands) fn new(session: Session<'a>) -> Result<Self, CommandError> {
        let (context, printer) = (session.context, session.printer);
        console::set_colors_enabled_stderr(printer.is_colored());
        let theme: Box<dyn Theme> = match context.is_ascii_only(true) {
            true => Box::new(SimpleTheme),
            false => Box::new(ColorfulTheme::default()),
        };
        let is_plain = context.is_dumb();
        let signals = if is_plain { None } else { Some(listen().explain("cannot listen for signals")?) };
        Ok(Self { printer, theme, is_plain, _signals: signals })
    }

    /// Asks for a text until `check` finds no problem. An empty answer takes what is offered.
    pub(in crate::commands) fn text(
        &self,
        prompt: &str,
        offered: Option<&str>,
        check: impl Fn(&str) -> Option<String>,
    ) -> Result<String, CommandError> {
        if self.is_plain {
            return self.ended(plain::text(self.printer, prompt, offered, &check));
        }
        // An empty answer is allowed, so that the check can say why it is not.
        let mut input = Input::<String>::with_theme(&*self.theme)
            .with_prompt(prompt)
            .allow_empty(true)
            .validate_with(move |text: &String| check(text).map_or(Ok(()), Err));
        if let Some(offered) = offered {
            input = input.default(offered.to_owned()).show_default(!offered.is_empty());
        }
        self.ended(input.interact_text().map_err(|dialoguer::Error::IO(error)| error))
    }

    /// Asks for a valid value of the field.
    pub(in crate::commands) fn value(
        &self,
        field: Field,
        prompt: &str,
        offered: Option<&str>,
    ) -> Result<String, CommandError> {
        self.text(prompt, offered, |text| check_value(field, text).map(|problem| problem.to_string()))
    }

    /// Asks for one of the items, cut to the width of the terminal; returns its index.
    pub(in crate::commands) fn select(
        &self,
        prompt: &str,
        items: &[String],
        default: usize,
    ) -> Result<usize, CommandError> {
        let columns = self.printer.terminal_columns().map_or(COLUMNS, usize::from);
        let items: Vec<String> = items.iter().map(|item| label(item, columns)).collect();
        if self.is_plain {
            return self.ended(plain::select(self.printer, prompt, &items, default));
        }
        self.ended(select::select(&*self.theme, &label(prompt, columns), &items, default))
    }

    /// Asks for one of these letters, which the prompt names; Enter takes the first. After other keys it does not: whoever types
    /// "stop" does not mean yes.
    pub(in crate::commands) fn letter(&self, prompt: &str, letters: &[char]) -> Result<char, CommandError> {
        if self.is_plain {
            return self.ended(plain::letter(self.printer, prompt, letters));
        }
        self.printer.ask(&format!("{prompt} "));
        let mut is_misunderstood = false;
        let pressed = self.ended(loop {
            match Term::stderr().read_key() {
                Ok(Key::Enter) if std::mem::take(&mut is_misunderstood) => self.printer.ask(&format!("\n{prompt} ")),
                Ok(Key::Enter) => break Ok(letters[0]),
                Ok(Key::Char(key)) if letters.contains(&key.to_ascii_lowercase()) => {
                    break Ok(key.to_ascii_lowercase());
                }
                // Ctrl-D.
                Ok(Key::Char('\u{4}')) => break Err(io::ErrorKind::Interrupted.into()),
                Ok(key) => is_misunderstood |= matches!(key, Key::Char(_)),
                Err(error) => break Err(error),
            }
        });
        self.printer.ask(&pressed.as_ref().map_or_else(|_| "\n".to_owned(), |key| format!("{key}\n")));
        pressed
    }

    /// Asks a question to which Enter means yes.
    pub(in crate::commands) fn yes(&self, question: &str) -> Result<bool, CommandError> {
        Ok(self.letter(&format!("{question} [Y/n]"), &['y', 'n'])? == 'y')
    }

    /// Asks for a secret, which is not shown.
    pub(in crate::commands) fn secret(&self, prompt: &str) -> Result<SecretString, CommandError> {
        self.printer.ask(&format!("{prompt}: "));
        let secret = self.ended(hidden::read());
        self.printer.ask("\n");
        secret
    }

    /// How a question ended.
    fn ended<T>(&self, answer: io::Result<T>) -> Result<T, CommandError> {
        match answer {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                if !self.is_plain {
                    // If the terminal is gone, there is no cursor to show.
                    let _ = Term::stderr().show_cursor();
                }
                Err(StoppedEarly::Interrupted.into())
            }
            answer => answer.explain(FAILED),
        }
    }
}

fn listen() -> io::Result<(Runtime, Signals)> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let signals = runtime.block_on(async { Signals::listen() })?;
    Ok((runtime, signals))
}

/// An item or a prompt that takes one line.
fn label(text: &str, columns: usize) -> String {
    fitted(text, columns.saturating_sub(BESIDE_ITEM).max(BESIDE_ITEM))
}
