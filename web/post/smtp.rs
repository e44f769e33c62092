//! Mail to a mail server, step by step (RFC 5321), because what a failure means depends on the step: before the body
//! was handed over nothing arrived, after it something may have; and only a refusal of the recipient or of the body is
//! about the address.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::letter::Letter;
use super::{Meaning, Trouble};
use crate::settings::Tls;

/// The longest that one step may take; RFC 5321 section 4.5.3.2 allows minutes, a lease does not.
const STEP: Duration = Duration::from_secs(30);

/// Characters of a server's reply that are kept.
const LONGEST_REPLY: usize = 200;

/// A mail server.
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who signs in there, with the password; nobody when absent.
    pub login: Option<(String, String)>,
    /// A certificate authority that is trusted beside those of the system.
    pub authority: Option<Certificate>,
    /// What we call ourselves.
    pub hello: String,
    /// The longest that one step may take.
    pub patience: Duration,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Smtp").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Smtp {
    /// A server as the settings name it.
    #[must_use]
    pub fn new(host: &str, port: u16, tls: Tls, login: Option<(String, String)>, hello: &str) -> Self {
        let (host, hello) = (host.to_owned(), hello.to_owned());
        Self { host, port, tls, login, authority: None, hello, patience: STEP }
    }

    pub(super) async fn send(&self, letter: &Letter) -> Result<(), Trouble> {
        let mut connection = self.connected().await?;
        let from = letter.envelope.from().cloned();
        self.step("take the sender", connection.command(Mail::new(from, Vec::new()))).await?;
        for to in letter.envelope.to() {
            let recipient = Rcpt::new(Address::clone(to), Vec::new());
            let taken = self.step("take the recipient", connection.command(recipient)).await;
            taken.map_err(Trouble::about_the_address)?;
        }
        let begun = self.step("take the mail", connection.command(Data)).await;
        begun.map_err(Trouble::about_the_address)?;
        let taken = self.step("take the mail", connection.message(&letter.bytes)).await;
        if let Err(trouble) = taken {
            return Err(match trouble.replied {
                // A reply says that it was not taken.
                true => Trouble::about_the_address(trouble),
                false => Trouble {
                    sentence: format!("{}; it may have been taken all the same", trouble.sentence),
                    meaning: Meaning::Unclear,
                },
            });
        }
        // It is taken; what becomes of the goodbye changes nothing.
        drop(tokio::time::timeout(self.patience, connection.quit()).await);
        Ok(())
    }

    async fn connected(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let hello = ClientId::Domain(self.hello.clone());
        let parameters = || {
            let mut builder = TlsParameters::builder(self.host.clone());
            if let Some(authority) = &self.authority {
                builder = builder.add_root_certificate(authority.clone());
            }
            builder.build().map_err(|error| Stumble::of("prepare TLS for", &self.host, &error))
        };
        let at_once = if self.tls == Tls::Tls { Some(parameters()?) } else { None };
        let address = (self.host.clone(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &hello, at_once, None);
        let mut connection = self.step("take the connection", connecting).await?;
        if self.tls == Tls::Starttls {
            if !connection.can_starttls() {
                let sentence = format!(
                    "the mail server {} offers no STARTTLS, and without it nothing is sent: set mail.tls to \"tls\", or to \
                     \"none\" where the way there is trusted",
                    self.host
                );
                return Err(Trouble { sentence, meaning: Meaning::NotArrived });
            }
            self.step("begin TLS", connection.starttls(parameters()?, &hello)).await?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            self.step("sign us in", connection.auth(&mechanisms, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn step<T>(
        &self,
        what: &'static str,
        doing: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Stumble> {
        match tokio::time::timeout(self.patience, doing).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Stumble::of(what, &self.host, &error)),
            Err(_) => Err(Stumble {
                sentence: format!(
                    "the mail server {} did not {what} within {} seconds",
                    self.host,
                    self.patience.as_secs()
                ),
                replied: false,
                permanent: false,
            }),
        }
    }
}

/// A step that failed.
struct Stumble {
    sentence: String,
    /// Whether the server said so.
    replied: bool,
    /// Whether it said that it will always say so.
    permanent: bool,
}

impl Stumble {
    fn of(what: &str, host: &str, error: &Error) -> Self {
        let replied = error.status().is_some();
        let said: String = std::error::Error::source(error)
            .map_or_else(|| error.to_string(), ToString::to_string)
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(LONGEST_REPLY)
            .collect();
        let code = error.status().map(|code| format!("{code} ")).unwrap_or_default();
        Self {
            sentence: format!("the mail server {host} did not {what}: {code}{said}"),
            replied,
            permanent: error.is_permanent(),
        }
    }
}

impl From<Stumble> for Trouble {
    fn from(stumble: Stumble) -> Self {
        Self { sentence: stumble.sentence, meaning: Meaning::NotArrived }
    }
}

impl Trouble {
    fn about_the_address(stumble: Stumble) -> Self {
        let meaning = if stumble.permanent { Meaning::Refused } else { Meaning::NotArrived };
        Self { sentence: stumble.sentence, meaning }
    }
}
