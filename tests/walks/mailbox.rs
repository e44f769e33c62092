//! A mail server on this machine that takes mail as RFC 5321 says, signs its senders in where it is told to, and can be
//! made to fail at any step.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// A connection, in the clear or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

type Stream = BufReader<Box<dyn Wire>>;

/// A mail as it was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) to: String,
    pub(crate) text: String,
}

/// A step of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Greeting,
    Hello,
    Sender,
    Recipient,
    Data,
    /// The body was read whole and has not been answered.
    Body,
    /// The body was taken, and that was said.
    Taken,
}

/// What happens at a step.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// This is answered instead.
    Says(&'static str),
    /// The connection is dropped.
    Drops,
    /// Whoever waits for it is told, and nothing more is said.
    Hangs,
}

/// The server.
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) address: SocketAddr,
    inside: Arc<Inside>,
}

#[derive(Default)]
struct Inside {
    taken: Mutex<Vec<Taken>>,
    said: Mutex<Vec<String>>,
    trouble: Mutex<Option<(Step, &'static str, Trouble)>>,
    login: Option<&'static str>,
    tls: Option<TlsAcceptor>,
    /// Whether TLS begins with the first byte, and not when it is asked for.
    at_once: bool,
    reached: Notify,
}

impl Mailbox {
    /// A server that takes everything.
    pub(crate) async fn new() -> Self {
        Self::signing_in(None).await
    }

    /// A server that wants this base64 of `\0user\0password` first.
    pub(crate) async fn signing_in(login: Option<&'static str>) -> Self {
        Self::listening(Inside { login, ..Inside::default() }).await
    }

    /// The same behind STARTTLS alone, with the certificate that vouches for it in PEM.
    pub(crate) async fn behind_starttls(login: &'static str) -> (Self, String) {
        Self::certified(login, false).await
    }

    /// The same with TLS from the first byte.
    pub(crate) async fn within_tls(login: &'static str) -> (Self, String) {
        Self::certified(login, true).await
    }

    async fn certified(login: &'static str, at_once: bool) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let tls = Some(TlsAcceptor::from(Arc::new(server)));
        let inside = Inside { login: Some(login), tls, at_once, ..Inside::default() };
        (Self::listening(inside).await, made.cert.pem())
    }

    async fn listening(inside: Inside) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let inside = Arc::new(inside);
        let mailbox = Self { address, inside: Arc::clone(&inside) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inside = Arc::clone(&inside);
                let stream: Box<dyn Wire> = Box::new(stream);
                tokio::spawn(async move { drop(converse(BufReader::new(stream), &inside).await) });
            }
        });
        mailbox
    }

    /// From now on this happens at that step, to recipients whose address holds `whose`.
    pub(crate) fn fails(&self, step: Step, whose: &'static str, trouble: Trouble) {
        *self.inside.trouble.lock().unwrap() = Some((step, whose, trouble));
    }

    /// From now on everything is taken.
    pub(crate) fn recovers(&self) {
        *self.inside.trouble.lock().unwrap() = None;
    }

    /// Completes when the step at which it hangs was reached.
    pub(crate) async fn reached(&self) {
        self.inside.reached.notified().await;
    }

    /// The mails so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.inside.taken.lock().unwrap().clone()
    }

    /// What senders said so far, line by line, without bodies.
    pub(crate) fn said(&self) -> Vec<String> {
        self.inside.said.lock().unwrap().clone()
    }
}

