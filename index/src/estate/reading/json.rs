//! JSON, read as a stream: lists of parts and rows of osquery. What is not looked for is passed over unread, so memory
//! grows with the products alone, however large the file is.

use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::osquery::Table;
use super::{Format, MOST, Mistake, bom, osquery};
use crate::estate::facts::Facts;

/// Bytes of the longest text in a file: a licence in full has some hundred thousand.
const LONGEST_TEXT: usize = 16 << 20;

/// What was met in a file.
#[derive(Default)]
pub(super) struct Met {
    pub(super) facts: Facts,
    cyclonedx: bool,
    pub(super) spdx: bool,
    osquery: bool,
}

/// Reads a file of JSON; what it is, is told by what it holds.
pub(super) fn read(source: impl Read, format: Format) -> Result<(Facts, Format), Mistake> {
    let source =
        BufReader::with_capacity(64 << 10, Guarded { source, in_text: false, escaped: false, length: 0 });
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    let mut met = Met::default();
    deserializer
        .deserialize_any(Top(&mut met))
        .and_then(|()| deserializer.end())
        .map_err(|error| mistake(&error))?;
    let found = match &met {
        Met { cyclonedx: true, .. } => Format::CycloneDx,
        Met { spdx: true, .. } => Format::Spdx,
        Met { osquery: true, .. } => Format::Osquery,
        _ => {
            let sentence =
                "it is JSON, but neither CycloneDX nor SPDX nor rows of an osquery table that is read here";
            return Err(Mistake::whole(sentence));
        }
    };
    if format != found && matches!(format, Format::CycloneDx | Format::Spdx) {
        return Err(Mistake::whole(format!("it is {}, not {}", found.called(), format.called())));
    }
    let mut facts = met.facts;
    if let Some(products) = &mut facts.products {
        products.sort();
        products.dedup();
    }
    if facts == Facts::default() {
        return Err(Mistake::whole(format!("it is {}, and holds nothing of an estate", found.called())));
    }
    Ok((facts, found))
}

fn mistake(error: &serde_json::Error) -> Mistake {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let sentence = match error.classify() {
        serde_json::error::Category::Eof => {
            "it ends in the middle; was it cut while it was copied?".to_owned()
        }
        _ => format!("{} (column {})", super::shown(words), error.column()),
    };
    Mistake { line: Some(error.line()).filter(|line| *line > 0), sentence }
}

/// The whole file.
struct Top<'a>(&'a mut Met);

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of parts or rows of osquery")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let met = self.0;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "bomFormat" => met.cyclonedx |= map.next_value::<Word>()?.0.as_deref() == Some("CycloneDX"),
                "spdxVersion" => met.spdx |= map.next_value::<Word>()?.0.is_some(),
                "components" => map.next_value_seed(bom::Components(&mut met.facts))?,
                "packages" => map.next_value_seed(bom::Packages(&mut met.facts))?,
                "@graph" => map.next_value_seed(bom::Graph(met))?,
                "snapshot" => map.next_value_seed(Rows { met, table: None })?,
                name => match Table::named(name) {
                    Some(table) => map.next_value_seed(Rows { met, table: Some(table) })?,
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        rows(list, self.0, None)
    }
}

/// Rows of one table of osquery.
struct Rows<'a> {
    met: &'a mut Met,
    table: Option<Table>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of osquery")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        rows(list, self.met, self.table)
    }
}

fn rows<'de, A: SeqAccess<'de>>(mut list: A, met: &mut Met, table: Option<Table>) -> Result<(), A::Error> {
    let mut count = 0;
    // A table without rows says that there are none of its kind.
    if let Some(table) = table {
        met.osquery = true;
        osquery::none(&mut met.facts, table);
    }
    while let Some(row) = list.next_element::<osquery::Row>()? {
        count += 1;
        if count > MOST {
            return Err(A::Error::custom(format!("it has more than {MOST} rows")));
        }
        let Some(table) = table.or_else(|| Table::of(&row)) else { continue };
        met.osquery = true;
        osquery::take(&mut met.facts, table, &row).map_err(A::Error::custom)?;
    }
    Ok(())
}

/// A text or number; nothing for what is neither, which is passed over.
#[derive(Default)]
pub(super) struct Word(pub(super) Option<String>);

impl<'de> serde::Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

struct Scalar;

impl<'de> Visitor<'de> for Scalar {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Word, E> {
        Ok(Word(Some(super::shown(text)).filter(|text| !text.is_empty())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
        Ok(Word(Some(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Word, E> {
        Ok(Word(Some(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Word, E> {
        Ok(Word(Some(number.to_string())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Word, E> {
        Ok(Word(None))
    }

    fn visit_unit<E>(self) -> Result<Word, E> {
        Ok(Word(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Word, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word(None))
    }
}

/// Refuses a text that would fill the memory: a parser holds each text whole.
struct Guarded<R> {
    source: R,
    in_text: bool,
    escaped: bool,
    length: usize,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        for byte in buffer.iter().take(read) {
            match (self.in_text, self.escaped, byte) {
                (true, true, _) => self.escaped = false,
                (true, false, b'\\') => self.escaped = true,
                (_, _, b'"') => (self.in_text, self.length) = (!self.in_text, 0),
                _ => {}
            }
            self.length += usize::from(self.in_text);
            if self.length > LONGEST_TEXT {
                return Err(io::Error::other(format!(
                    "a text in it is longer than {} MiB",
                    LONGEST_TEXT >> 20
                )));
            }
        }
        Ok(read)
    }
}
