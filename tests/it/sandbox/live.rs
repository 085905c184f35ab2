//! The events that keep an open page up to date.

use std::io::{BufRead, BufReader, Read};

use kore_feedback::sandbox::SandboxOptions;

use super::{Connection, exchange, good_save, start};

const LISTEN: &str = "GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// The lines up to the end of the next event.
fn next_event(stream: &mut impl BufRead) -> String {
    let mut event = String::new();
    while !event.ends_with("\n\n") {
        assert!(stream.read_line(&mut event).expect("an event") > 0, "it ended: {event}");
    }
    event
}

#[test]
fn a_saved_record_is_announced() {
    let sandbox = start(SandboxOptions::default());
    let mut connection = Connection::to(&sandbox);
    connection.send(LISTEN);
    let mut events = BufReader::new(connection.0);
    let first = next_event(&mut events);
    assert!(first.contains("content-type: text/event-stream") && first.contains("No records yet."), "{first}");
    exchange(&sandbox, &good_save(&sandbox));
    let second = next_event(&mut events);
    assert!(second.contains("qatesting@vomoto.com"), "{second}");
}

#[test]
fn listeners_hold_up_nobody() {
    let sandbox = start(SandboxOptions::default());
    let listeners: Vec<_> = (0..20)
        .map(|_| {
            let mut listener = Connection::to(&sandbox);
            listener.send(LISTEN);
            listener
        })
        .collect();
    let request = good_save(&sandbox);
    let mut connection = Connection::to(&sandbox);
    (0..200).for_each(|_| assert_eq!(connection.exchange(&request).status, 200));
    sandbox.stop();
    for Connection(mut listener) in listeners {
        // A connection that is reset has ended, too.
        let _ = listener.read_to_end(&mut Vec::new());
    }
}
