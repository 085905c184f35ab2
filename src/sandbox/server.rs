//! A running sandbox: its socket and its thread.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::api;
use super::connection::{Listener, ResetHandle};
use super::decryption::DecryptionKey;
use super::options::SandboxOptions;
use super::service::{CallCounts, Service};
use super::store::StoredRecord;
use crate::error::Advice;

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Other machines can reach the address.
    #[error("the sandbox listens on loopback addresses only, and {0} is not one")]
    NotLoopback(SocketAddr),
    /// Listening on the address failed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
    /// The system refused a thread or an event loop.
    #[error("cannot start the sandbox's thread")]
    Thread(#[source] io::Error),
    /// The public key is not valid.
    #[error("the sandbox's public key is not an RSA key in PEM")]
    PublicKey(#[source] jsonwebtoken::errors::Error),
    /// The system has no random numbers for a key pair.
    #[error("cannot generate a key pair for encrypted tokens")]
    KeyPair,
}

impl Advice for SandboxError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotLoopback(_) => "use 127.0.0.1 or [::1]",
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                "another program uses this port: choose another, or 0 for any free one"
            }
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "choose a port of at least 1024, or 0 for any free one"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// A sandbox that runs on its own thread until it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox. It accepts requests as soon as this returns.
    ///
    /// # Errors
    /// If it cannot listen on the address, or the system refuses a thread.
    pub fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let (socket, address) = listen(options.address)?;
        let decryption_key = options.enforce_jwe.then(|| DecryptionKey::generate().ok_or(SandboxError::KeyPair));
        let service = Arc::new(Service::new(options, decryption_key.transpose()?).map_err(SandboxError::PublicKey)?);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SandboxError::Thread)?;
        let listener = {
            let _guard = runtime.enter();
            Listener(tokio::net::TcpListener::from_std(socket).map_err(SandboxError::Thread)?)
        };
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&service);
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(runtime, listener, served, stopped))
            .map_err(SandboxError::Thread)?;
        Ok(Self { address, service, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first bot that it serves.
    pub fn bot_id(&self) -> &str {
        &self.service.options.credentials.bot_id
    }

    /// The `appId` that tokens must name.
    pub fn client_id(&self) -> &str {
        &self.service.options.credentials.client_id
    }

    /// The key that tokens must be signed with. It is of no use anywhere else.
    pub fn client_secret(&self) -> &str {
        &self.service.options.credentials.client_secret
    }

    /// The public key that tokens must be encrypted with, as a JWK; `None` if they need not be encrypted.
    pub fn public_jwk(&self) -> Option<&str> {
        self.service.tokens.public_jwk()
    }

    /// The records saved so far, in order.
    pub fn records(&self) -> Vec<StoredRecord> {
        self.service.state().store.records().to_vec()
    }

    /// Saves a record of the first bot without a request, with this time or the last record's, whichever is later. The
    /// body is that of a `saveFeedback` request.
    ///
    /// # Errors
    /// The problems of a body that is not valid.
    pub fn seed(&self, body: &str, at: Timestamp) -> Result<(), String> {
        let seeded = self.service.seed(self.bot_id(), body.as_bytes(), at);
        seeded.map_err(|error| error.errors.into_iter().map(|entry| entry.msg).collect::<Vec<_>>().join("; "))
    }

    /// The outcomes of all calls so far.
    pub fn counts(&self) -> CallCounts {
        self.service.state().counts
    }

    /// Stops the sandbox, as dropping it does: all connections are closed, even those that hang.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The thread stops when the sender is gone.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was printed by the thread itself.
            let _ = thread.join();
        }
    }
}

/// Leaves out the client secret.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SandboxError> {
    if !address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(address));
    }
    let open = || {
        let socket = TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        let bound = socket.local_addr()?;
        Ok((socket, bound))
    };
    open().map_err(|source| SandboxError::Listen { address, source })
}

/// Serves until told to stop. Dropping the runtime closes every connection.
fn serve(runtime: Runtime, listener: Listener, service: Arc<Service>, stopped: oneshot::Receiver<()>) {
    let routes = api::router(service).into_make_service_with_connect_info::<ResetHandle>();
    runtime.block_on(async {
        tokio::select! {
            _ = axum::serve(listener, routes).into_future() => {}
            _ = stopped => {}
        }
    });
}
