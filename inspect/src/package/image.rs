//! What a container image claims: the manifest of `docker save` and the image's configuration (OCI image-spec 1.1).

use serde_json::Value;

use super::recognise::{Excerpt, Told};
use super::{Claims, shown};
use crate::check::Role;

/// Bytes of the largest JSON document that is taken for one of an image's own.
const LARGEST: usize = 4 << 20;

/// Whether a `manifest.json` is that of `docker save`.
pub(super) fn is_manifest(bytes: &[u8]) -> bool {
    let value = (bytes.len() <= LARGEST).then(|| serde_json::from_slice::<Value>(bytes).ok()).flatten();
    value.is_some_and(|value| value.pointer("/0/Layers").is_some_and(Value::is_array))
}

/// Takes what one member tells; `name` is its path below the image.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    let is_document = bytes.starts_with(b"{") || bytes.starts_with(b"[");
    if name.contains("!/") || !is_document || bytes.len() > LARGEST {
        return Role::Payload.into();
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Role::Payload.into() };
    let tag = value
        .pointer("/0/RepoTags/0")
        .or_else(|| value.pointer("/manifests/0/annotations/io.containerd.image.name"))
        .and_then(Value::as_str);
    if let Some((image, tag)) = tag.and_then(|tag| tag.rsplit_once(':')) {
        (claims.name, claims.version) = (Some(shown(image)), Some(shown(tag)));
    }
    let (Some(config), true) = (value.get("config"), value.get("rootfs").is_some()) else {
        return Role::Metadata.into();
    };
    let part = |key: &str| value.get(key).and_then(Value::as_str);
    let machine = [part("os"), part("architecture")].into_iter().flatten().collect::<Vec<_>>().join("/");
    claims.architecture = Some(shown(&machine));
    let label = |key: &str| {
        config.get("Labels").and_then(|labels| labels.get(key)).and_then(Value::as_str).map(shown)
    };
    claims.vendor = label("org.opencontainers.image.vendor").or(claims.vendor.take());
    claims.licence = label("org.opencontainers.image.licenses").or(claims.licence.take());
    claims.homepage = label("org.opencontainers.image.url").or(claims.homepage.take());
    claims.version = label("org.opencontainers.image.version").or(claims.version.take());
    Told { role: Role::Metadata, excerpts: run(config) }
}

/// What the image runs: its entry point with its usual arguments.
fn run(config: &Value) -> Vec<Excerpt> {
    let words = |key: &str| {
        let listed = config.get(key).and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let text = [words("Entrypoint"), words("Cmd")].concat().join(" ");
    let runs = !text.is_empty();
    let excerpt = || Excerpt { name: "Entrypoint".into(), text, lines_before: 0, role: Role::Entrypoint };
    runs.then(excerpt).into_iter().collect()
}
