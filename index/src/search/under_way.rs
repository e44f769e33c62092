//! Documents on their way to the thread that indexes them: no more bytes at a time than were set aside for them.
//!
//! The engine's own queue holds ten thousand documents, however long each of them is.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::Document;

/// The longest that one waits for the others. A thread that broke down lets go of what it held, and the engine then refuses
/// the next document; should it ever not, memory is lost and nothing stands still.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much may be under way, and how much is.
pub(super) struct Bound {
    most: usize,
    bytes: Mutex<usize>,
    less: Condvar,
}

impl Bound {
    /// A bound of `most` bytes of text.
    pub(super) fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { most, bytes: Mutex::new(0), less: Condvar::new() })
    }

    /// Counts a document of so many bytes in, when others have made room for it; one alone is always let in.
    pub(super) fn admit(self: &Arc<Self>, document: TantivyDocument, bytes: usize) -> Counted {
        let under_way = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |under_way: &mut usize| *under_way > 0 && *under_way + bytes > self.most;
        let waited = self.less.wait_timeout_while(under_way, PATIENCE, full);
        let (mut under_way, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *under_way += bytes;
        Counted { document, bytes, bound: Arc::clone(self) }
    }
}

/// A document that counts as under way until it is dropped.
pub(super) struct Counted {
    document: TantivyDocument,
    bytes: usize,
    bound: Arc<Bound>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut under_way = self.bound.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *under_way = under_way.saturating_sub(self.bytes);
        // Who waits is woken once there is room for many: to wake it for every document costs more than to make one.
        if *under_way <= self.bound.most / 2 {
            self.bound.less.notify_one();
        }
    }
}

impl Document for Counted {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::TantivyDocument;

    use super::Bound;

    #[test]
    fn who_comes_too_early_waits_until_there_is_room() {
        let bound = Bound::of(100);
        let first = bound.admit(TantivyDocument::new(), 500);
        let (began, begun) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                began.send(()).expect("somebody listens");
                drop(bound.admit(TantivyDocument::new(), 60));
            });
            begun.recv().expect("it begins");
            drop(first);
            waiting.join().expect("it ends");
        });
        assert_eq!(*bound.bytes.lock().expect("nobody panicked"), 0);
    }
}
