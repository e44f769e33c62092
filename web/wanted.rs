//! What a person typed of a subscription, in a form or a terminal, as `index` takes it.
//!
//! Refuses to check more than that each field can be read; whether the whole can be is told by the noun itself.

use index::subscription::ready::Ready;
use index::subscription::recipient::Shape;
use index::subscription::rhythm::{Cadence, Quiet, Rhythm, weekday};
use index::subscription::{Mistake, NothingNew, Recipient, Wanted, Watch};
use jiff::civil::Time;

/// The fields as typed; what was left out is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    /// What it is called; else it is called by what it watches.
    pub(crate) name: String,
    /// A query of the search language.
    pub(crate) query: String,
    /// One of the ready-made things to watch, in place of a query.
    pub(crate) ready: String,
    /// The vendor, product or environment of it.
    pub(crate) subject: String,
    /// The version of the product that runs here.
    pub(crate) version: String,
    /// Whether it watches the sources beside what it seeks.
    pub(crate) sources: bool,
    /// A mail address, a webhook's address, or `feed`.
    pub(crate) to: String,
    /// The shape of what a webhook is posted.
    pub(crate) shape: String,
    /// Whether the webhook may lie in a private network.
    pub(crate) private_network: bool,
    /// `once`, `hour`, `day` or `week`.
    pub(crate) cadence: String,
    /// A local time.
    pub(crate) at: String,
    /// A day of the week, by its name or number.
    pub(crate) on: String,
    /// A time zone.
    pub(crate) zone: String,
    /// The first quiet moment.
    pub(crate) quiet_from: String,
    /// The first moment that is not quiet any more.
    pub(crate) quiet_to: String,
    /// Whether changes of wording are told as well.
    pub(crate) every_change: bool,
    /// Whether it is said once a week only that there is nothing new.
    pub(crate) weekly: bool,
}

impl Typed {
    /// What was asked for, checked.
    ///
    /// # Errors
    /// The first [`Mistake`].
    pub(crate) fn wanted(&self) -> Result<Wanted, Mistake> {
        let watch = self.watch()?;
        let name = match self.name.trim() {
            "" => self.named_by(&watch),
            name => name.to_owned(),
        };
        let wanted = Wanted {
            name,
            watch,
            recipient: self.recipient()?,
            rhythm: self.rhythm()?,
            every_change: self.every_change,
            nothing_new: if self.weekly { NothingNew::Weekly } else { NothingNew::Daily },
        };
        wanted.checked()
    }

    fn watch(&self) -> Result<Watch, Mistake> {
        let watch = match self.ready.trim() {
            "" => Watch {
                query: Some(self.query.trim().to_owned()).filter(|query| !query.is_empty()),
                ..Watch::default()
            },
            word => {
                let ready = Ready::ALL.into_iter().find(|ready| ready.as_str() == word);
                let ready = ready.ok_or_else(|| {
                    Mistake::new(
                        "query",
                        format!("there is no ready-made subscription \u{201c}{word}\u{201d}"),
                    )
                })?;
                ready.watch(&self.subject, &self.version)?
            }
        };
        Ok(Watch { sources: watch.sources || self.sources, ..watch })
    }

    /// A name from what is watched, cut to a subject's length.
    fn named_by(&self, watch: &Watch) -> String {
        let in_environment;
        let name = match (watch.query.as_deref(), watch.estate.as_deref()) {
            _ if self.ready.trim() == Ready::Operator.as_str() => "Forewarn itself",
            (Some(typed), _) => typed,
            (None, Some("")) => "What runs here",
            (None, Some(environment)) => {
                in_environment = format!("What runs in {environment}");
                &in_environment
            }
            (None, None) if watch.packages => "Packages that wait",
            (None, None) => "Sources that fall silent",
        };
        name.chars().take(80).collect()
    }

    fn recipient(&self) -> Result<Recipient, Mistake> {
        let to = self.to.trim();
        if to.eq_ignore_ascii_case("feed") {
            return Ok(Recipient::Feed);
        }
        if !to.contains("://") {
            return Ok(Recipient::mail(to));
        }
        let word = if self.shape.is_empty() { Shape::default().as_str() } else { self.shape.as_str() };
        let shape = Shape::from_word(word).ok_or_else(|| {
            let shapes = Shape::ALL.map(Shape::as_str).join(", ");
            Mistake::new("to", format!("a webhook takes one of the shapes {shapes}"))
        })?;
        Ok(Recipient::Webhook { url: to.to_owned(), shape, private_network: self.private_network })
    }

