//! Questions that work on any terminal: what is asked is a line, and so is the answer.

use std::io::{self, BufRead};

use crate::report::Printer;

/// Asks until the answer is valid. An empty answer takes what is offered.
pub(super) fn text(
    printer: &Printer,
    prompt: &str,
    offered: Option<&str>,
    check: &dyn Fn(&str) -> Option<String>,
) -> io::Result<String> {
    let shown =
        offered.filter(|offered| !offered.is_empty()).map(|offered| format!(" [{offered}]")).unwrap_or_default();
    loop {
        let line = line(printer, &format!("{prompt}{shown}: "))?;
        let answer = match (line.is_empty(), offered) {
            (true, Some(offered)) => offered.to_owned(),
            _ => line,
        };
        match check(&answer) {
            Some(problem) => printer.ask(&format!("{problem}\n")),
            None => return Ok(answer),
        }
    }
}

/// Asks for one of the items by its number; returns its index.
pub(super) fn select(printer: &Printer, prompt: &str, items: &[String], default: usize) -> io::Result<usize> {
    let list: Vec<String> =
        items.iter().enumerate().map(|(index, item)| format!("  {:>2}  {item}\n", index + 1)).collect();
    printer.ask(&list.concat());
    let is_listed = |answer: &str| number(answer, items.len()).is_some();
    let check = |answer: &str| (!is_listed(answer)).then(|| format!("enter a number from 1 to {}", items.len()));
    let answer = text(printer, prompt, Some(&(default + 1).to_string()), &check)?;
    Ok(number(&answer, items.len()).unwrap_or(default))
}

/// Asks for one of these letters; the first is the default.
pub(super) fn letter(printer: &Printer, prompt: &str, letters: &[char]) -> io::Result<char> {
    let first_of = |answer: &str| answer.chars().next().map(|c| c.to_ascii_lowercase());
    let is_allowed = |answer: &str| first_of(answer).is_none_or(|letter| letters.contains(&letter));
    let check = |answer: &str| (!is_allowed(answer)).then(|| "enter one of the letters".to_owned());
    let answer = text(printer, prompt, None, &check)?;
    Ok(first_of(&answer).unwrap_or(letters[0]))
}

fn number(answer: &str, most: usize) -> Option<usize> {
    answer.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < most)
}

fn line(printer: &Printer, prompt: &str) -> io::Result<String> {
    printer.ask(prompt);
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        printer.ask("\n");
        return Err(io::ErrorKind::Interrupted.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
