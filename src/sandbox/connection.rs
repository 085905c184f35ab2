//! Connections that a handler can have reset. hyper has no way to end one without an answer, so the handler marks the
//! connection and answers anything; the first byte of that answer to be written becomes a TCP reset instead.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A listener whose connections can be reset.
#[derive(Debug)]
pub(super) struct Listener(pub(super) TcpListener);

impl axum::serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Not TcpListener::accept: axum's waits out what makes that one fail for a while, such as too many open files.
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        // Without it answers only come later.
        let _ = stream.set_nodelay(true);
        (Connection { stream, end: ConnectionEnd::default() }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A handler's hold on the connection that its call came by.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionEnd(Arc<AtomicBool>);

impl ConnectionEnd {
    /// Has the connection reset as soon as something is written to it.
    pub(super) fn reset_instead_of_writing(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_near(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Connected<IncomingStream<'_, Listener>> for ConnectionEnd {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().end.clone()
    }
}

/// A TCP stream that turns into a reset when it was marked so.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    end: ConnectionEnd,
}

impl Connection {
    /// Fails when the connection is marked, after which hyper drops it: with no lingering, the drop sends RST, not FIN.
    fn check(&self) -> io::Result<()> {
        if !self.end.is_near() {
            return Ok(());
        }
        self.stream.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A shutdown would send FIN before the reset, and the other side could take it for an orderly end.
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
