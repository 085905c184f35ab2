//! The code pages of DOS and of the old Macintosh that the WHATWG encoding standard lacks.

use oem_cp::code_table as dos;

/// A single-byte encoding. Its lower half is ASCII.
#[derive(Debug)]
pub struct CodePage {
    pub(super) name: &'static str,
    upper: Upper,
}

#[derive(Debug)]
enum Upper {
    Complete(&'static [char; 128]),
    Incomplete(&'static [Option<char>; 128]),
    /// U+FFFD stands for bytes without a meaning.
    Text(&'static str),
}

impl CodePage {
    /// The characters of the bytes from 128 on. Bytes without a meaning are U+FFFD.
    pub(super) fn upper(&self) -> [char; 128] {
        let undefined = char::REPLACEMENT_CHARACTER;
        match self.upper {
            Upper::Complete(table) => *table,
            Upper::Incomplete(table) => table.map(|character| character.unwrap_or(undefined)),
            Upper::Text(text) => {
                let mut characters = text.chars();
                std::array::from_fn(|_| characters.next().unwrap_or(undefined))
            }
        }
    }
}

const fn complete(name: &'static str, table: &'static [char; 128]) -> CodePage {
    CodePage { name, upper: Upper::Complete(table) }
}

const fn incomplete(name: &'static str, table: &'static [Option<char>; 128]) -> CodePage {
    CodePage { name, upper: Upper::Incomplete(table) }
}

const fn mac(name: &'static str, text: &'static str) -> CodePage {
    CodePage { name, upper: Upper::Text(text) }
}

/// Code page 866 is in the standard, as `IBM866`.
pub(super) static PAGES: [CodePage; 20] = [
    complete("cp437", &dos::DECODING_TABLE_CP437),
    complete("cp720", &dos::DECODING_TABLE_CP720),
    complete("cp737", &dos::DECODING_TABLE_CP737),
    complete("cp775", &dos::DECODING_TABLE_CP775),
    complete("cp850", &dos::DECODING_TABLE_CP850),
    complete("cp852", &dos::DECODING_TABLE_CP852),
    complete("cp855", &dos::DECODING_TABLE_CP855),
    incomplete("cp857", &dos::DECODING_TABLE_CP857),
    complete("cp858", &dos::DECODING_TABLE_CP858),
    complete("cp860", &dos::DECODING_TABLE_CP860),
    complete("cp861", &dos::DECODING_TABLE_CP861),
    complete("cp862", &dos::DECODING_TABLE_CP862),
    complete("cp863", &dos::DECODING_TABLE_CP863),
    incomplete("cp864", &dos::DECODING_TABLE_CP864),
    complete("cp865", &dos::DECODING_TABLE_CP865),
    complete("cp869", &dos::DECODING_TABLE_CP869),
    mac(
        "x-mac-ce",
        "\
        ÄĀāÉĄÖÜáąČäčĆćéŹźĎíďĒēĖóėôöõúĚěü\
        †°Ę£§•¶ß®©™ę¨≠ģĮįĪ≤≥īĶ∂∑łĻļĽľĹĺŅ\
        ņŃ¬√ńŇ∆«»…\u{a0}ňŐÕőŌ–—“”‘’÷◊ōŔŕŘ‹›řŖ\
        ŗŠ‚„šŚśÁŤťÍŽžŪÓÔūŮÚůŰűŲųÝýķŻŁżĢˇ",
    ),
    mac(
        "x-mac-turkish",
        "\
        ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
        †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
        ¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸĞğİıŞş\
        ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙ�ˆ˜¯˘˙˚¸˝˛ˇ",
    ),
    mac(
        "x-mac-greek",
        "\
        Ä¹²É³ÖÜ΅àâä΄¨çéèêë£™îï•½‰ôö¦€ùûü\
        †ΓΔΘΛΞΠß®©ΣΪ§≠°·Α±≤≥¥ΒΕΖΗΙΚΜΦΫΨΩ\
        άΝ¬ΟΡ≈Τ«»…\u{a0}ΥΧΆΈœ–―“”‘’÷ΉΊΌΎέήίόΏ\
        ύαβψδεφγηιξκλμνοπώρστθωςχυζϊϋΐΰ\u{ad}",
    ),
    mac(
        "x-mac-icelandic",
        "\
        ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
        Ý°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
        ¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€ÐðÞþ\
        ý·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
    ),
];

#[cfg(test)]
mod tests {
    use super::{PAGES, Upper};

    #[test]
    fn code_pages_have_128_more_characters() {
        for page in &PAGES {
            if let Upper::Text(text) = page.upper {
                assert_eq!(text.chars().count(), 128, "{}", page.name);
            }
            let mut letters: Vec<char> =
                page.upper().into_iter().filter(|c| *c != char::REPLACEMENT_CHARACTER).collect();
            assert!(letters.len() >= 120 && letters.iter().all(|c| !c.is_ascii()), "{}", page.name);
            letters.sort_unstable();
            letters.dedup();
            assert!(letters.len() >= 119, "{}", page.name);
        }
    }
}
