//! One pass over everything that matches: the best entries, how many there are, how they group and spread.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::affected::{Condition, Tester};
use super::schema::Packed;
use super::sketch::{Sketch, Sketches};
use crate::answer::Order;

/// What is wanted of everything that matches.
pub(super) struct Collect {
    /// How many of the best entries.
    pub(super) best: usize,
    /// What makes one better.
    pub(super) order: Order,
    /// Whether their sketches are wanted too.
    pub(super) sketched: bool,
    /// What everything found must say of versions.
    pub(super) conditions: Arc<[Condition]>,
}

/// One of the best entries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Best {
    pub(crate) entry: u64,
    pub(crate) group: u64,
    pub(crate) score: Score,
    pub(crate) dated: i64,
    /// Where it stands in the index.
    pub(crate) place: DocAddress,
    /// Empty unless it was wanted.
    pub(crate) sketch: Sketch,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    /// The best entries, best first.
    pub(crate) best: Vec<Best>,
    /// Entries that match.
    pub(crate) entries: u64,
    /// Groups among them.
    pub(crate) groups: u64,
    /// By kind, severity and year in one number.
    pub(crate) packed: HashMap<u64, u64>,
    /// By vendor as `slug\tname`.
    pub(crate) vendors: HashMap<String, u64>,
}

/// What one segment of the index holds of it.
pub(super) struct Part {
    best: Vec<Best>,
    entries: u64,
    groups: Groups,
    packed: HashMap<u64, u64>,
    vendors: HashMap<String, u64>,
}

/// Groups that were met: few as a list, many as bits.
#[derive(Default)]
struct Groups {
    bits: Vec<u64>,
    count: u64,
}

impl Groups {
    fn insert(&mut self, group: u64) {
        let word = (group / 64) as usize;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            let bit = 1 << (group % 64);
            self.count += u64::from(*bits & bit == 0);
            *bits |= bit;
        }
    }

    fn extend(&mut self, other: &Self) {
        if other.bits.len() > self.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        for (bits, more) in self.bits.iter_mut().zip(&other.bits) {
            *bits |= more;
        }
        self.count = self.bits.iter().map(|bits| u64::from(bits.count_ones())).sum();
    }
}

/// The columns of one segment, and what was seen of it so far.
pub(super) struct Segment {
    ordinal: SegmentOrdinal,
    tester: Tester,
    wanted: usize,
    order: Order,
    sketches: Option<Sketches>,
    id: Column<u64>,
    group: Column<u64>,
    dated: Column<i64>,
    packed: Column<u64>,
    vendors: Option<StrColumn>,
    best: Vec<Candidate>,
    worst: Option<Candidate>,
    entries: u64,
    groups: Groups,
    by_packed: Vec<u64>,
    by_vendor: Vec<u64>,
}

/// An entry of the segment that may be among the best: score, date, place in the segment.
type Candidate = (Score, i64, DocId);

fn better<N: Ord>(order: Order, one: (Score, i64, N), other: (Score, i64, N)) -> Ordering {
    let by_key = match order {
        Order::Relevance => other.0.total_cmp(&one.0),
        Order::Newest => other.1.cmp(&one.1),
        Order::Oldest => one.1.cmp(&other.1),
    };
    by_key.then_with(|| other.1.cmp(&one.1)).then_with(|| one.2.cmp(&other.2))
}