    fn rhythm(&self) -> Result<Rhythm, Mistake> {
        let otherwise = Rhythm::default();
        let at = if self.at.trim().is_empty() { "07:00" } else { &self.at };
        let cadence = match self.cadence.as_str() {
            "once" => Cadence::Once,
            "hour" => Cadence::Hour,
            "" | "day" => Cadence::Day { at: time("cadence", at)? },
            "week" => Cadence::Week { on: day(&self.on)?, at: time("cadence", at)? },
            _ => {
                return Err(Mistake::new("cadence", "digests come at once, hourly, daily or weekly"));
            }
        };
        let quiet = match (self.quiet_from.trim(), self.quiet_to.trim()) {
            ("", "") => None,
            (from, to) => Some(Quiet { from: time("quiet", from)?, to: time("quiet", to)? }),
        };
        let zone = match self.zone.trim() {
            "" => otherwise.zone,
            zone => zone.to_owned(),
        };
        Ok(Rhythm { cadence, zone, quiet })
    }
}

fn time(part: &'static str, typed: &str) -> Result<Time, Mistake> {
    let wrong = || {
        let typed: String = typed.chars().take(20).collect();
        Mistake::new(part, format!("\u{201c}{typed}\u{201d} is no time of day: type it like 07:30"))
    };
    Time::strptime("%H:%M", typed.trim()).map_err(|_| wrong())
}

fn day(typed: &str) -> Result<i8, Mistake> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Ok(1);
    }
    let named = (1..=7).find(|on| typed.len() >= 3 && weekday(*on).to_lowercase().starts_with(&typed));
    let numbered = typed.parse().ok().filter(|on| (1..=7).contains(on));
    named.or(numbered).ok_or_else(|| {
        Mistake::new("cadence", "a day of the week is typed by its name, such as Monday, or as 1 to 7")
    })
}

#[cfg(test)]
mod tests {
    use super::Typed;

    fn check(typed: &Typed, expected: &str) {
        let said = match typed.wanted() {
            Ok(wanted) => {
                format!("{}: {} {}", wanted.name, wanted.recipient.shown(), wanted.rhythm.in_words())
            }
            Err(mistake) => format!("{}: {mistake}", mistake.part),
        };
        assert_eq!(said, expected);
    }

    fn typed() -> Typed {
        Typed { query: "relay".into(), to: "a@b.example".into(), ..Typed::default() }
    }

    #[test]
    fn what_was_left_out_has_a_sensible_value() {
        check(&typed(), "relay: a@b.example daily at 07:00 (UTC)");
        check(&Typed { to: "feed".into(), ..typed() }, "relay: its feed daily at 07:00 (UTC)");
        let weekly = Typed { cadence: "week".into(), on: "fri".into(), at: "9:05".into(), ..typed() };
        check(&weekly, "relay: a@b.example weekly, Friday at 09:05 (UTC)");
        let ready = Typed { ready: "silent-sources".into(), cadence: "once".into(), ..typed() };
        check(&ready, "Sources that fall silent: a@b.example at once");
        let estate = |subject: &str| Typed { ready: "estate".into(), subject: subject.into(), ..typed() };
        check(&estate(""), "What runs here: a@b.example daily at 07:00 (UTC)");
        check(&estate("production"), "What runs in production: a@b.example daily at 07:00 (UTC)");
        let packages = Typed { ready: "packages".into(), ..typed() };
        check(&packages, "Packages that wait: a@b.example daily at 07:00 (UTC)");
    }

    #[test]
    fn each_mistake_names_its_field() {
        let quiet = Typed { quiet_from: "25:00".into(), ..typed() };
        check(&quiet, "quiet: \u{201c}25:00\u{201d} is no time of day: type it like 07:30");
        let ready = Typed { ready: "everything".into(), ..typed() };
        check(&ready, "query: there is no ready-made subscription \u{201c}everything\u{201d}");
        check(
            &Typed { to: "https://u:p@h.example/".into(), ..typed() },
            "to: the webhook's address carries a user name or password: use one whose secret stands in its path",
        );
    }
}
