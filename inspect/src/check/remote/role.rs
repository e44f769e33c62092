//! What an address is for, by the words around it.

/// What is said where nothing tells more.
pub(super) const NAMED: &str = "names";

/// Words by which a role is known, in the order in which they decide.
const ROLES: [(&str, &[&str]); 5] = [
    (
        "telemetry to",
        &[
            "telemetry",
            "analytics",
            "metric",
            "beacon",
            "survey",
            "popcon",
            "usage_",
            "tracking",
            "sentry",
            "dsn",
            "stats",
            "submiturl",
        ],
    ),
    (
        "repository",
        &[
            "deb ",
            "deb-src ",
            "baseurl",
            "mirror",
            "repo",
            "registry",
            "uris",
            "index_url",
            "index-url",
            "simple",
            "metalink",
        ],
    ),
    ("looks for updates at", &["update", "upgrade", "latest", "newversion", "version_check"]),
    ("posts to", &["post", "upload", "push", "submit", "webhook", "notify", "report"]),
    (
        "fetches from",
        &[
            "download", "fetch", "get", "url", "wget", "curl", "urlopen", "binary", "site", "source", "feed",
            "host", "server", "api", "endpoint",
        ],
    ),
];

/// The role of an address under a key or a name, in a line, with a path.
pub(super) fn role(key: &str, line: &str, path: &str) -> &'static str {
    let (key, start) = (key.to_ascii_lowercase(), line.trim_start().to_ascii_lowercase());
    let path = path.to_ascii_lowercase();
    let found = ROLES.iter().find(|(role, words)| {
        words.iter().any(|word| {
            let on_path = *role != "fetches from" && word.len() > 5 && path.contains(word);
            key.contains(word.trim_end()) || word.ends_with(' ') && start.starts_with(word) || on_path
        })
    });
    found.map_or(NAMED, |(role, _)| role)
}

/// Whether a key or a name is for what people read: a home page, a licence, a manual.
pub(super) fn is_about(key: &str) -> bool {
    const WORDS: &str = "homepage home_page docs doc_url documentation help license licence schema xmlns namespace bug issue \
        website link href reference author citation project_url maintainer copyright see readme logo icon \
        image description";
    let key = key.to_ascii_lowercase();
    WORDS.split(' ').any(|word| key.contains(word)) || key == "ns" || key == "doc"
}
