//! What a character costs where it stands, whatever the language: the less likely, the more. A cost of 1 makes a reading less
//! likely by a factor of e.

/// A symbol where a letter should be, or no character at all.
const IMPOSSIBLE: u32 = 16;

/// Endings of English contractions, and French and Italian words that lose their last letter.
const ENDINGS: [&str; 7] = ["s", "t", "m", "d", "re", "ve", "ll"];
const ELIDED: [&str; 20] = [
    "l", "d", "j", "n", "s", "c", "m", "t", "v", "qu", "un", "all", "dell", "dall", "nell", "sull", "quell", "jusqu",
    "lorsqu", "puisqu",
];

/// Whether words are spelled with this character. Unicode also calls `ˆ`, `ª` and ligatures letters.
pub(super) fn is_letter(c: char) -> bool {
    match c {
        'ª' | 'º' | 'µ' | 'ƒ' | '\u{2b0}'..='\u{2ff}' | '\u{fb00}'..='\u{fb06}' => false,
        // Points and tone marks, which Unicode does not call letters.
        '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{e01}'..='\u{e4e}' => true,
        _ => c.is_alphabetic(),
    }
}

/// The cost of the symbol at `place`. The characters start and end with one that is not part of the word.
pub(super) fn symbol_cost(characters: &[char], place: usize) -> u32 {
    let [before, symbol, after] = [characters[place - 1], characters[place], characters[place + 1]];
    let [touches_before, touches_after] = [before, after].map(is_letter);
    let is_inside_word =
        characters[..place].iter().any(|c| is_letter(*c)) && characters[place..].iter().any(|c| is_letter(*c));
    match symbol {
        char::REPLACEMENT_CHARACTER | '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => IMPOSSIBLE,
        '’' if is_inside_word => {
            if is_contraction(characters, place) {
                4
            } else {
                11
            }
        }
        '€' | '£' | '§' | '°' if before.is_ascii_digit() || after.is_ascii_digit() => 3,
        '\u{a0}' if is_inside_word => 5,
        '–' | '—' | '…' | '·' if is_inside_word => 7,
        _ if is_inside_word => 20,
        '’' if touches_before || touches_after => 8,
        // These open a quotation.
        '„' | '‚' if touches_before || !touches_after => 10,
        '–' | '—' | '€' if touches_before || touches_after => 10,
        '…' if touches_before || touches_after => 7,
        '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '–' | '—' | '…' | '€' | '\u{a0}' => 5,
        '¿' | '¡' => {
            if touches_after && !touches_before {
                4
            } else {
                9
            }
        }
        '•' | '°' | '·' | '™' | '®' | '©' | '£' | '§' | '№' | '²' | '³' | '½' | 'º' | 'ª' => 7,
        _ => 10,
    }
}

/// Whether an apostrophe stands as in `don’t` or `l’équipe`. `pa’s` does not count: it may be Spanish.
fn is_contraction(characters: &[char], place: usize) -> bool {
    let lower = |characters: &mut dyn Iterator<Item = &char>| {
        characters.take_while(|c| is_letter(**c)).flat_map(|c| c.to_lowercase()).collect::<String>()
    };
    let before = lower(&mut characters[..place].iter().rev());
    let after = lower(&mut characters[place + 1..].iter());
    let is_english = ENDINGS.contains(&after.as_str()) && !before.starts_with(['a', 'e', 'o', 'u']);
    let before: String = before.chars().rev().collect();
    is_english || ELIDED.contains(&before.as_str()) && after.chars().count() > 1
}

/// The cost of two neighbors, one of them not in ASCII: a capital inside a word, or letters of two scripts.
pub(super) fn neighbor_cost(first: char, second: char) -> u32 {
    let is_capital_inside = first.is_lowercase() && second.is_uppercase();
    7 * u32::from(is_capital_inside) + 9 * u32::from(script(first) != script(second))
}

/// The cost of a small letter after two capitals.
pub(super) fn case_cost(characters: [char; 3]) -> u32 {
    let [first, second, third] = characters;
    5 * u32::from(first.is_uppercase() && second.is_uppercase() && third.is_lowercase())
}

/// A number for each script.
fn script(letter: char) -> u32 {
    match letter {
        '\0'..='\u{24f}' => 0,
        '\u{370}'..='\u{3ff}' => 1,
        '\u{400}'..='\u{52f}' => 2,
        '\u{590}'..='\u{5ff}' => 3,
        '\u{600}'..='\u{6ff}' => 4,
        '\u{e00}'..='\u{e7f}' => 5,
        _ => 6,
    }
}