impl Inside {
    /// Whether the conversation goes on after a step, which is answered with `usual` or with trouble.
    async fn at(&self, step: Step, to: &str, stream: &mut Stream, usual: &str) -> std::io::Result<bool> {
        let trouble = self.trouble.lock().unwrap().clone();
        let trouble =
            trouble.filter(|(at, whose, _)| *at == step && to.contains(whose)).map(|(.., what)| what);
        let (answer, goes_on) = match trouble {
            None => (usual, true),
            Some(Trouble::Says(answer)) => (answer, false),
            Some(Trouble::Drops) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            Some(Trouble::Hangs) => {
                self.reached.notify_one();
                std::future::pending().await
            }
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        Ok(goes_on)
    }
}

async fn converse(mut stream: Stream, inside: &Inside) -> std::io::Result<()> {
    let (mut to, mut signed_in) = (String::new(), inside.login.is_none());
    let mut clear = inside.tls.as_ref();
    if inside.at_once
        && let Some(tls) = clear.take()
    {
        let safe: Box<dyn Wire> = Box::new(tls.accept(stream.into_inner()).await?);
        stream = BufReader::new(safe);
    }
    inside.at(Step::Greeting, "", &mut stream, "220 mailbox.example ready").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        inside.said.lock().unwrap().push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let offered = match (clear, inside.login) {
                    (Some(_), _) => "250-STARTTLS\r\n",
                    (None, Some(_)) => "250-AUTH PLAIN LOGIN\r\n",
                    (None, None) => "",
                };
                let usual = format!("250-mailbox.example\r\n{offered}250 8BITMIME");
                inside.at(Step::Hello, "", &mut stream, &usual).await?;
            }
            "STARTTLS" => {
                let Some(tls) = clear.take() else { return Ok(()) };
                stream.write_all(b"220 go on\r\n").await?;
                let safe: Box<dyn Wire> = Box::new(tls.accept(stream.into_inner()).await?);
                stream = BufReader::new(safe);
            }
            _ if clear.is_some() && verb != "QUIT" => stream.write_all(b"530 STARTTLS first\r\n").await?,
            "AUTH" => {
                signed_in = line.strip_prefix("AUTH PLAIN ") == inside.login;
                let answer = if signed_in { "235 welcome" } else { "535 who are you" };
                stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            }
            "MAIL" if !signed_in => stream.write_all(b"530 sign in first\r\n").await?,
            "MAIL" => drop(inside.at(Step::Sender, &to, &mut stream, "250 fine").await?),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                inside.at(Step::Recipient, &to, &mut stream, "250 fine").await?;
            }
            "DATA" => {
                if inside.at(Step::Data, &to, &mut stream, "354 go on").await? {
                    let text = body(&mut stream).await?;
                    take(inside, &to, text, &mut stream).await?;
                }
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => stream.write_all(b"500 what\r\n").await?,
        }
    }
}

/// Reads a body to its end, and takes away the dots that its sender doubled (RFC 5321 section 4.5.2).
async fn body(stream: &mut Stream) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// A server that drops the connection after the body has it all the same, as happens in the wild.
async fn take(inside: &Inside, to: &str, text: String, stream: &mut Stream) -> std::io::Result<()> {
    let trouble = inside.trouble.lock().unwrap().clone();
    let refuses = matches!(trouble, Some((Step::Body, _, Trouble::Says(_))));
    if !refuses {
        inside.taken.lock().unwrap().push(Taken { to: to.to_owned(), text });
    }
    if inside.at(Step::Body, to, stream, "250 taken").await? {
        let trouble = inside.trouble.lock().unwrap().clone();
        if let Some((Step::Taken, _, Trouble::Hangs)) = trouble {
            inside.reached.notify_one();
            std::future::pending::<()>().await;
        }
    }
    Ok(())
}

impl Taken {
    /// A header, its folded lines joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}: ")))?;
        Some(line.split_once(": ")?.1.trim().to_owned())
    }

    /// The plain part as a person reads it.
    pub(crate) fn plain(&self) -> String {
        self.part(0)
    }

    /// The HTML part.
    pub(crate) fn html(&self) -> String {
        self.part(1)
    }

    fn part(&self, number: usize) -> String {
        let mail = mail_parser::MessageParser::default().parse(self.text.as_bytes()).unwrap();
        let part = if number == 0 { mail.body_text(0) } else { mail.body_html(0) };
        part.unwrap().replace("\r\n", "\n")
    }
}
