//! Serving: who may reach the program, and how it starts and stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use crawler::fetch::{Door, Politeness};
use crawler::inbox::Inbox;
use crawler::round::{Crawl, Turn};
use index::knowledge::Knowledge;
use lettre::transport::smtp::client::Certificate;

use crate::arrival::Packages;
use crate::canary::{Perch, perch};
use crate::guard::access::{Access, TokenDigest};
use crate::looking::Looking;
use crate::post::smtp::Smtp;
use crate::post::{Post, Transport};
use crate::routes::router;
use crate::schedule::{self, Schedule};
use crate::settings::{Settings, Tls};
use crate::state::State;

/// Name of the environment variable that holds the access token.
pub const TOKEN: &str = "FOREWARN_TOKEN";

/// Name of the environment variable that holds the password for the mail server.
pub const SMTP_PASSWORD: &str = "FOREWARN_SMTP_PASSWORD";

/// Letters of the shortest token that is taken.
const SHORTEST_TOKEN: usize = 16;

/// The longest that a webhook may take to answer.
const WEBHOOK: Duration = Duration::from_secs(20);

/// How long the program waits for what is under way when it is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may ask, by the settings and the token of the environment.
///
/// # Errors
/// When the address is not loopback and neither a token nor a proxy header is set; the text says what to do.
pub fn access(settings: &Settings, token: Option<&str>) -> anyhow::Result<Access> {
    if let Some(token) = token {
        if token.chars().count() < SHORTEST_TOKEN {
            bail!(
                "take the token in {TOKEN}: it has fewer than {SHORTEST_TOKEN} letters; `openssl rand -hex 24` makes a good one"
            );
        }
        return Ok(Access::Token(TokenDigest::of(token)));
    }
    if !settings.web.proxy_header.is_empty() {
        let header = settings
            .web
            .proxy_header
            .parse()
            .context("take the setting web.proxy_header: it is no header name")?;
        return Ok(Access::ProxyHeader(header));
    }
    let listen = settings.web.listen;
    if !listen.ip().is_loopback() {
        bail!(
            "listen on {listen}: everybody who reaches that address could read everything; set {TOKEN} to a long random \
             token, or web.proxy_header to the header of a proxy that signs people in, or listen on 127.0.0.1"
        );
    }
    Ok(Access::Loopback)
}

/// How sources are asked, by the settings.
///
/// # Errors
/// When the door to the network cannot be set up.
pub fn crawl(knowledge: &Knowledge, settings: &Settings) -> anyhow::Result<Crawl> {
    Ok(Crawl {
        knowledge: knowledge.clone(),
        door: Door::new(settings.politeness())?,
        clock: schedule::now,
        holder: format!("process {}", std::process::id()),
        patience: Duration::from_secs(u64::from(settings.crawl.patience_minutes) * 60),
        together: settings.crawl.together.max(1),
        canary: None,
    })
}

/// How things leave by themselves, by the settings and the password of the environment.
///
/// # Errors
/// When the door to the network cannot be set up, or a setting of mail cannot be as it is.
pub fn post(knowledge: &Knowledge, settings: &Settings, password: Option<&str>) -> anyhow::Result<Post> {
    let mail = &settings.mail;
    let from: lettre::message::Mailbox = mail.from.parse().with_context(|| {
        format!(
            "take the setting mail.from: \"{}\" is no address such as \"Forewarn <forewarn@example.com>\"",
            mail.from
        )
    })?;
    let transport = if !mail.host.is_empty() {
        Transport::Smtp(Arc::new(smtp(settings, password, from.email.domain())?))
    } else if mail.folder.is_empty() {
        Transport::Absent
    } else {
        Transport::Folder(mail.folder.clone().into())
    };
    let politeness = settings.politeness();
    let door = Door::new(Politeness { robots: false, timeout: WEBHOOK, ..politeness })?;
    Ok(Post {
        knowledge: knowledge.clone(),
        door,
        clock: schedule::now,
        transport,
        from,
        site: settings.site(),
    })
}

fn smtp(settings: &Settings, password: Option<&str>, domain: &str) -> anyhow::Result<Smtp> {
    let mail = &settings.mail;
    let login = match (mail.user.as_str(), password) {
        ("", _) => None,
        (user, Some(password)) => Some((user.to_owned(), password.to_owned())),
        (_, None) => bail!(
            "sign in at the mail server: mail.user is set and the password is not; set {SMTP_PASSWORD} in the environment"
        ),
    };
    let here = matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if login.is_some() && mail.tls == Tls::None && !here {
        bail!("send a password to {} in the clear: set mail.tls to \"starttls\" or \"tls\"", mail.host);
    }
    let mut smtp = Smtp::new(&mail.host, mail.port, mail.tls, login, domain);
    if !mail.authority.is_empty() {
        let wrong = || format!("take the certificate in the setting mail.authority, {}", mail.authority);
        let pem = std::fs::read(&mail.authority).with_context(wrong)?;
        smtp.authority = Some(Certificate::from_pem(&pem).with_context(wrong)?);
    }
    Ok(smtp)
}

