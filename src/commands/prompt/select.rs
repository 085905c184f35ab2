//! One of several items: arrow keys move, and letters choose the item that they are in.

use std::io;

use dialoguer::console::{Key, Term};
use dialoguer::theme::Theme;

struct Selection<'a> {
    items: &'a [String],
    chosen: usize,
    /// What was typed since the last move, in lower case.
    typed: String,
    /// Whether an item has what was typed. Otherwise Enter takes none: whoever types "no" does not mean the first.
    is_found: bool,
}

/// Asks for one of the items, each of which fits one line; returns its index.
pub(super) fn select(theme: &dyn Theme, prompt: &str, items: &[String], default: usize) -> io::Result<usize> {
    let term = Term::stderr();
    let mut selection = Selection { items, chosen: default, typed: String::new(), is_found: true };
    term.hide_cursor()?;
    loop {
        let lines = selection.lines(theme, prompt, usize::from(term.size().0))?;
        lines.iter().try_for_each(|line| term.write_line(line))?;
        let key = term.read_key()?;
        term.clear_last_lines(lines.len())?;
        if selection.press(key)? {
            break;
        }
    }
    term.show_cursor()?;
    term.write_line(&text(|out| theme.format_select_prompt_selection(out, prompt, &items[selection.chosen]))?)?;
    Ok(selection.chosen)
}

impl Selection<'_> {
    /// The prompt and as many items as fit on the terminal.
    fn lines(&self, theme: &dyn Theme, prompt: &str, rows: usize) -> io::Result<Vec<String>> {
        let room = rows.saturating_sub(2).max(1);
        let first = self.chosen / room * room;
        let shown = self.items.iter().enumerate().skip(first).take(room);
        let item = |(index, item): (usize, &String)| {
            let is_active = self.is_found && index == self.chosen;
            text(|out| theme.format_select_prompt_item(out, item, is_active))
        };
        std::iter::once(text(|out| theme.format_select_prompt(out, prompt))).chain(shown.map(item)).collect()
    }

    /// Returns whether the choice is made.
    fn press(&mut self, key: Key) -> io::Result<bool> {
        let items = self.items.len();
        match key {
            Key::Enter if self.is_found => return Ok(true),
            Key::Enter => self.go_to(self.chosen),
            Key::ArrowDown | Key::Tab => self.go_to((self.chosen + 1) % items),
            Key::ArrowUp | Key::BackTab => self.go_to((self.chosen + items - 1) % items),
            // Ctrl-D.
            Key::Char('\u{4}') => return Err(io::ErrorKind::Interrupted.into()),
            Key::Char(letter) if !letter.is_control() => {
                self.typed.extend(letter.to_lowercase());
                self.find();
            }
            Key::Backspace if self.typed.pop().is_some() => self.find(),
            _ => {}
        }
        Ok(false)
    }

    fn go_to(&mut self, item: usize) {
        self.chosen = item;
        self.typed.clear();
        self.is_found = true;
    }

    /// Chooses the first item that starts with what was typed, else the first that contains it.
    fn find(&mut self) {
        let items = || self.items.iter().map(|item| item.to_lowercase());
        let typed = &self.typed;
        let found =
            items().position(|item| item.starts_with(typed)).or_else(|| items().position(|item| item.contains(typed)));
        self.is_found = found.is_some();
        self.chosen = found.unwrap_or(self.chosen);
    }
}

fn text(write: impl FnOnce(&mut dyn std::fmt::Write) -> std::fmt::Result) -> io::Result<String> {
    let mut text = String::new();
    write(&mut text).map_err(io::Error::other)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use dialoguer::console::Key;
    use dialoguer::theme::SimpleTheme;

    use super::Selection;

    /// The item that is taken by the last key, if any is.
    fn taken(items: &[&str], keys: &[Key]) -> Option<usize> {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let mut selection = Selection { items: &items, chosen: 0, typed: String::new(), is_found: true };
        let ends: Vec<bool> = keys.iter().map(|key| selection.press(key.clone()).unwrap()).collect();
        ends.last().is_some_and(|is_end| *is_end).then_some(selection.chosen)
    }

    fn typed(text: &str) -> Vec<Key> {
        text.chars().map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) }).collect()
    }

    #[test]
    fn letters_choose_what_they_are_in() {
        let items = ["NPS: 0 to 10", "CSAT: 1 to 5", "Thumb"];
        for (keys, expected) in [
            ("\n", Some(0)),
            ("csat\n", Some(1)),
            ("T\n", Some(2)),
            ("1 to 5\n", Some(1)),
            ("no\n", None),
            ("no\n\n", Some(0)),
        ] {
            assert_eq!(taken(&items, &typed(keys)), expected, "{keys:?}");
        }
        let corrected = [typed("csx"), vec![Key::Backspace, Key::Enter]].concat();
        assert_eq!(taken(&items, &corrected), Some(1));
    }

    #[test]
    fn arrows_move_in_a_circle() {
        for (keys, expected) in
            [(vec![Key::ArrowUp], 2), (vec![Key::ArrowDown; 4], 1), (vec![Key::Tab, Key::BackTab], 0)]
        {
            assert_eq!(taken(&["a", "b", "c"], &[keys, vec![Key::Enter]].concat()), Some(expected));
        }
        assert!(
            Selection { items: &[], chosen: 0, typed: String::new(), is_found: true }
                .press(Key::Char('\u{4}'))
                .is_err()
        );
    }

    #[test]
    fn a_low_terminal_shows_the_chosen_page() {
        let items: Vec<String> = (0..10).map(|item| format!("item {item}")).collect();
        let selection = Selection { items: &items, chosen: 4, typed: String::new(), is_found: true };
        let lines = selection.lines(&SimpleTheme, "Which?", 5).unwrap();
        assert_eq!(lines[1..], ["  item 3", "> item 4", "  item 5"]);
    }
}
