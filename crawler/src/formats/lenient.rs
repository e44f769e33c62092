//! Shapes that take what a stranger wrote, also where a corner has the wrong type.
//!
//! Serde would refuse a whole document over a number where a word belongs. These types accept any value and keep what
//! they can use: text borrowed from the document where it has no escapes. They refuse to hold whole documents as
//! trees; what does not fit is passed over without being kept. Depth is bounded by the parser's own limit.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text; empty where the value is missing, null, a list or an object. Numbers and booleans become their spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word<'a>(Cow<'a, str>);

/// Several texts; a single text counts as a list of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words<'a>(pub(crate) Vec<Word<'a>>);

/// A number, also where it is written as a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Number(pub(crate) Option<f64>);

/// An object of shape `T`, or nothing where the value is no object.
#[derive(Clone, Debug)]
pub(crate) struct Loose<T>(pub(crate) Option<T>);

/// Objects of shape `T`; whatever else the list holds is passed over, and a value that is no list is an empty one.
#[derive(Clone, Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl Word<'_> {
    /// The text without spaces around it, where that leaves anything.
    pub(crate) fn said(&self) -> Option<&str> {
        Some(self.0.trim()).filter(|text| !text.is_empty())
    }
}

impl Deref for Word<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Words<'_> {
    /// The texts that say anything, without spaces around them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Word::said)
    }
}

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Loose<T> {
    /// The object, where there is one.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Passes over the rest of a list.
fn drain_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Passes over the rest of an object.
fn drain_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// The answers of a visitor to scalars that it has no use for.
macro_rules! scalars_are {
    ($nothing:expr; $($method:ident($type:ty)),*) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> { Ok($nothing) })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($nothing) }
        fn visit_none<E>(self) -> Result<Self::Value, E> { Ok($nothing) }
        fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
            inner.deserialize_any(self)
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Word<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Word(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Word(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Word(Cow::Owned(text)))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Word(Cow::Borrowed(if value { "true" } else { "false" })))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Word(Cow::Owned(value.to_string())))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Word(Cow::Owned(value.to_string())))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Word(Cow::Owned(value.to_string())))
            }
            scalars_are!(Word::default(););
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                drain_list(list).map(|()| Word::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                drain_object(object).map(|()| Word::default())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Words<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of texts")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Words(vec![Word(Cow::Borrowed(text))]))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Words(vec![Word(Cow::Owned(text.to_owned()))]))
            }
            scalars_are!(Words::default(); visit_bool(bool), visit_u64(u64), visit_i64(i64), visit_f64(f64));
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                drain_object(object).map(|()| Words::default())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Number;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number")
            }
            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Number(Some(value).filter(|value| value.is_finite())))
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "scores and counts are small; a huge one is nonsense anyway"
            )]
            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Number(Some(value as f64)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Number(text.trim().parse().ok().filter(|value: &f64| value.is_finite())))
            }
            scalars_are!(Number(None); visit_bool(bool), visit_i64(i64));
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                drain_list(list).map(|()| Number(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                drain_object(object).map(|()| Number(None))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Loose<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            scalars_are!(Loose(None); visit_bool(bool), visit_u64(u64), visit_i64(i64), visit_f64(f64), visit_str(&str));
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                drain_list(list).map(|()| Loose(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(|value| Loose(Some(value)))
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = List<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of objects")
            }
            scalars_are!(List::default(); visit_bool(bool), visit_u64(u64), visit_i64(i64), visit_f64(f64), visit_str(&str));
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(Loose(item)) = list.next_element()? {
                    items.extend(item);
                }
                Ok(List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                drain_object(object).map(|()| List::default())
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::{List, Loose, Number, Word, Words};
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Shape<'a> {
        #[serde(borrow)]
        word: Word<'a>,
        #[serde(borrow)]
        words: Words<'a>,
        number: Number,
        #[serde(borrow)]
        inner: Loose<Box<Shape<'a>>>,
        #[serde(borrow)]
        list: List<Shape<'a>>,
    }

    fn check(json: &str, expected: &str) {
        let shape: Shape<'_> = serde_json::from_str(json).unwrap();
        let words: Vec<&str> = shape.words.iter().collect();
        let inner = shape.inner.get().map_or("-", |inner| &inner.word);
        let list: Vec<&str> = shape.list.iter().map(|item| &*item.word).collect();
        assert_eq!(format!("{} {words:?} {:?} {inner} {list:?}", &*shape.word, shape.number.0), expected);
    }

    #[test]
    fn fitting_shapes_are_read() {
        check(
            r#"{"word":"a","words":["b","c"],"number":1.5,"inner":{"word":"d"},"list":[{"word":"e"}]}"#,
            r#"a ["b", "c"] Some(1.5) d ["e"]"#,
        );
    }

    #[test]
    fn wrong_shapes_lose_only_themselves() {
        check(
            r#"{"word":[1,{"x":2}],"words":{"a":1},"number":{},"inner":"d","list":"e","unknown":[[[]]]}"#,
            r#" [] None - []"#,
        );
        check(
            r#"{"word":null,"words":"b","number":"7.5","inner":[],"list":[1,"x",{"word":"e"},null]}"#,
            r#" ["b"] Some(7.5) - ["e"]"#,
        );
        check(r#"{"word":1.5,"words":[1,null,"  "],"number":true}"#, r#"1.5 ["1"] None - []"#);
    }

    #[test]
    fn deep_nesting_is_refused_and_not_recursed_into() {
        let bomb = format!("{{\"unknown\":{}", "[".repeat(100_000));
        assert!(serde_json::from_str::<Shape<'_>>(&bomb).is_err());
    }
}
