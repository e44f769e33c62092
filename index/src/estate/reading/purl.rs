//! Package URLs (purl specification, `pkg:type/namespace/name@version?qualifiers#subpath`), read into products.

use super::shown;
use crate::estate::facts::Product;

/// The product that a package URL names, as its ecosystem writes it; `None` for what is no package URL.
pub(super) fn product(purl: &str) -> Option<Product> {
    let rest = purl.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    // The namespace of an npm package is written with its `@` escaped, but not by everybody.
    let (path, version) = match path.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !version.contains('/') => (path, Some(decoded(version))),
        _ => (path, None),
    };
    let (namespace, name) = match path.trim_matches('/').rsplit_once('/') {
        Some((namespace, name)) => (decoded(namespace), decoded(name)),
        None => (String::new(), decoded(path)),
    };
    let name = match kind.as_str() {
        // The namespace of a distribution's package is the distribution.
        _ if namespace.is_empty() => name,
        "deb" | "rpm" | "apk" | "alpm" => name,
        "maven" => format!("{namespace}:{name}"),
        _ => format!("{namespace}/{name}"),
    };
    (!name.is_empty()).then(|| Product {
        name: shown(&name),
        version: version.filter(|version| !version.is_empty()).map(|version| shown(&version)),
        ecosystem: Some(shown(&kind)),
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