/// What is done while pages are served.
pub struct Work {
    /// How sources are asked, if they are.
    pub crawl: Option<Crawl>,
    /// With what addresses that visitors type are looked at.
    pub looking: Looking,
    /// How things leave by themselves.
    pub post: Post,
}

/// A program that is listening and not yet serving.
pub struct Listening {
    listener: tokio::net::TcpListener,
    /// Where it is reached.
    pub address: SocketAddr,
}

/// Takes the address, so that a second program on it is noticed before anything else is done.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn listen(address: SocketAddr) -> anyhow::Result<Listening> {
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| {
        format!("listen on {address}: is another program there? `--listen 127.0.0.1:0` takes any free port")
    })?;
    let address = listener.local_addr().context("learn the address that was given")?;
    Ok(Listening { listener, address })
}

/// Serves until `stop` completes, doing `work` meanwhile; then waits a while for what is under way.
///
/// # Errors
/// When the clock cannot be started or the listener fails.
pub async fn serve(
    listening: Listening,
    knowledge: Knowledge,
    settings: &Settings,
    access: Access,
    work: Work,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let Work { crawl, looking, post } = work;
    let look_every = Duration::from_secs(settings.crawl.look_every_seconds.into());
    let operator = settings.mail.operator.as_str();
    if !operator.is_empty() {
        let told = knowledge.tell_operator(operator, schedule::now()).await;
        told.context("take the setting mail.operator")?;
    }
    let mut state = State::new(knowledge.clone(), Arc::new(schedule::now), access);
    state.site = post.site.clone().into();
    state.mails = post.transport.is_there();
    let packages = Packages::new(&settings.packages);
    state.packages = packages.clone();
    state.hosts = settings.web.hosts.clone().into();
    state.looking = Some(looking);
    let (crawl, _perch) = with_canary(&knowledge, crawl).await?;
    if let Some(crawl) = &crawl {
        state.counts.watch(crawl.door.clone());
    }
    let counts = Arc::clone(&state.counts);
    let turned = Arc::new(move |turn: &Turn| {
        counts.turned(turn);
        schedule::log_turn(turn);
    });
    let mut schedule = Schedule::start(knowledge.clone(), crawl, Some(post), look_every, turned).await?;
    if !settings.packages.inbox.as_os_str().is_empty() {
        let inbox = Inbox::open(&settings.packages.inbox)?;
        schedule.watch(inbox, knowledge.clone(), packages).await?;
    }
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = stopping.send(());
    };
    let serving = axum::serve(listening.listener, router(state)).with_graceful_shutdown(stop).into_future();
    let late = async {
        let _ = stopped.await;
        tokio::time::sleep(PATIENCE).await;
    };
    // A visitor who keeps a connection open does not keep the program from stopping.
    tokio::select! {
        served = serving => served.context("serve")?,
        () = late => tracing::warn!("stopped while answers were under way"),
    }
    schedule.stop(PATIENCE).await;
    knowledge.close().await;
    Ok(())
}

/// A crawl that asks the canary too, and where that sits; nothing where nothing is crawled.
async fn with_canary(
    knowledge: &Knowledge,
    crawl: Option<Crawl>,
) -> anyhow::Result<(Option<Crawl>, Option<Perch>)> {
    let Some(crawl) = crawl else { return Ok((None, None)) };
    let perch = perch(schedule::now).await?;
    if let Err(error) = knowledge.keep_canary(&perch.address, schedule::now()).await {
        tracing::warn!("nothing proves that what arrives is found: failed to {error:#}");
        return Ok((Some(crawl), None));
    }
    Ok((Some(Crawl { canary: Some(perch.address.clone()), ..crawl }), Some(perch)))
}

/// Completes when the person or the system asks the program to stop.
pub async fn asked_to_stop() {
    let interrupt = async { tokio::signal::ctrl_c().await.is_ok() };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        interrupt.await;
    }
}

#[cfg(test)]
mod tests {
    use super::access;
    use crate::settings::Settings;

    fn check(listen: &str, token: Option<&str>, header: &str, expected: &str) {
        let mut settings = Settings::default();
        settings.web.listen = listen.parse().unwrap();
        settings.web.proxy_header = header.into();
        let said = match access(&settings, token) {
            Ok(access) => format!("{access:?}"),
            Err(error) => format!("{error:#}"),
        };
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn only_loopback_is_served_without_a_token_or_a_proxy() {
        check("127.0.0.1:8080", None, "", "Loopback");
        check("[::1]:8080", None, "", "Loopback");
        check("0.0.0.0:8080", None, "", "set FOREWARN_TOKEN");
        check("192.0.2.1:80", None, "", "or listen on 127.0.0.1");
        check("0.0.0.0:8080", Some("a token that is long"), "", "Token");
        check("0.0.0.0:8080", None, "X-Forwarded-User", "ProxyHeader");
        check("0.0.0.0:8080", None, "not a header", "no header name");
        check("127.0.0.1:8080", Some("short"), "", "fewer than 16 letters");
    }
}
