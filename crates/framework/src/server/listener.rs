//! Sockets that share a port between workers.

use std::io;
use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// The socket that the program inherits, if it was handed one down: one listener for each worker on it.
///
/// *Flask:* the reloader's `WERKZEUG_SERVER_FD`; also how systemd starts a program at its first request.
pub(crate) fn inherited(count: usize) -> io::Result<Option<Vec<TcpListener>>> {
    let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? else {
        return Ok(None);
    };
    listener.set_nonblocking(true)?;
    let mut listeners = vec![listener];
    while listeners.len() < count {
        listeners.push(listeners[0].try_clone()?);
    }
    Ok(Some(listeners))
}

/// Opens one listener for each worker on the same address; the system spreads connections over them.
///
/// Where it cannot, all workers accept from one socket.
pub(crate) fn bind(address: SocketAddr, count: usize) -> io::Result<Vec<TcpListener>> {
    let shares = cfg!(target_os = "linux") && count > 1;
    // The first one shows whether the port is free: sharing would succeed beside a foreign server that shares.
    drop(open(address, false)?);
    let first = open(address, shares)?;
    let bound = first.local_addr()?;
    let mut listeners = vec![first];
    while listeners.len() < count {
        let next = if shares {
            open(bound, true)?
        } else {
            listeners[0].try_clone()?
        };
        listeners.push(next);
    }
    Ok(listeners)
}

fn open(address: SocketAddr, share: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    #[cfg(target_os = "linux")]
    if share {
        socket.set_reuse_port(true)?;
    }
    #[cfg(not(target_os = "linux"))]
    let _ = share;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Says in a line why a port cannot be had.
pub(crate) fn explain(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "port {} is in use by another program: stop it, or choose another with --port",
                address.port()
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "port {} needs more rights: choose one above 1023 with --port",
                address.port()
            )
        }
        io::ErrorKind::AddrNotAvailable => {
            format!(
                "{} is not an address of this machine: try --host 127.0.0.1",
                address.ip()
            )
        }
        _ => format!("cannot listen on {address}: {error}"),
    }
}
