//! Walked files become jobs, jobs become drafts: a bounded queue between one walker and several parsers.
//!
//! Jobs travel in batches, so that the queue costs little and holds little: a few batches of a megabyte or one larger
//! document each. A library that panics over a document loses that document only.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

use index::entry::Draft;
use inspect::container::{Visit, walk};
use inspect::limits::Limits;

use crate::formats::Origin;
use crate::formats::recognise::{Format, recognise};
use crate::sources::folder::{Found, Seen, Walk};

/// Bytes of a batch after which it is sent off.
const BATCH: usize = 1 << 20;

/// Documents of a batch after which it is sent off.
const DOCUMENTS: usize = 128;

/// One document to be parsed.
struct Job {
    hint: Arc<str>,
    path: String,
    bytes: Vec<u8>,
}

/// Whom to tell, and whether to go on.
pub(super) struct Pool<'v> {
    visit: &'v (dyn Fn(Seen) -> ControlFlow<()> + Sync),
    stopped: AtomicBool,
}

/// The walker's end of the queue.
pub(super) struct Queue {
    batches: SyncSender<Vec<Job>>,
    batch: RefCell<Vec<Job>>,
    limits: Limits,
}

impl<'v> Pool<'v> {
    pub(super) fn new(visit: &'v (dyn Fn(Seen) -> ControlFlow<()> + Sync)) -> Self {
        Self { visit, stopped: AtomicBool::new(false) }
    }

    /// Starts the parsers. They end when the queue is dropped.
    pub(super) fn start<'s, 'e>(&'e self, scope: &'s Scope<'s, 'e>, threads: usize) -> Queue
    where
        'v: 'e,
    {
        let (batches, received) = sync_channel(2);
        let received = Arc::new(Mutex::new(received));
        for _ in 0..threads {
            let received = Arc::clone(&received);
            scope.spawn(move || self.work(&received));
        }
        Queue { batches, batch: RefCell::default(), limits: Limits::for_import() }
    }

    pub(super) fn tell(&self, seen: Seen) {
        if !self.is_stopped() && (self.visit)(seen).is_break() {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn work(&self, received: &Mutex<Receiver<Vec<Job>>>) {
        loop {
            let next = received.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = next else { return };
            for job in batch {
                if !self.is_stopped() {
                    self.parse(job);
                }
            }
        }
    }

    fn parse(&self, job: Job) {
        let parsed = catch_unwind(AssertUnwindSafe(|| match recognise(&job.path, &job.bytes) {
            Format::NotADocument(reason) => Err(reason),
            format => Ok(format.parse(&job.bytes, &Origin { path: &job.path, ..Origin::default() })),
        }));
        match parsed {
            Ok(Ok(Ok(drafts))) => self.found(&job, drafts),
            Ok(Ok(Err(why))) => {
                self.tell(Seen::Unread { path: job.path, kind: why.kind, sentence: why.sentence });
            }
            Ok(Err(reason)) => self.tell(Seen::Skipped { path: job.path, reason }),
            Err(_) => self.tell(Seen::Unread {
                path: job.path,
                kind: "reader failed",
                sentence: "the reader of its format gave up on it".to_owned(),
            }),
        }
    }

    /// Names drafts by where they lie: the path, with the entry's own identifier where it holds several.
    fn found(&self, job: &Job, drafts: Vec<Draft>) {
        let alone = drafts.len() == 1;
        for mut draft in drafts {
            if alone {
                draft.native_id.clone_from(&job.path);
            } else if !draft.native_id.starts_with(&format!("{}#", job.path)) {
                draft.native_id = format!("{}#{}", job.path, draft.native_id);
            }
            self.tell(Seen::Found(Box::new(Found { source_hint: job.hint.to_string(), draft })));
        }
    }
}

impl Queue {
    /// Walks a file and queues what is in it.
    pub(super) fn walk(&self, file: &Walk, pool: &Pool<'_>) {
        let hint: Arc<str> = Arc::from(&*file.hint);
        let walked = walk(&file.path, &self.limits, &mut |visit| {
            match visit {
                Visit::Member(member) => {
                    let path = named(file, member.path);
                    self.push(Job { hint: Arc::clone(&hint), path, bytes: member.bytes });
                }
                Visit::Complaint(complaint) => pool.tell(Seen::Unread {
                    path: named(file, &complaint.path),
                    kind: complaint.problem.kind(),
                    sentence: complaint.problem.to_string(),
                }),
            }
            if pool.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Err(error) = walked {
            let (path, sentence) = (file.relative.clone(), error.to_string());
            pool.tell(Seen::Unread { path, kind: "archive not read", sentence });
        }
    }

    fn push(&self, job: Job) {
        let mut batch = self.batch.borrow_mut();
        batch.push(job);
        if batch.len() >= DOCUMENTS || batch.iter().map(|job| job.bytes.len()).sum::<usize>() >= BATCH {
            // Parsers end only after the queue does; a send cannot fail before.
            let _ = self.batches.send(std::mem::take(&mut *batch));
        }
    }

    /// Sends off what is left.
    pub(super) fn flush(&self) {
        let _ = self.batches.send(self.batch.take());
    }
}

/// What a member is called: its path in an archive; for a loose file its path in the folder.
fn named(file: &Walk, member: &str) -> String {
    let own = file.relative.rsplit('/').next().unwrap_or_default();
    if file.is_archive && !member.is_empty() {
        member.to_owned()
    } else if member.is_empty() || own.starts_with(member) {
        file.relative.clone()
    } else {
        format!("{}!/{member}", file.relative)
    }
}
