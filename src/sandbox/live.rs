//! The content of the page as server-sent events: when a browser connects, and after every change.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::page::{Version, content, version};
use super::service::Service;

/// The shortest time between two events of a connection, however many requests arrive.
const PACE: Duration = Duration::from_millis(500);
/// When a browser connects again after the sandbox has restarted.
const RETRY: Duration = Duration::from_secs(1);

/// Events are made when the connection has room for them, so a slow reader skips changes and holds up nobody.
pub(super) fn respond(service: Arc<Service>) -> Response {
    let events = stream::unfold(Changes::new(service), async |mut changes| {
        let content = changes.next().await?;
        Some((Ok::<_, Infallible>(Event::default().retry(RETRY).data(content)), changes))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

struct Changes {
    service: Arc<Service>,
    seen: Option<Version>,
    pace: Interval,
}

impl Changes {
    fn new(service: Arc<Service>) -> Self {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { service, seen: None, pace }
    }

    /// Waits until the content differs from the last one; `None` if it cannot be rendered, which would be a bug.
    async fn next(&mut self) -> Option<String> {
        loop {
            self.pace.tick().await;
            if self.seen != Some(version(&self.service.state())) {
                let (version, content) = content(&self.service).ok()?;
                self.seen = Some(version);
                return Some(content);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::Timestamp;
    use tokio::time::timeout;

    use super::Changes;
    use crate::sandbox::SandboxOptions;
    use crate::sandbox::service::Service;

    fn save(service: &Service, message: &str) {
        let body = format!(
            r#"{{"channelUId":"a","name":"n","score":4,"channel":"rtm","type":"CSAT","language":"en","message":"{message}"}}"#
        );
        service.seed("st-1", body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_change_makes_an_event() {
        const HOUR: Duration = Duration::from_secs(3600);
        let service = Arc::new(Service::new(SandboxOptions::default(), None).unwrap());
        let mut changes = Changes::new(Arc::clone(&service));
        assert!(timeout(HOUR, changes.next()).await.unwrap().unwrap().contains("No records yet."));
        assert!(timeout(HOUR, changes.next()).await.is_err());
        for count in 0..1000 {
            save(&service, &format!("message {count}"));
        }
        let content = timeout(HOUR, changes.next()).await.unwrap().unwrap();
        assert!(content.contains("message 999") && content.contains("(50 of 1,000)"), "{content}");
        assert!(timeout(HOUR, changes.next()).await.is_err());
    }
}
