//! English stems (Snowball), the ones found last remembered: texts use the same words again and again, and to look one up
//! costs a tenth of finding it.
//!
//! Refuses to grow: a word takes the place of another one.

use frostem::{Algorithm, Stemmer};

/// Words remembered, a power of two: 128 KiB in all, so that they stay near the processor.
const REMEMBERED: usize = 1 << 12;

/// What reduces words to their stems.
#[derive(Clone, Default)]
pub(super) struct Stems {
    /// Words with their stems, each at the place that its letters name; none where nothing is to be remembered.
    known: Vec<(Short, Short)>,
}

impl Stems {
    /// From now on remembers what it finds. For a few words that is not worth its room.
    pub(super) fn remember(&mut self) {
        if self.known.is_empty() {
            self.known = vec![Default::default(); REMEMBERED];
        }
    }

    /// Puts its stem in place of the word that begins at `start`: small letters of ASCII up to the end of the arena.
    pub(super) fn reduce(&mut self, arena: &mut String, start: usize) {
        let Some(word) = arena.get(start..) else { return };
        let short = Short::of(word);
        let place = short.and_then(|short| self.known.get_mut(short.place()));
        if let (Some(short), Some((known, stem))) = (short, &place)
            && short == *known
            && let Some(stem) = stem.as_str()
        {
            arena.truncate(start);
            arena.push_str(stem);
            return;
        }
        let stem = Stemmer::new(Algorithm::English).stem(word).into_owned();
        if let (Some(place), Some(word), Some(stem)) = (place, short, Short::of(&stem)) {
            *place = (word, stem);
        }
        arena.truncate(start);
        arena.push_str(&stem);
    }
}

/// Up to fifteen bytes of a word, filled up with zeros, and how many they are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Short([u8; 16]);

impl Short {
    fn of(word: &str) -> Option<Self> {
        let mut short = [0; 16];
        let (length, letters) = short.split_last_mut()?;
        letters.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
        *length = u8::try_from(word.len()).ok()?;
        Some(Self(short))
    }

    fn as_str(&self) -> Option<&str> {
        let (length, letters) = self.0.split_last()?;
        std::str::from_utf8(letters.get(..usize::from(*length))?).ok()
    }

    /// Its place among [`REMEMBERED`]: the upper bits of a product with the golden ratio (Knuth, volume 3, section 6.4).
    fn place(self) -> usize {
        let letters = u128::from_le_bytes(self.0);
        let folded = (letters as u64) ^ ((letters >> 64) as u64).rotate_left(32);
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - REMEMBERED.trailing_zeros())) as usize
    }
}

#[cfg(test)]
mod tests {
    use frostem::{Algorithm, Stemmer};

    use super::Stems;

    fn check(stems: &mut Stems, word: &str) {
        let mut arena = format!("before {word}");
        stems.reduce(&mut arena, "before ".len());
        let expected = Stemmer::new(Algorithm::English).stem(word).into_owned();
        assert_eq!(arena, format!("before {expected}"), "{word}");
    }

    #[test]
    fn what_is_remembered_is_what_was_found() {
        let mut stems = Stems::default();
        for turn in 0..3 {
            for word in
                ["vulnerabilities", "hopping", "skies", "incomprehensibilities", "exactlyfifteenl", "news"]
            {
                check(&mut stems, word);
            }
            if turn == 0 {
                stems.remember();
            }
        }
    }

    #[test]
    fn a_word_that_takes_the_place_of_another_is_not_taken_for_it() {
        let mut stems = Stems::default();
        stems.remember();
        let letter = |number: u32| char::from(b'a' + (number % 26) as u8);
        for number in 0..20_000_u32 {
            let word: String = [number, number / 26, number / 676, number / 17_576]
                .into_iter()
                .map(letter)
                .chain("ings".chars())
                .collect();
            check(&mut stems, &word);
        }
    }
}
