//! The count that one walk keeps of what it unpacks, and the readers that keep it.
//!
//! A decoder cannot be trusted to stop, so it reads from a [`Counted`] (how much went in) and is read through a
//! [`Metered`] (how much came out). When a limit trips, the reader fails and the reason waits in the [`Budget`].

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use crate::container::problem::Problem;
use crate::limits::{Limits, RATIO_FLOOR};

/// Output below which the ratio does not hold for a walk as a whole: 512 MiB is a fraction of a second's work.
const WHOLE_FLOOR: u64 = 512 << 20;

/// Unpacked bytes between two looks at the clock: a few milliseconds' work.
const LOOK_EVERY: u64 = 1 << 20;

/// Unpacked bytes so far, and what tripped.
pub(crate) struct Budget {
    left: Cell<u64>,
    over: RefCell<Problem>,
    ratio: u32,
    tripped: RefCell<Option<Problem>>,
    late: Box<dyn Fn() -> bool>,
    looked: Cell<u64>,
    long: Cell<bool>,
}

impl Budget {
    /// For a walk over a file of `length` bytes, to which the ratio holds as well, lest a few nested kilobytes
    /// cost everything that is granted to a large file.
    /// `late` tells that time is up.
    pub(crate) fn new(limits: &Limits, length: u64, late: Box<dyn Fn() -> bool>) -> Rc<Budget> {
        let by_ratio = length.saturating_mul(u64::from(limits.ratio)).max(WHOLE_FLOOR);
        let (total, over) = if by_ratio < limits.bytes_total {
            (by_ratio, Problem::Ratio { limit: limits.ratio })
        } else {
            (limits.bytes_total, Problem::TooManyBytes { limit: limits.bytes_total })
        };
        Rc::new(Budget {
            left: Cell::new(total),
            over: RefCell::new(over),
            ratio: limits.ratio,
            tripped: RefCell::new(None),
            late,
            looked: Cell::new(total),
            long: Cell::new(false),
        })
    }

    /// Why nothing more may be unpacked, once that is so.
    pub(crate) fn over(&self) -> Problem {
        self.over.borrow().clone()
    }

    /// Looks at the clock; once time is up nothing more may be unpacked.
    pub(crate) fn look(&self) {
        self.looked.set(self.left.get());
        if (self.late)() {
            self.left.set(0);
            *self.over.borrow_mut() = Problem::TooLate;
        }
    }

    /// Lets one decoder at a time have a long window: whether this one may. It gives it back by [`Budget::free`].
    pub(crate) fn take_long(&self) -> bool {
        !self.long.replace(true)
    }

    /// The decoder with the long window is gone.
    pub(crate) fn free(&self) {
        self.long.set(false);
    }

    /// Whether nothing more may be unpacked in this walk.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Why the last reader failed: our own limit if one tripped, else the decoder's error in our words.
    pub(crate) fn reason(&self, error: &io::Error, ended: bool) -> Problem {
        self.tripped.borrow_mut().take().unwrap_or_else(|| Problem::of(error, ended))
    }

    /// Makes the reader that reports this error fail for `problem`.
    pub(crate) fn trip(&self, problem: Problem) -> io::Error {
        let error = io::Error::other(problem.to_string());
        *self.tripped.borrow_mut() = Some(problem);
        error
    }

    fn spend(&self, bytes: u64) -> io::Result<()> {
        if self.looked.get().saturating_sub(self.left.get()) >= LOOK_EVERY {
            self.look();
        }
        match self.left.get().checked_sub(bytes) {
            Some(left) if left > 0 => {
                self.left.set(left);
                Ok(())
            }
            _ => {
                self.left.set(0);
                Err(self.trip(self.over()))
            }
        }
    }
}

/// What went into a decoder, shared with whoever watches its output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Intake(Rc<(Cell<u64>, Cell<bool>)>);

impl Intake {
    fn bytes(&self) -> u64 {
        self.0.0.get()
    }

    /// Whether the bytes ran out.
    pub(crate) fn ended(&self) -> bool {
        self.0.1.get()
    }
}

/// A reader that notes how much was read from it and whether it ended.
pub(crate) struct Counted<R> {
    inner: R,
    intake: Intake,
}

impl<R> Counted<R> {
    pub(crate) fn new(inner: R, intake: &Intake) -> Self {
        Counted { inner, intake: intake.clone() }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let (bytes, ended) = &*self.intake.0;
        bytes.set(bytes.get().saturating_add(count as u64));
        ended.set(ended.get() || (count == 0 && !buffer.is_empty()));
        Ok(count)
    }
}

/// A reader whose output is charged to the budget and held to the ratio.
pub(crate) struct Metered<R> {
    inner: R,
    output: u64,
    intake: Option<Intake>,
    budget: Rc<Budget>,
}

impl<R> Metered<R> {
    /// Reads from `inner`; with an `intake` the ratio is enforced, without one the bytes are not compressed.
    pub(crate) fn new(inner: R, intake: Option<&Intake>, budget: &Rc<Budget>) -> Self {
        Metered { inner, output: 0, intake: intake.cloned(), budget: Rc::clone(budget) }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.output = self.output.saturating_add(count as u64);
        self.budget.spend(count as u64)?;
        if let Some(intake) = &self.intake
            && self.output > RATIO_FLOOR
            && self.output / u64::from(self.budget.ratio.max(1)) > intake.bytes()
        {
            return Err(self.budget.trip(Problem::Ratio { limit: self.budget.ratio }));
        }
        Ok(count)
    }
}

/// A reader of exactly the bytes that are stated: fewer are an error, more are never asked for.
pub(crate) struct Exact<R> {
    inner: R,
    left: u64,
    budget: Rc<Budget>,
}

impl<R> Exact<R> {
    pub(crate) fn new(inner: R, bytes: u64, budget: &Rc<Budget>) -> Self {
        Exact { inner, left: bytes, budget: Rc::clone(budget) }
    }
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..most).unwrap_or_default();
        if room.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(room)?;
        if count == 0 {
            return Err(self.budget.trip(Problem::Truncated));
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
