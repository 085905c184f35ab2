//! A server with answers that the sandbox does not give.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// An answer with nothing but an id, which no other answer has.
pub(crate) fn new_record() -> String {
    static RECORDS: AtomicUsize = AtomicUsize::new(0);
    format!(r#"{{"_id":"{}"}}"#, RECORDS.fetch_add(1, Ordering::Relaxed))
}

/// Answers every request with the same function, on its own thread, until dropped.
pub(crate) struct Fixed {
    address: std::net::SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fixed {
    /// `answer` turns the request (head and body) into a status and a body.
    pub(crate) fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        Self::with_header("x-answer: fixed", answer)
    }

    /// Every answer also has this header.
    pub(crate) fn with_header(header: &str, answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let header = header.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                serve(stream, &header, &answer);
            }
        });
        Self { address, stop, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Fixed {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits in `accept`.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Serves one request per connection. A client that disconnects early does not fail the test.
fn serve(stream: TcpStream, header: &str, answer: &impl Fn(&str) -> (u16, String)) {
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_ok_and(|read| read == 0) {
            return;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        request.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    request.push_str(&String::from_utf8_lossy(&body));
    let (status, text) = answer(&request);
    let length = text.len();
    let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\nconnection: close\r\n{header}\r\n\r\n");
    let _ = reader.into_inner().write_all(format!("{head}{text}").as_bytes());
}
