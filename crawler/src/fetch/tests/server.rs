//! A server on this machine that answers as a test tells it to.
//!
//! Speaks just enough HTTP/1.1 to be wrong in every way a test needs, one request a connection, and remembers what it
//! was asked. It lives as long as the test's runtime.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to answer.
pub(super) enum Canned {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// A chunked body without end.
    Endless,
    /// Nothing, and the connection stays open.
    Silence,
}

/// An answer with this first line and these headers (each ended by `\r\n`), whose length is right.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Canned {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    Canned::Bytes([head.as_bytes(), body].concat())
}

/// The server's address and its memory.
pub(super) struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that answers each path as `answers` says.
    pub(super) async fn start(answers: impl Fn(&str) -> Canned + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let server = Server { address: listener.local_addr().unwrap(), heads: Arc::default() };
        let (heads, answers) = (Arc::clone(&server.heads), Arc::new(answers));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&heads), Arc::clone(&answers)));
            }
        });
        server
    }

    /// An address of this server.
    pub(super) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// The port it listens at.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests so far, each as its lines before the body.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The paths that were asked for, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        self.heads().iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }
}

async fn converse(
    mut stream: TcpStream,
    heads: Arc<Mutex<Vec<String>>>,
    answers: Arc<impl Fn(&str) -> Canned + Send + Sync + 'static>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
        if head.first().is_some_and(|byte| *byte != b'G') {
            // Whatever this is (a TLS greeting), it gets an answer that it does not expect.
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let answer = answers(head.split(' ').nth(1).unwrap_or_default());
    heads.lock().unwrap().push(head);
    match answer {
        Canned::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Canned::Endless => {
            let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            while sent.is_ok() {
                sent = stream.write_all(b"8\r\nfor ever\r\n").await;
            }
        }
        Canned::Silence => std::future::pending().await,
    }
}