impl Collector for Collect {
    type Fruit = Collected;
    type Child = Segment;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = segment.fast_fields();
        let vendors = columns.str("vendor_name")?;
        Ok(Segment {
            ordinal,
            tester: Tester::new(segment, Arc::clone(&self.conditions))?,
            wanted: self.best,
            order: self.order,
            sketches: if self.sketched { Some(Sketches::open(segment)?) } else { None },
            id: columns.u64("id")?,
            group: columns.u64("group")?,
            dated: columns.i64("dated")?,
            packed: columns.u64("packed")?,
            by_vendor: vec![0; vendors.as_ref().map_or(0, |vendors| vendors.num_terms())],
            vendors,
            best: Vec::with_capacity(self.best * 2),
            worst: None,
            entries: 0,
            groups: Groups::default(),
            by_packed: vec![0; Packed::END],
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance
    }

    fn merge_fruits(&self, parts: Vec<Part>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        let mut groups = Groups::default();
        for part in parts {
            all.best.extend(part.best);
            all.entries += part.entries;
            groups.extend(&part.groups);
            for (packed, count) in part.packed {
                *all.packed.entry(packed).or_default() += count;
            }
            for (vendor, count) in part.vendors {
                *all.vendors.entry(vendor).or_default() += count;
            }
        }
        all.groups = groups.count;
        let key = |best: &Best| (best.score, best.dated, best.entry);
        all.best.sort_by(|one, other| better(self.order, key(one), key(other)));
        all.best.truncate(self.best);
        Ok(all)
    }
}

impl SegmentCollector for Segment {
    type Fruit = Part;

    fn collect(&mut self, doc: DocId, score: Score) {
        if !self.tester.fits(doc) {
            return;
        }
        self.entries += 1;
        let group = self.group.first(doc).unwrap_or(0);
        self.groups.insert(group);
        if let Some(count) = self.by_packed.get_mut(self.packed.first(doc).unwrap_or(0) as usize) {
            *count += 1;
        }
        if let Some(vendors) = &self.vendors
            && let Some(vendor) = vendors.ords().first(doc)
            && let Some(count) = self.by_vendor.get_mut(vendor as usize)
        {
            *count += 1;
        }
        self.keep(doc, score);
    }

    fn harvest(mut self) -> Part {
        self.best.sort_unstable_by(|one, other| better(self.order, *one, *other));
        self.best.truncate(self.wanted);
        let mut vendors = HashMap::new();
        let mut name = String::new();
        for (at, count) in self.by_vendor.iter().enumerate().filter(|(_, count)| **count > 0) {
            if let Some(column) = &self.vendors
                && column.ord_to_str(at as u64, &mut name).unwrap_or(false)
            {
                vendors.insert(std::mem::take(&mut name), *count);
            }
        }
        let best = self.best.iter().map(|(score, dated, doc)| Best {
            entry: self.id.first(*doc).unwrap_or(0),
            group: self.group.first(*doc).unwrap_or(0),
            score: *score,
            dated: *dated,
            place: DocAddress::new(self.ordinal, *doc),
            sketch: self.sketches.as_ref().map(|sketches| sketches.read(*doc)).unwrap_or_default(),
        });
        Part {
            best: best.collect(),
            entries: self.entries,
            groups: self.groups,
            packed: (0..).zip(self.by_packed).filter(|(_, count)| *count > 0).collect(),
            vendors,
        }
    }
}

impl Segment {
    /// Keeps an entry while it may be among the best; twice as many as wanted are held before the worse half goes.
    fn keep(&mut self, doc: DocId, score: Score) {
        if self.wanted == 0 {
            return;
        }
        if self.order == Order::Relevance && self.worst.is_some_and(|(worst, ..)| score < worst) {
            return;
        }
        let found = (score, self.dated.first(doc).unwrap_or(0), doc);
        if self.worst.is_some_and(|worst| better(self.order, worst, found) == Ordering::Less) {
            return;
        }
        self.best.push(found);
        if self.best.len() >= self.wanted * 2 {
            let order = self.order;
            let by_worth = |one: &Candidate, other: &Candidate| better(order, *one, *other);
            let (_, last, _) = self.best.select_nth_unstable_by(self.wanted - 1, by_worth);
            self.worst = Some(*last);
            self.best.truncate(self.wanted);
        }
    }
}

/// The numbers of one part of the packed value, added up.
pub(super) fn spread<K: Eq + std::hash::Hash>(
    packed: &HashMap<u64, u64>,
    part: impl Fn(Packed) -> K,
) -> HashMap<K, u64> {
    let mut counts = HashMap::new();
    for (value, count) in packed {
        *counts.entry(part(Packed::unpack(*value))).or_default() += count;
    }
    counts
}
