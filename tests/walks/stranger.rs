//! A far side that answers whatever a test says, byte for byte, also what no server should.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// An answer.
#[derive(Clone)]
pub(crate) enum Says {
    /// These header lines, each ended by `\r\n`, and this body, whose length is stated.
    Body(&'static str, Vec<u8>),
    /// A status such as `404 Not Found`, with header lines.
    Status(&'static str, String),
    /// A feed that never ends, until nobody listens any more.
    Endless,
    /// Nothing, until the asker hangs up.
    Silence,
}

/// Listens for good, and answers each path as it is told; anything else is not there.
pub(crate) async fn stranger<const COUNT: usize>(answers: [(&'static str, Says); COUNT]) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let answers = Arc::new(BTreeMap::from(answers));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answers = Arc::clone(&answers);
            // A reader that hangs up early is what some answers are made for.
            tokio::spawn(async move { drop(answer(stream, &answers).await) });
        }
    });
    address
}

async fn answer(mut stream: TcpStream, answers: &BTreeMap<&'static str, Says>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    match answers.get(path) {
        Some(Says::Body(headers, body)) => {
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body).await?;
        }
        Some(Says::Status(status, headers)) => {
            let head =
                format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
        }
        Some(Says::Endless) => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss><channel>";
            stream.write_all(head.as_bytes()).await?;
            let more = "<item><title>more</title></item>".repeat(1_000);
            loop {
                stream.write_all(more.as_bytes()).await?;
            }
        }
        // Ends with an error, when nobody waits any more.
        Some(Says::Silence) => drop(stream.read_u8().await?),
        None => {
            stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .await?;
        }
    }
    stream.shutdown().await
}
