//! The fields of the full-text index, and how an entry becomes a document of it.
//!
//! Nothing is stored: what is shown comes from the record. Fast columns serve counting, ordering and grouping.

use inspect::key::Fingerprint;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::enrichment::Columns;
use super::sketch::Sketch;
use super::token::Terms;
use crate::entry::Kind;
use crate::mention::{self, Mention};
use crate::prepare::{restore, restore_mentions};
use crate::severity::Level;
use crate::store::entry::Changed;

/// Raised whenever an index written before cannot be read any more; the index is then built again.
pub(super) const FORMAT: u32 = 4;

/// Name under which the tokenizer of [`super::token`] is registered.
pub(super) const TOKENIZER: &str = "identifiers";

/// Texts are indexed up to this many bytes; the record has all of them.
const INDEXED_TEXT: usize = 400_000;

/// How often the title and the names of products stand in the text that is indexed: as much more they count.
const TITLE: usize = 2;
const PRODUCTS: usize = 2;

/// References of an entry whose addresses are indexed: a project's own page names it when the text does not.
const REFERENCES: usize = 40;

/// The fields of a document.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Number of the entry.
    pub(super) id: Field,
    /// Title, products and text: where words are sought. Title and products stand in it more than once, for weight.
    pub(super) text: Field,
    /// Names of affected products, for `product:`.
    pub(super) product: Field,
    /// Its own identifiers, lower-case.
    pub(super) identifier: Field,
    /// Identifiers that it is about or mentions, lower-case.
    pub(super) about: Field,
    /// Keys that it mentions, upper-case hex: full, and the long and short ids of each.
    pub(super) key: Field,
    /// Vendor by slug, and each part of the slug.
    pub(super) vendor: Field,
    /// Vendor as `slug\tname`, for counting.
    pub(super) vendor_name: Field,
    /// Source by slug.
    pub(super) source: Field,
    /// Kind of entry by its place in [`Kind::ALL`].
    pub(super) kind: Field,
    /// Severity: 0 unknown, else one more than its place in [`Level::ALL`].
    pub(super) severity: Field,
    /// When it was published, else first seen: milliseconds since 1970.
    pub(super) dated: Field,
    /// Group of entries that share an identifier.
    pub(super) group: Field,
    /// What it says of versions, see [`super::affected`].
    pub(super) affected: Field,
    /// Kind, severity and year in one number, see [`Packed`].
    pub(super) packed: Field,
    /// What ranking asks, see [`Sketch`].
    pub(super) sketch: Field,
    /// What lists state about its identifiers.
    pub(super) stated: Columns,
}

/// What facets count, in one number, so that counting reads one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// Place in [`Kind::ALL`], below 8.
    pub(super) kind: u8,
    /// As [`severity_number`] gives it, below 8.
    pub(super) severity: u8,
    /// Year of the common era; 0 when outside of those that are counted.
    pub(super) year: u16,
}

/// The year before the first one that is counted; 255 years are.
const BEFORE_YEARS: u16 = 1969;

impl Packed {
    /// Packed numbers are below this.
    pub(super) const END: usize = 1 << 14;

    pub(super) fn pack(self) -> u64 {
        let year = self.year.checked_sub(BEFORE_YEARS).filter(|year| *year < 256).unwrap_or(0);
        u64::from(self.kind) | u64::from(self.severity) << 3 | u64::from(year) << 6
    }

    pub(super) const fn unpack(packed: u64) -> Self {
        let year = (packed >> 6 & 255) as u16;
        let year = if year == 0 { 0 } else { year + BEFORE_YEARS };
        Self { kind: (packed & 7) as u8, severity: (packed >> 3 & 7) as u8, year }
    }
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let words = |record| {
        let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        text: builder.add_text_field("text", words(IndexRecordOption::WithFreqsAndPositions)),
        product: builder.add_text_field("product", words(IndexRecordOption::WithFreqsAndPositions)),
        identifier: builder.add_text_field("identifier", STRING),
        about: builder.add_text_field("about", STRING),
        key: builder.add_text_field("key", STRING),
        vendor: builder.add_text_field("vendor", STRING),
        vendor_name: builder.add_text_field("vendor_name", TextOptions::default().set_fast("raw")),
        source: builder.add_text_field("source", STRING),
        kind: builder.add_u64_field("kind", INDEXED),
        severity: builder.add_u64_field("severity", INDEXED),
        dated: builder.add_i64_field("dated", FAST),
        group: builder.add_u64_field("group", FAST),
        affected: builder.add_bytes_field(super::affected::COLUMN, FAST),
        packed: builder.add_u64_field("packed", FAST),
        sketch: builder.add_bytes_field(super::sketch::COLUMN, FAST),
        stated: Columns::add(&mut builder),
    };
    (builder.build(), fields)
}

/// The number of a severity in the index.
pub(super) fn severity_number(level: Option<Level>) -> u8 {
    level.and_then(|level| Level::ALL.iter().position(|other| *other == level)).map_or(0, |at| at as u8 + 1)
}

