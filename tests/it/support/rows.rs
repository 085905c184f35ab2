//! Records in tests, and as CSV.

/// The seven fields as text, in the order of the contract's table.
pub(crate) type Record = [String; 7];

/// The contract's names of the fields.
const HEADER: [&str; 7] = ["channelUId", "name", "score", "channel", "type", "language", "message"];

pub(crate) fn record(fields: [&str; 7]) -> Record {
    fields.map(str::to_owned)
}

/// `count` valid records, all different.
pub(crate) fn numbered(count: usize) -> Vec<Record> {
    let uid = |number: usize| format!("respondent-{number:05}@example.com");
    (1..=count)
        .map(|number| {
            record([&uid(number), "Post-chat", &(number % 11).to_string(), "rtm", "NPS", "en", "How likely?"])
        })
        .collect()
}

/// The records as CSV with the contract's field names.
pub(crate) fn csv_of(records: &[Record]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEADER).unwrap();
    for record in records {
        out.write_record(record).unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}
