//! The report of a run and the sandbox's page in a real browser. Without one, these tests say so and pass; `.ci/run` names the
//! browser, and they fail if it does not start.

use crate::support::{Browser, Fixed, IMPATIENT, Stage, csv_of, numbered, record};

/// Texts that break a page that does not escape them, or that is laid out for short words only.
const HOSTILE: [&str; 6] = [
    "<script>hacked=1</script>",
    "\"'><img src=x onerror=hacked=1>",
    "</title></style><svg onload=hacked=1>",
    "\u{202e}right to left\u{2066} and \u{1b}[31mred\u{7}",
    "{{ 7 * 7 }} {% raw %} ${hacked} &#60;b&#62;",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_Donaudampfschifffahrtselektrizitäten",
];

/// Elements that are wider than their place, among them the page itself.
const TOO_WIDE: &str = "[document.documentElement, ...document.querySelectorAll('main, section, .table, dl, p')]
    .filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML.slice(0, 200))";

/// Texts whose contrast is below 4.5 (WCAG AA).
const HARD_TO_READ: &str = "(() => {
    const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const luminance = (color) => {
        const [red, green, blue] = color.match(/[\\d.]+/g).map((part) => linear(part / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return color === 'rgba(0, 0, 0, 0)' ? ground(element.parentElement) : color;
    };
    const contrast = (element) => {
        const colors = [getComputedStyle(element).color, ground(element)].map(luminance).sort((one, two) => two - one);
        return (colors[0] + 0.05) / (colors[1] + 0.05);
    };
    const has_text = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.querySelectorAll('main *')].filter(has_text)
        .filter((element) => contrast(element) < 4.5).map((element) => element.outerHTML.slice(0, 200));
})()";

fn hostile_records() -> String {
    csv_of(&HOSTILE.map(|text| record([text, text, "9", text, "NPS", text, text])))
}

/// Nothing scrolls sideways, on a phone and on a screen, and all text has enough contrast.
#[track_caller]
fn is_readable(browser: &mut Browser) {
    for width in [1100, 768, 390] {
        browser.resize(width);
        assert_eq!(browser.evaluate(TOO_WIDE), serde_json::json!([]), "{width}");
    }
    for scheme in ["dark", "light"] {
        browser.show_as("screen", scheme);
        assert_eq!(browser.evaluate(HARD_TO_READ), serde_json::json!([]), "{scheme}");
    }
}

#[test]
fn a_report_with_hostile_texts_is_harmless() {
    let Some(mut browser) = Browser::start() else { return };
    let stage = Stage::new();
    let server =
        Fixed::start(|_| (400, serde_json::json!({"errors": [{"msg": HOSTILE.concat(), "code": 1}]}).to_string()));
    let name =
        "<img src=x onerror=hacked=1>'\" a-very-long-name-without-any-space-that-goes-on-and-on-and-on-and-on.csv";
    let file = stage.write(name.replace('/', ":").as_str(), hostile_records());
    stage
        .command(&["import", "--skip-invalid", "--report", "run.html"])
        .arg(file)
        .env("KORE_FEEDBACK_HOST", server.url())
        .assert()
        .failure();
    let url = format!("file://{}", stage.path("run.html").display());
    browser.open(&url);
    is_readable(&mut browser);
    assert_eq!(browser.evaluate("typeof hacked"), "undefined");
    assert_eq!(browser.evaluate("document.querySelectorAll('img, script, main svg[onload]').length"), 0);
    assert_eq!(browser.evaluate("document.querySelectorAll('h1').length"), 1);
    let all_visible = "[...document.querySelectorAll('details table')].every((table) => table.checkVisibility())";
    assert_eq!(browser.evaluate(all_visible), false);
    browser.show_as("print", "light");
    assert_eq!(browser.evaluate(all_visible), true);
    assert_eq!((browser.requests(), browser.complaints()), (vec![url.as_str()], vec![]));
}

#[test]
fn the_sandboxs_page_with_hostile_texts_is_harmless() {
    let Some(mut browser) = Browser::start() else { return };
    let stage = Stage::faulty(&["400:at=2"]);
    stage.write("in.csv", hostile_records());
    stage.run(&["import", "in.csv", "--skip-invalid"]).failure();
    stage.write("other.csv", csv_of(&numbered(1)));
    let mut refused = stage.command(&["import", "other.csv", IMPATIENT]);
    refused.env("KORE_FEEDBACK_CLIENT_SECRET", "wrong").assert().failure();
    let url = format!("{}/", stage.sandbox.url());
    browser.open(&url);
    browser.wait_for("Latest refusals");
    is_readable(&mut browser);
    assert_eq!(browser.evaluate("typeof hacked"), "undefined");
    assert_eq!(browser.evaluate("document.querySelectorAll('img, script').length"), 1, "its own script");
    assert_eq!((browser.requests(), browser.complaints()), (vec![url.as_str(), &format!("{url}events")], vec![]));
}

#[test]
fn new_records_appear_without_a_reload() {
    let Some(mut browser) = Browser::start() else { return };
    let mut stage = Stage::new();
    stage.write("in.csv", csv_of(&numbered(60)));
    stage.run(&["import", "in.csv"]).success();
    browser.resize(390);
    browser.open(&stage.sandbox.url());
    browser.evaluate("window.loaded = 'once'; scrollTo(0, 700)");
    stage.write("one.csv", csv_of(&[record(["new@example.com", "A survey", "9", "rtm", "NPS", "en", ""])]));
    stage.run(&["import", "one.csv"]).success();
    browser.wait_for("new@example.com");
    assert_eq!(browser.evaluate("[window.loaded, scrollY]"), serde_json::json!(["once", 700]));
    stage.restart(&[]);
    browser.wait_for("No records yet.");
    assert_eq!(browser.evaluate("document.querySelector('#connection').textContent"), "");
    assert_eq!(browser.evaluate("window.loaded"), "once");
}
