//! The vendors and sources to record so that Forewarn reads this world, with the ports it has now.

use index::source::{Kind, Source, Standing};
use index::vendor::{Contact, Vendor};
use serde_json::{Value, json};

use crate::world::base::Host;
use crate::world::halvard::advisories::LIST;
use crate::world::halvard::{KEY_PAGE, status};
use crate::world::serve::Served;
use crate::world::{halvard, orrin};

impl Served {
    /// Each vendor with its sources.
    #[must_use]
    pub fn sources(&self) -> Vec<(Vendor, Vec<Source>)> {
        let halvard = self.base(Host::Halvard);
        let forum = self.base(Host::Community);
        let orrin = self.base(Host::Orrin);
        let of_halvard =
            |slug, name, kind, address, options| source(("halvard", slug), name, kind, address, options);
        let of_orrin =
            |slug, name, kind, address, options| source(("orrin", slug), name, kind, address, options);
        let mut community = of_halvard(
            "halvard-community",
            "Halvard community forum",
            Kind::Discourse,
            forum,
            json!({"categories": ["announcements/5", "support/6"]}),
        );
        community.standing = Standing::Platform;
        let releases = format!("{halvard}/relay/releases.rss");
        let status = format!("{halvard}{}", status::BASE);
        let provider = format!("{orrin}/.well-known/csaf/provider-metadata.json");
        vec![
            (
                vendor(
                    "halvard",
                    halvard::NAME,
                    halvard::DOMAIN,
                    "security@halvard.example",
                    format!("{halvard}{LIST}"),
                ),
                vec![
                    of_halvard(
                        "halvard-releases",
                        "Halvard release notes",
                        Kind::Feed,
                        releases,
                        json!({"follow": true}),
                    ),
                    of_halvard(
                        "halvard-advisories",
                        "Halvard advisories",
                        Kind::Page,
                        format!("{halvard}{LIST}"),
                        selectors(),
                    ),
                    community,
                    of_halvard("halvard-status", "Halvard status page", Kind::Status, status, Value::Null),
                    of_halvard(
                        "halvard-keys",
                        "Halvard package keys",
                        Kind::Keys,
                        format!("{halvard}{KEY_PAGE}"),
                        Value::Null,
                    ),
                ],
            ),
            (
                vendor("orrin", orrin::NAME, orrin::DOMAIN, "psirt@orrin.example", provider.clone()),
                vec![
                    of_orrin(
                        "orrin-notices",
                        "Orrin notices",
                        Kind::Feed,
                        format!("{orrin}/notices.atom"),
                        Value::Null,
                    ),
                    of_orrin("orrin-csaf", "Orrin advisories", Kind::Csaf, provider, Value::Null),
                ],
            ),
        ]
    }
}

fn vendor(slug: &str, name: &str, domain: &str, address: &str, learnt_from: String) -> Vendor {
    let contact = Contact { purpose: "security".to_owned(), address: address.to_owned(), learnt_from };
    Vendor {
        slug: slug.to_owned(),
        name: name.to_owned(),
        domains: vec![domain.to_owned()],
        contacts: vec![contact],
    }
}

fn source((vendor, slug): (&str, &str), name: &str, kind: Kind, address: String, options: Value) -> Source {
    Source {
        slug: slug.to_owned(),
        name: name.to_owned(),
        vendor: Some(vendor.to_owned()),
        kind,
        address,
        standing: Standing::Vendor,
        every_minutes: 5,
        private_network: true,
        options,
    }
}

/// Where things stand on Halvard's advisory pages.
fn selectors() -> Value {
    json!({
        "item": "li.advisory",
        "link": "a.advisory-title",
        "title": "a.advisory-title",
        "date": ".advisory-date",
        "date_format": "%d %B %Y",
        "next": "a[rel=next]",
        "pages": 5,
        "detail": true,
        "body": "article.advisory",
        "detail_title": "article.advisory h1",
        "detail_date": "article.advisory .published",
        "kind": "advisory",
    })
}
