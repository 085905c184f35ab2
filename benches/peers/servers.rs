//! Servers on the loopback interface.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::post;

const LATENCY: Duration = Duration::from_millis(20);

/// nginx on a free port of the loopback interface. Stopped when dropped.
pub(crate) struct Nginx {
    process: Child,
    pub(crate) url: String,
}

impl Nginx {
    pub(crate) fn start(home: &Path) -> Self {
        // nginx cannot choose a port itself.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let filler = "x".repeat(380);
        let record = format!(r#"{{"_id":"$request_id","filler":"{filler}","customerId":"c-1","streamId":"s"}}"#);
        let config = format!(
            "daemon off; pid {home}/nginx.pid; error_log stderr crit; worker_processes 1;
             events {{ worker_connections 1024; }}
             http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {home}/body;
                     proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi; uwsgi_temp_path {home}/uwsgi;
                     scgi_temp_path {home}/scgi;
                     server {{ listen 127.0.0.1:{port}; default_type application/json; location / {{ return 200 '{record}'; }} }} }}",
            home = home.display()
        );
        let file = home.join("nginx.conf");
        std::fs::write(&file, config).expect("the configuration");
        let process = Command::new("nginx").arg("-c").arg(file).arg("-p").arg(home).spawn().expect("nginx");
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it only if it is asked to.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// A server that answers after a fixed time. It ends with this process.
pub(crate) fn delayed_server() -> String {
    static SAVED: AtomicU64 = AtomicU64::new(1);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    listener.set_nonblocking(true).expect("a listener");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let answer = || async {
                tokio::time::sleep(LATENCY).await;
                format!(r#"{{"_id":"{:024x}"}}"#, SAVED.fetch_add(1, Ordering::Relaxed))
            };
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, Router::new().fallback(post(answer))).await.expect("the server");
        });
    });
    url
}
