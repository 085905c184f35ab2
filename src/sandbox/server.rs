//! A sandbox that runs: its socket, its thread, and the way to end it.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::api;
use super::connection::{ConnectionEnd, Listener};
use super::options::SandboxOptions;
use super::service::{CallCounts, Service};
use super::store::StoredRecord;
use crate::error::Advice;

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address can be reached from other machines.
    #[error("a sandbox listens on loopback only, and {0} is not")]
    NotLoopback(SocketAddr),
    /// The address can't be listened on.
    #[error("can't listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread, or no way to wait for sockets.
    #[error("can't start the sandbox's thread")]
    Thread(#[source] io::Error),
    /// The public key of the options is none.
    #[error("the sandbox's public key is not an RSA key in PEM")]
    PublicKey(#[source] jsonwebtoken::errors::Error),
}

impl Advice for SandboxError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NotLoopback(_) => Some("use 127.0.0.1 or [::1]".to_owned()),
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                Some("another program has that port: choose another, or 0 for any free one".to_owned())
            }
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("choose a port from 1024 up, or 0 for any free one".to_owned())
            }
            _ => None,
        }
    }
}

/// An imitation of the API that runs on a thread of its own until it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts one. It takes calls from the moment this returns.
    ///
    /// # Errors
    /// When the address is not loopback or can't be listened on, or the system gives no thread for it.
    pub fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let (socket, address) = listen(options.address)?;
        let service = Arc::new(Service::new(options).map_err(SandboxError::PublicKey)?);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SandboxError::Thread)?;
        let listener = {
            let _inside = runtime.enter();
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

    /// Where it is: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bot it serves.
    pub fn bot_id(&self) -> &str {
        &self.service.options.credentials.bot_id
    }

    /// The client id that its tokens name.
    pub fn client_id(&self) -> &str {
        &self.service.options.credentials.client_id
    }

    /// The secret that its tokens are signed with. It opens nothing but this sandbox.
    pub fn client_secret(&self) -> &str {
        &self.service.options.credentials.client_secret
    }

    /// Everything that was saved so far, in the order it was.
    pub fn records(&self) -> Vec<StoredRecord> {
        self.service.memory().store.records().to_vec()
    }

    /// What became of all calls so far.
    pub fn counts(&self) -> CallCounts {
        self.service.memory().counts
    }

    /// Ends it, as dropping it does: open connections are closed, whatever they wait for.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails only when the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there; here is nothing left to do about it.
            let _ = thread.join();
        }
    }
}

/// The client secret stays out.
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
        let taken = socket.local_addr()?;
        Ok((socket, taken))
    };
    open().map_err(|source| SandboxError::Listen { address, source })
}

/// Serves until it is told to stop. Dropping the runtime ends every connection, the hanging ones too.
fn serve(runtime: Runtime, listener: Listener, service: Arc<Service>, stopped: oneshot::Receiver<()>) {
    let routes = api::router(service).into_make_service_with_connect_info::<ConnectionEnd>();
    runtime.block_on(async {
        tokio::select! {
            _ = axum::serve(listener, routes).into_future() => {}
            _ = stopped => {}
        }
    });
}
