//! Tokens that a server sends back.

use crate::support::{IMPATIENT, Stage, numbered, stderr};

#[test]
fn a_redirect_with_the_token_is_redacted() {
    let stage = Stage::faulty(&["redirect-with-token"]);
    let file = stage.write_records(&numbered(1));
    let said = stderr(&stage.import(&file, &["-v", IMPATIENT]).failure().code(3));
    let shown = "redirects to /redirected?sig=[token]&auth=[token]&back=%2Flogin%3Fauth%3D[token]";
    assert!(said.contains(shown), "{said}");
    let ledger: Vec<u8> = std::fs::read_dir(stage.state())
        .unwrap()
        .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap_or_default())
        .collect();
    for (printed, text) in [(&*said, "stderr"), (&String::from_utf8_lossy(&ledger), "the ledger")] {
        assert!(!printed.contains("eyJ") && !printed.contains("%65%79%4A"), "{text}: {printed}");
    }
    assert!(String::from_utf8_lossy(&ledger).contains("/redirected?sig=[token]"));
}