/// An entry as a document.
pub(super) fn document(fields: &Fields, changed: &Changed) -> anyhow::Result<TantivyDocument> {
    let statement = restore(&changed.statement, String::new())?;
    let mentions = restore_mentions(&changed.mentions)?;
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, u64::try_from(changed.id)?);
    document.add_u64(fields.group, u64::try_from(changed.group_id)?);
    document.add_i64(fields.dated, changed.dated);

    let kind = Kind::ALL.iter().position(|kind| kind.as_str() == changed.kind).unwrap_or(0) as u8;
    let severity = severity_number(statement.severity.as_ref().map(|severity| severity.level));
    document.add_u64(fields.kind, kind.into());
    document.add_u64(fields.severity, severity.into());
    document.add_u64(fields.packed, Packed { kind, severity, year: year(changed.dated) }.pack());

    fields.stated.write(changed.worst, &mut document);
    document.add_text(fields.source, &changed.source);
    if let Some(vendor) = &changed.vendor {
        document.add_text(fields.vendor, vendor);
        for part in vendor.split('-').filter(|part| part.len() > 1 && *part != vendor) {
            document.add_text(fields.vendor, part);
        }
        let name = changed.vendor_name.as_deref().unwrap_or(vendor);
        document.add_text(fields.vendor_name, format!("{vendor}\t{name}"));
    }

    let products = products(&statement);
    for _ in 0..TITLE {
        document.add_text(fields.text, &changed.title);
    }
    for _ in 0..PRODUCTS {
        document.add_text(fields.text, &products);
    }
    document.add_text(fields.product, &products);
    let text = head(&changed.body);
    document.add_text(fields.text, text);
    for reference in statement.references.iter().take(REFERENCES) {
        document.add_text(fields.text, reference.url.as_str());
    }
    let sketch = Sketch::of(&changed.source, &changed.title, &statement, &mentions, text);
    document.add_bytes(fields.sketch, &sketch.encode());
    for identifier in &statement.identifiers {
        document.add_text(fields.identifier, identifier.to_lowercase());
    }
    let mentioned = mentions.iter().filter(|mention| mention.kind == mention::Kind::Advisory);
    let mut about: Vec<String> = statement.related.iter().map(|one| one.to_lowercase()).collect();
    about.extend(mentioned.map(|mention| mention.value.to_lowercase()));
    for about in unique(about) {
        document.add_text(fields.about, about);
    }
    if let Some(said) = super::affected::encode(&statement, &changed.title, &changed.body)? {
        document.add_bytes(fields.affected, &said);
    }
    for key in unique(keys(&mentions, &statement)) {
        document.add_text(fields.key, key);
    }
    Ok(document)
}

fn unique(mut values: Vec<String>) -> Vec<String> {
    values.sort_unstable();
    values.dedup();
    values
}

/// Distinct names of affected products, a line each.
fn products(statement: &crate::entry::Statement) -> String {
    let mut names: Vec<&str> = Vec::new();
    for affected in &statement.affected {
        for name in [Some(affected.product.as_str()), affected.vendor.as_deref()].into_iter().flatten() {
            if names.len() < 200 && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.join("\n")
}

/// The keys that mentions and checks name, each with the shorter ids that people use for it.
fn keys(mentions: &[Mention], statement: &crate::entry::Statement) -> Vec<String> {
    let mut keys = Vec::new();
    let signers =
        statement.checks.iter().filter_map(|check| check.signer.as_ref().map(Fingerprint::to_string));
    let named = mentions
        .iter()
        .filter(|mention| matches!(mention.kind, mention::Kind::Fingerprint | mention::Kind::KeyId));
    for key in named.map(|mention| mention.value.clone()).chain(signers) {
        for length in [16, 8] {
            if let Some(id) = key.len().checked_sub(length).filter(|at| *at > 0).and_then(|at| key.get(at..))
            {
                keys.push(id.to_owned());
            }
        }
        keys.push(key);
    }
    keys
}

/// The beginning of a text, cut at a character.
fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(INDEXED_TEXT)).unwrap_or(text)
}

fn year(millis: i64) -> u16 {
    let year = jiff::Timestamp::from_millisecond(millis)
        .map(|moment| moment.to_zoned(jiff::tz::TimeZone::UTC).year())
        .unwrap_or(0);
    u16::try_from(year).unwrap_or(0)
}

/// The query's side of [`Fields::product`] and [`Fields::text`]: terms with their positions.
pub(super) fn terms(text: &str) -> Vec<(String, u32, bool)> {
    Terms::of(text).iter().map(|(term, place)| (term.to_owned(), place.position, place.whole)).collect()
}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn facets_are_packed_and_unpacked() {
        let check = |kind, severity, year, kept| {
            let packed = Packed { kind, severity, year }.pack();
            assert!((packed as usize) < Packed::END);
            assert_eq!(Packed::unpack(packed), Packed { kind, severity, year: kept });
        };
        check(0, 0, 0, 0);
        check(4, 5, 2026, 2026);
        check(1, 1, 1970, 1970);
        check(7, 7, 2224, 2224);
        check(2, 3, 1969, 0);
        check(2, 3, 4000, 0);
    }
}
