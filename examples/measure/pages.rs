//! The far side of a measured crawl: lists of notices and their pages, on many loopback hosts, in a process of its own.
//!
//! Every page is made from its path, so that nothing is read and the same is sent to whoever asks. Connections are kept
//! open. Counts what it sent; knows nothing of who asks.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Hosts that the sources lie on.
pub(crate) const HOSTS: u8 = 40;

/// The word by which the example is told to be the far side.
pub(crate) const SERVE: &str = "--serve-pages";

/// The process that serves, until it is dropped.
pub(crate) struct Served {
    child: Child,
    /// The port, the same on every host.
    pub(crate) port: u16,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a source lies.
pub(crate) fn address(port: u16, source: usize) -> String {
    format!("http://{}:{port}/s/{source}", host(source % usize::from(HOSTS)))
}

fn host(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, u8::try_from(number % 200).unwrap_or(0) + 1)
}

/// Starts this program once more as the far side; `items` stand in every list.
pub(crate) fn start(items: usize) -> anyhow::Result<Served> {
    let mut child = Command::new(std::env::current_exe()?)
        .args([SERVE, &items.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start the far side")?;
    let mut line = String::new();
    let out = child.stdout.take().context("hear from the far side")?;
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line)?;
    let port = line.trim().parse().context("learn the port of the far side")?;
    Ok(Served { child, port })
}

/// Is the far side, on one thread, until the process that started it goes away.
pub(crate) fn serve(items: usize) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let first = TcpListener::bind((host(0), 0)).await?;
        let port = first.local_addr()?.port();
        let mut listeners = vec![first];
        for number in 1..usize::from(HOSTS) {
            listeners.push(TcpListener::bind((host(number), port)).await?);
        }
        for listener in listeners {
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(async move { drop(answer(stream, items).await) });
                }
            });
        }
        println!("{port}");
        let gone = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        let _ = gone.await;
        Ok(())
    })
}

/// Answers request after request on one connection.
async fn answer(stream: TcpStream, items: usize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut head) = (String::new(), String::new());
    loop {
        head.clear();
        if stream.read_line(&mut head).await? == 0 {
            return Ok(());
        }
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 || line == "\r\n" {
                break;
            }
        }
        let path = head.split(' ').nth(1).unwrap_or_default();
        let page = page(path, items);
        let (status, body) = page.map_or(("404 Not Found", String::new()), |page| ("200 OK", page));
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
    }
}

fn page(path: &str, items: usize) -> Option<String> {
    let mut parts = path.strip_prefix("/s/")?.split('/').map(str::parse::<usize>);
    match (parts.next()?.ok()?, parts.next()) {
        (source, None) => Some(list(source, items)),
        (source, Some(item)) => Some(notice(source, item.ok()?)),
    }
}

const FRAME: &str = "<nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/products\">Products</a></li>\
    <li><a href=\"/support\">Support</a></li><li><a href=\"/contact\">Contact</a></li></ul></nav>";

fn list(source: usize, items: usize) -> String {
    let mut page = format!(
        "<!doctype html><html><head><title>Notices of vendor {source}</title></head><body>{FRAME}<table>"
    );
    for item in 0..items {
        let _ = write!(
            page,
            "<tr class=\"notice\"><td><a href=\"/s/{source}/{item}\">Notice {item} of vendor {source}</a></td>\
             <td><time datetime=\"2026-10-{:02}\">October</time></td></tr>",
            item % 28 + 1
        );
    }
    page.push_str("</table></body></html>");
    page
}

fn notice(source: usize, item: usize) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Notice {item} - vendor {source}</title>\
         </head><body>{FRAME}<main><article><h1>Notice {item} of vendor {source}: the frobnicator may jam</h1>\
         <p class=\"meta\"><time datetime=\"2026-10-{:02}T08:00:00Z\">October</time></p><div class=\"body\">",
        item % 28 + 1
    );
    for paragraph in 0..8 {
        let _ = write!(
            page,
            "<p>Release {}.{}.{paragraph} of the frobnicator reads a length from the wire before it is checked. A peer \
             that sends <code>0x7f{source:06x}</code> twice makes <b>frobd.service</b> stop, and the queue of \
             host{source}.vendor.example is then delivered again after the restart. Upgrade, or set \
             <code>queue.limit = {}</code> until you can.</p>",
            source % 9 + 1,
            item % 20,
            paragraph * 100 + item,
        );
    }
    let _ = write!(
        page,
        "<ul><li>CVE-2026-{}</li><li><a href=\"https://vendor.example/fix/{source}\">the fix</a></li></ul></div></article>\
         </main><footer><p>All rights reserved.</p></footer></body></html>",
        100_000 + source * 10 + item
    );
    page
}
