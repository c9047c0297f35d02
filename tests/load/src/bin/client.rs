//! Uploads or downloads with many connections at once, and checks what comes back.
//!
//! `load-client upload|download ADDRESS CLIENTS BYTES`

#![allow(clippy::print_stdout, reason = "a program that tells what it saw")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use load::{Digest, Sha256, hex};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

const PIECE: usize = 64 * 1024;
const BOUNDARY: &str = "----load";

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [job, address, clients, bytes] = arguments.as_slice() else {
        return Err("load-client upload|download ADDRESS CLIENTS BYTES".into());
    };
    let (clients, bytes): (u64, u64) = (clients.parse()?, bytes.parse()?);
    let work = match job.as_str() {
        "upload" => upload,
        "download" => download,
        other => return Err(format!("there is no job {other}").into()),
    };
    let threads = (0..clients).map(|number| {
        let address = address.clone();
        thread::spawn(move || work(&address, number, bytes))
    });
    // All of them begin before the first one is waited for.
    let threads: Vec<_> = threads.collect();
    let mut right = 0;
    for (number, thread) in threads.into_iter().enumerate() {
        match thread.join() {
            Ok(Ok(())) => right += 1,
            Ok(Err(error)) => println!("client {number}: {error}"),
            Err(_) => println!("client {number} panicked"),
        }
    }
    println!("{right} of {clients} right");
    match right == clients {
        true => Ok(()),
        false => Err("not all were right".into()),
    }
}

/// Content that differs from client to client and from piece to piece, with line breaks and dashes in it.
struct Content {
    state: u64,
    left: u64,
}

impl Content {
    fn next(&mut self) -> Option<Vec<u8>> {
        let length = usize::try_from(self.left.min(PIECE as u64)).ok()?;
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < length {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            piece.extend_from_slice(&self.state.to_le_bytes());
        }
        piece.truncate(length);
        for (place, text) in piece
            .chunks_mut(4096)
            .zip([&b"\r\n--"[..], b"\r\n----loaf"])
        {
            if let Some(start) = place.get_mut(..text.len()) {
                start.copy_from_slice(text);
            }
        }
        self.left -= length as u64;
        (length > 0).then_some(piece)
    }
}

fn upload(address: &str, number: u64, bytes: u64) -> Outcome {
    let mut stream = TcpStream::connect(address)?;
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    write!(
        stream,
        "POST /upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n{head}",
        head.len() as u64 + bytes + end.len() as u64
    )?;
    let mut content = Content {
        state: 0x9e37_79b9_7f4a_7c15 ^ (number + 1),
        left: bytes,
    };
    let mut hash = Sha256::new();
    while let Some(piece) = content.next() {
        hash.update(&piece);
        stream.write_all(&piece)?;
    }
    stream.write_all(end.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (sent, told) = (hex(hash), answer.rsplit("\r\n").next().unwrap_or_default());
    match told == sent {
        true => Ok(()),
        false => Err(format!("sent {sent}, got {answer:?}").into()),
    }
}

fn download(address: &str, _number: u64, bytes: u64) -> Outcome {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /download HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut reader = BufReader::with_capacity(PIECE, stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200 ") {
        return Err(format!("the answer begins with {line:?}").into());
    }
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    let mut piece = vec![0; PIECE];
    let mut read = 0;
    loop {
        let count = reader.read(&mut piece)?;
        let content = piece.get(..count).unwrap_or_default();
        if count == 0 {
            break;
        }
        // The file is all zeros: nothing else belongs in it.
        if content.iter().any(|byte| *byte != 0) {
            return Err(format!("foreign bytes after {read}").into());
        }
        read += count as u64;
    }
    match read == bytes {
        true => Ok(()),
        false => Err(format!("{read} bytes of {bytes}").into()),
    }
}
