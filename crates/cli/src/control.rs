//! What the app's process reports, and how it is told of changes and of its end.

use std::path::PathBuf;

use carafe::Result;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;

use crate::supervisor::Happening;

/// The way to a program that serves; dropping it ends the program.
pub(crate) type Link = OwnedWriteHalf;

/// A program reports that it serves.
#[derive(Debug)]
pub(crate) struct Report {
    /// Its word.
    pub(crate) word: String,
    /// The folders whose files make its pages.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) link: Link,
}

/// Takes reports on a port of this machine, which it returns.
pub(crate) async fn listen(happenings: UnboundedSender<Happening>) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let happenings = happenings.clone();
            tokio::spawn(async move {
                if let Ok(report) = read(stream).await {
                    let _ = happenings.send(Happening::Serves(report));
                }
            });
        }
    });
    Ok(port)
}

/// Reads a report: a line with the word, one for each folder, and an empty one.
async fn read(stream: TcpStream) -> std::io::Result<Report> {
    let (reader, link) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let word = lines.next_line().await?.unwrap_or_default();
    let mut folders = Vec::new();
    while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
        folders.push(line.into());
    }
    Ok(Report {
        word,
        folders,
        link,
    })
}

/// Tells a program the number of the last change.
pub(crate) async fn tell(link: &mut Link, generation: u64) {
    // A program that is gone has reported its end.
    let _ = link.write_all(format!("{generation}\n").as_bytes()).await;
}
