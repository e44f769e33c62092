//! One advisory of Orrin's as a CSAF 2.0 document (docs.oasis-open.org/csaf/csaf/v2.0, profile "Security Advisory").

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::grade::Grade;
use crate::world::moment;
use crate::world::orrin::NAME;

/// One advisory.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// The vendor's number, such as `OWSA-0046`.
    pub id: String,
    /// The CVE it is about; invented.
    pub cve: String,
    /// Headline, plain text.
    pub title: String,
    /// How bad the vendor says it is.
    pub grade: Grade,
    /// The product's name.
    pub product: String,
    /// The first version that is affected.
    pub since: String,
    /// The first version that is not affected any more.
    pub fixed: String,
    /// What is wrong, plain text.
    pub text: String,
    /// What to do besides the upgrade, plain text.
    pub workaround: String,
    /// When it was published and changed, each with a sentence; never empty, the oldest first.
    pub revisions: Vec<(Timestamp, String)>,
}

impl Advisory {
    /// When it was published.
    #[must_use]
    pub fn published(&self) -> Timestamp {
        self.revisions.first().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at)
    }

    /// When it was changed last.
    #[must_use]
    pub fn updated(&self) -> Timestamp {
        self.revisions.last().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at)
    }

    /// Path below the directory: the year of publication, and the number in lower case (section 5.1).
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}/{}.json", moment::shown(self.published(), "%Y"), self.id.to_lowercase())
    }

    /// The document, as it is published at `url`.
    pub(super) fn document(&self, url: &str) -> String {
        let value = json!({
            "document": self.head(url),
            "product_tree": self.products(),
            "vulnerabilities": [self.vulnerability()],
        });
        format!("{value:#}\n")
    }

    fn head(&self, url: &str) -> Value {
        let versions = (1_u32..).zip(&self.revisions);
        let history: Vec<Value> = versions
            .map(|(number, (at, what))| {
                json!({"date": moment::of_machines(*at), "number": number.to_string(), "summary": what})
            })
            .collect();
        json!({
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": self.title,
            "lang": "en",
            "aggregate_severity": {"text": self.grade.word()},
            "distribution": {"tlp": {"label": "WHITE"}},
            "publisher": {"category": "vendor", "name": NAME, "namespace": "https://orrin.example",
                "contact_details": "psirt@orrin.example"},
            "notes": [{"category": "summary", "title": "Summary", "text": self.text}],
            "references": [{"category": "self", "summary": "This document", "url": url}],
            "tracking": {
                "id": self.id,
                "status": "final",
                "version": self.revisions.len().to_string(),
                "initial_release_date": moment::of_machines(self.published()),
                "current_release_date": moment::of_machines(self.updated()),
                "revision_history": history,
            },
        })
    }

    fn products(&self) -> Value {
        let Self { product, since, fixed, .. } = self;
        json!({"branches": [{"category": "vendor", "name": NAME, "branches": [
            {"category": "product_name", "name": product, "branches": [
                {"category": "product_version_range", "name": format!("vers:generic/>={since}|<{fixed}"),
                    "product": {"product_id": "affected", "name": format!("{product} {since} up to but not {fixed}")}},
                {"category": "product_version", "name": fixed,
                    "product": {"product_id": "fixed", "name": format!("{product} {fixed}")}},
            ]},
        ]}]})
    }

    fn vulnerability(&self) -> Value {
        let Self { product, fixed, grade, .. } = self;
        json!({
            "cve": self.cve,
            "title": self.title,
            "notes": [{"category": "description", "text": self.text}],
            "product_status": {"known_affected": ["affected"], "fixed": ["fixed"]},
            "scores": [{"products": ["affected"], "cvss_v3": {"version": "3.1", "vectorString": grade.vector(),
                "baseScore": grade.score(), "baseSeverity": grade.word().to_uppercase()}}],
            "remediations": [
                {"category": "vendor_fix", "details": format!("Upgrade to {product} {fixed}."),
                    "product_ids": ["affected"]},
                {"category": "workaround", "details": self.workaround, "product_ids": ["affected"]},
            ],
        })
    }
}
