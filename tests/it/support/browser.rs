//! A headless Chromium with one page, controlled through its debugging pipe (Chrome DevTools Protocol).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Surroundings, until};

/// Prints the browser's path. `.ci/run` names the browser, so that the tests fail if it is missing.
const FIND: &str = r#"echo "${KORE_FEEDBACK_TEST_BROWSER-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}""#;
/// The debugging pipe is file descriptors 3 and 4.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null >/dev/null 2>&1"#;
const OPTIONS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--remote-debugging-pipe",
];
/// Far longer than any answer takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// A browser that is killed when dropped.
pub(crate) struct Browser {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    sent: u64,
    session: Value,
    /// Everything that the page reported.
    events: Vec<Value>,
    _home: Surroundings,
}

impl Browser {
    /// `None` if this machine has no browser: the test cannot run. If the variable names one, it has to start.
    #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
    pub(crate) fn start() -> Option<Self> {
        let found = Command::new("sh").args(["-c", FIND]).output().unwrap().stdout;
        let program = String::from_utf8(found).unwrap().trim().to_owned();
        if program.is_empty() {
            eprintln!("skipped: no Chromium on PATH");
            return None;
        }
        let home = Surroundings::new();
        let profile = format!("--user-data-dir={}", home.path("browser").display());
        let mut command = home.program("sh");
        command.args(["-c", START, &program]).args(OPTIONS).arg(profile);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (commands, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(answers).split(0).map_while(Result::ok) {
                let _ = sender.send(serde_json::from_slice(&message).unwrap());
            }
        });
        let mut browser =
            Self { child, commands, messages, sent: 0, session: Value::Null, events: Vec::new(), _home: home };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attach = json!({"targetId": target, "flatten": true});
        self.session = self.call("Target.attachToTarget", attach)["sessionId"].clone();
        for domain in ["Runtime", "Log", "Network", "Page"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut command = json!({"id": self.sent, "method": method, "params": parameters});
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        self.commands.write_all(format!("{command}\0").as_bytes()).expect("the browser has started");
        loop {
            let mut message = self.messages.recv_timeout(DEADLINE).expect("the browser answers");
            if message["id"] == self.sent {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    /// Makes it as wide as a phone or a screen.
    pub(crate) fn resize(&mut self, width: u32) {
        let size = json!({"width": width, "height": 600, "deviceScaleFactor": 1, "mobile": width < 500});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Shows it on this medium (`screen` or `print`), `light` or `dark`.
    pub(crate) fn show_as(&mut self, medium: &str, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"media": medium, "features": features}));
    }

    /// Opens a page and waits until it has loaded.
    pub(crate) fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({ "url": url }));
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
        until(|| self.evaluate("document.readyState") == "complete");
    }

    /// The value of an expression in JavaScript.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until the page shows this text.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        let expression = format!("document.body.innerText.includes({})", json!(text));
        until(|| self.evaluate(&expression) == true);
    }

    /// The addresses that were requested so far.
    pub(crate) fn requests(&self) -> Vec<&str> {
        self.of("Network.requestWillBeSent").filter_map(|event| event["params"]["request"]["url"].as_str()).collect()
    }

    /// Errors and messages on the console.
    pub(crate) fn complaints(&self) -> Vec<&Value> {
        ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"]
            .into_iter()
            .flat_map(|method| self.of(method))
            .collect()
    }

    fn of(&self, method: &'static str) -> impl Iterator<Item = &Value> {
        self.events.iter().filter(move |event| event["method"] == method)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its processes end before its profile is deleted.
        let _ = self.commands.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        while self.messages.recv_timeout(DEADLINE).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
