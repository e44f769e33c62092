//! Which names speak of waiting and insisting, told by the words in them.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Words that are enough by themselves.
const ALONE: &[&str] = &[
    "retry",
    "retries",
    "retrying",
    "backoff",
    "jitter",
    "timeout",
    "timeouts",
    "timeoutms",
    "deadline",
    "ttl",
    "keepalive",
    "linger",
    "prefetch",
    "attempts",
    "maxattempts",
    "pool",
    "poolsize",
    "maxsize",
    "batch",
    "batchsize",
    "concurrency",
    "linger",
    "heartbeat",
    "expiry",
    "expiration",
    "lifetime",
    "cooldown",
    "debounce",
    "throttle",
    "reconnect",
    "redelivery",
    "retrydelay",
    "maxretries",
    "numretries",
    "maxage",
];

/// Words that are so only one behind the other.
const PAIRS: &[[&str; 2]] = &[
    ["back", "off"],
    ["time", "out"],
    ["max", "connections"],
    ["max", "age"],
    ["max", "sockets"],
    ["max", "idle"],
    ["idle", "time"],
    ["keep", "alive"],
    ["chunk", "size"],
    ["queue", "size"],
    ["poll", "interval"],
    ["retry", "after"],
    ["max", "wait"],
    ["wait", "time"],
    ["max", "redirects"],
    ["max", "attempts"],
    ["max", "retries"],
    ["max", "delay"],
    ["min", "delay"],
    ["initial", "delay"],
    ["max", "tries"],
    ["flush", "interval"],
    ["cache", "time"],
    ["max", "requests"],
    ["refresh", "interval"],
    ["statement", "timeout"],
    ["rate", "limit"],
    ["page", "size"],
    ["max", "workers"],
    ["max", "overflow"],
];

/// Words that make a name speak of something else: texts, types, flags of tests.
const NEVER: &[&str] = &[
    "er",
    "err",
    "errno",
    "error",
    "errors",
    "message",
    "exception",
    "class",
    "label",
    "title",
    "help",
    "description",
    "doc",
    "docs",
    "event",
    "warning",
    "regex",
    "pattern",
    "test",
    "name",
    "color",
    "icon",
    "css",
    "style",
    "animation",
    "id",
    "code",
    "status",
    "header",
    "url",
];

/// Whether any name of interest may stand in a text: asked before it is parsed, since most sources have none.
pub(super) fn may_be_in(text: &str) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        // Words of a pair are parted by capitals, which are not seen here, or by signs.
        let pairs = PAIRS.iter().map(|[first, second]| format!("{first}[^a-z0-9]{{0,3}}{second}"));
        let all: Vec<String> = ALONE.iter().map(|word| (*word).to_owned()).chain(pairs).collect();
        let built = RegexBuilder::new(&all.join("|")).case_insensitive(true).build();
        built.expect("words of ASCII letters are an expression")
    });
    WORDS.is_match(text)
}

/// Whether a name is of interest.
pub(super) fn is_relevant(name: &str) -> bool {
    let words = words(name);
    if words.is_empty() || words.iter().any(|word| NEVER.contains(&word.as_str())) {
        return false;
    }
    words.iter().any(|word| ALONE.contains(&word.as_str()))
        || words.windows(2).any(|two| PAIRS.iter().any(|pair| two == pair))
}

/// Whether a class or function of this name is about insisting, so that each of its parameters is of interest.
pub(super) fn is_about(name: &str) -> bool {
    let about = ["retry", "retries", "backoff", "timeout", "timeouts"];
    let last = words(name);
    let is_error = last.iter().any(|word| NEVER.contains(&word.as_str()));
    !is_error && last.iter().any(|word| about.contains(&word.as_str()))
}

/// The words of an identifier, lower case: `maxNetworkRetries`, `MAX_NETWORK_RETRIES`, `max-network.retries`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars().take(120) {
        if !c.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            was_lower = false;
            continue;
        }
        if c.is_uppercase() && was_lower {
            words.push(std::mem::take(&mut word));
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        word.extend(c.to_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{is_about, is_relevant, may_be_in};

    #[test]
    fn names_are_told_by_their_words() {
        for name in [
            "timeout",
            "maxNetworkRetries",
            "DEFAULT_BACKOFF_MAX",
            "socket_timeout",
            "CONN_MAX_AGE",
            "pool-size",
        ] {
            assert!(is_relevant(name) && may_be_in(&format!("x {name} y")), "{name}");
        }
        for name in ["TimeoutError", "entry", "spool", "retry_message", "batchelor", "width", "__init__"] {
            assert!(!is_relevant(name), "{name}");
        }
    }

    #[test]
    fn classes_about_insisting() {
        assert!(is_about("Retry.__init__") && is_about("ExponentialBackoff"));
        assert!(!is_about("MaxRetryError") && !is_about("Telemetry"));
    }
}
