//! A visitor: asks over a connection with nothing but an address, and reads what comes back.
//!
//! Speaks HTTP/1.0 to be answered plainly: no chunks, no compression, one answer a connection.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.head))
    }

    /// A header by its lower-case name; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        let of = |line: &str| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        self.head.lines().find_map(of).unwrap_or_default()
    }

    /// What a reader sees of a page: no tags, single spaces, the entities that our pages write.
    pub(crate) fn seen(&self) -> String {
        seen(&self.text())
    }
}

/// What a reader sees of some HTML.
pub(crate) fn seen(html: &str) -> String {
    let mut words = String::new();
    for part in html.split('<') {
        words.push(' ');
        words.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    let words =
        words.replace("&#39;", "'").replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">");
    words.replace("&#38;", "&").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asks with these headers, each line ended by `\r\n`.
pub(crate) async fn ask(address: SocketAddr, request: &str, headers: &str, body: &str) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host = if headers.to_ascii_lowercase().contains("host:") {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let whole = format!("{request} HTTP/1.0\r\n{host}{headers}{length}\r\n{body}");
    stream.write_all(whole.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8(head.to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head, body: body.get(4..).unwrap().to_vec() }
}

/// Sends a form, as a page of ours does.
pub(crate) async fn send(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    ask(address, &format!("POST {path}"), headers, &pairs.join("&")).await
}

/// A query as it stands in an address.
pub(crate) fn encoded(query: &str) -> String {
    query
        .bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
