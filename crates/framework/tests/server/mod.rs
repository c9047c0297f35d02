//! An app on a socket, and a client that can leave whenever it likes.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses a part, and a test fails by panicking"
)]

use std::net::SocketAddr;

use carafe::ReadyApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves an app for as long as the runtime of the test lives.
pub(crate) async fn serve(app: ReadyApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { app.serve(listener, std::future::pending()).await });
    address
}

/// Connects and sends the head of a GET request.
pub(crate) async fn begin(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Reads until some text has come.
pub(crate) async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(wanted) {
        let count = stream.read_buf(&mut read).await.unwrap();
        assert!(count > 0, "the connection ended before {wanted:?} came");
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// Sends a GET request and reads all that comes back.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = begin(address, path).await;
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    String::from_utf8_lossy(&read).into_owned()
}
