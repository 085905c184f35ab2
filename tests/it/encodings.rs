//! Files in the code pages of DOS and of the old Macintosh.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its inputs has failed")]

use oem_cp::code_table::ENCODING_TABLE_CP850;

use crate::support::{Record, Stage, csv_of, record, stderr};

const COMMENTS: [&str; 6] = [
    "Die Lieferung kam pünktlich, die Verpackung war beschädigt",
    "Für mich war alles verständlich",
    "Leider musste ich über eine Stunde warten",
    "Der Mitarbeiter hat mein Problem gelöst, großes Lob",
    "Könnten Sie die Öffnungszeiten verlängern?",
    "Schöner Service, ich würde ihn weiterempfehlen",
];

fn records(comments: &[&str]) -> Vec<Record> {
    let numbered = (1..).zip(comments);
    numbered.map(|(id, comment)| record([&format!("u{id}"), "Größe", "9", "rtm", "NPS", "de", comment])).collect()
}

fn cp850(text: &str) -> Vec<u8> {
    text.chars().map(|c| if c.is_ascii() { c as u8 } else { *ENCODING_TABLE_CP850.get(&c).unwrap() }).collect()
}

#[test]
fn dos_files_are_detected() {
    let stage = Stage::new();
    let file = stage.write("dos.csv", cp850(&csv_of(&records(&COMMENTS))));
    let said = stderr(&stage.import(&file, &[]).success());
    assert!(said.contains("cp850 (detected)"), "{said}");
    stage.has_exactly(&records(&COMMENTS));
}

#[test]
fn short_dos_files_are_asked_about() {
    let stage = Stage::new();
    let all = records(&["schön"]);
    let file = stage.write("dos.csv", cp850(&csv_of(&all).replace("Größe", "Service")));
    let said = stderr(&stage.import(&file, &[]).failure().code(2));
    assert!(said.contains("\"schön\" in cp850") && said.contains("--encoding cp850 or --encoding"), "{said}");
    stage.was_never_called();
    let file = stage.write("dos.csv", cp850(&csv_of(&all)));
    let said = stderr(&stage.import(&file, &["--encoding", "cp850"]).success());
    assert!(said.contains("CSV, cp850"), "{said}");
    stage.has_exactly(&all);
}
