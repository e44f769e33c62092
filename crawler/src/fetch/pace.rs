//! Whose turn it is to ask which host.
//!
//! Every request waits here for its turn: a pause between two requests to one host, few at once to one host, and a
//! limit for all together. Turns of one host are given in the order they were asked for, and waiting for one host holds
//! up no other. It knows nothing of HTTP, and forgets hosts that nobody asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Idle hosts are looked for when this many are known.
const REMEMBERED: usize = 4096;

/// The turns of all hosts.
pub(super) struct Pace {
    at_once_per_host: usize,
    overall: Arc<Semaphore>,
    hosts: Mutex<Hosts>,
}

struct Hosts {
    known: HashMap<String, Arc<Host>>,
    tidied_at: usize,
}

struct Host {
    at_once: Arc<Semaphore>,
    /// When the next request may start; held locked by the one whose turn is next.
    next: tokio::sync::Mutex<Instant>,
}

/// The right to ask, given back when dropped.
pub(super) struct Turn {
    _of_host: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Pace {
    /// Zero of anything at once would be never, so it counts as one.
    pub(super) fn new(at_once_per_host: usize, at_once: usize) -> Pace {
        let bounded = |count: usize| count.clamp(1, Semaphore::MAX_PERMITS);
        Pace {
            at_once_per_host: bounded(at_once_per_host),
            overall: Arc::new(Semaphore::new(bounded(at_once))),
            hosts: Mutex::new(Hosts { known: HashMap::new(), tidied_at: REMEMBERED }),
        }
    }

    /// Waits for the right to ask `host`; the next one after it starts `pause` later at the earliest.
    pub(super) async fn turn(&self, host: &str, pause: Duration) -> Turn {
        let host = self.host(host);
        let of_host = permit(&host.at_once).await;
        let mut next = host.next.lock().await;
        sleep_until(*next).await;
        let of_all = permit(&self.overall).await;
        let now = Instant::now();
        *next = now.checked_add(pause).unwrap_or(now);
        Turn { _of_host: of_host, _of_all: of_all }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.known.get(name) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= hosts.tidied_at {
            let now = Instant::now();
            hosts.known.retain(|_, host| Arc::strong_count(host) > 1 || !host.rested(now));
            hosts.tidied_at = REMEMBERED.max(hosts.known.len().saturating_mul(2));
        }
        let host = Arc::new(Host {
            at_once: Arc::new(Semaphore::new(self.at_once_per_host)),
            next: tokio::sync::Mutex::new(Instant::now()),
        });
        hosts.known.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    /// True if forgetting the host would let nobody ask too early or too often.
    fn rested(&self, now: Instant) -> bool {
        let all_back = self.at_once.available_permits() > 0 && Arc::strong_count(&self.at_once) == 1;
        all_back && self.next.try_lock().is_ok_and(|next| *next <= now)
    }
}

async fn permit(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(semaphore)
        .acquire_owned()
        .await
        .expect("nobody closes a semaphore that is reached only from here")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::{Pace, REMEMBERED};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_host_are_apart_and_others_do_not_wait() {
        let pace = Pace::new(1, 16);
        let start = Instant::now();
        for count in 0..3 {
            drop(pace.turn("slow.example", SECOND).await);
            assert_eq!(start.elapsed().as_secs(), count);
        }
        drop(pace.turn("other.example", SECOND).await);
        assert!(start.elapsed() < SECOND * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn one_host_is_asked_one_thing_at_a_time() {
        let pace = Pace::new(1, 16);
        let held = pace.turn("slow.example", Duration::ZERO).await;
        assert!(timeout(SECOND, pace.turn("slow.example", Duration::ZERO)).await.is_err());
        drop(pace.turn("other.example", Duration::ZERO).await);
        drop(held);
        assert!(timeout(SECOND, pace.turn("slow.example", Duration::ZERO)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn all_hosts_together_have_a_limit() {
        let pace = Pace::new(1, 2);
        let first = pace.turn("a.example", SECOND).await;
        let _second = pace.turn("b.example", SECOND).await;
        assert!(timeout(SECOND, pace.turn("c.example", SECOND)).await.is_err());
        drop(first);
        assert!(timeout(SECOND, pace.turn("c.example", SECOND)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_host_holds_up_no_other() {
        let pace = Arc::new(Pace::new(1, 1));
        drop(pace.turn("slow.example", Duration::from_hours(1)).await);
        let waiting = Arc::clone(&pace);
        let queue = tokio::spawn(async move { drop(waiting.turn("slow.example", SECOND).await) });
        tokio::task::yield_now().await;
        assert!(timeout(SECOND, pace.turn("quick.example", SECOND)).await.is_ok());
        queue.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_given_in_the_order_they_were_asked_for() {
        let pace = Arc::new(Pace::new(1, 16));
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for number in 0..5 {
            let (pace, order) = (Arc::clone(&pace), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _turn = pace.turn("slow.example", SECOND).await;
                order.lock().unwrap().push(number);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten_and_waiting_ones_are_not() {
        let pace = Pace::new(1, 16);
        drop(pace.turn("slow.example", Duration::from_hours(1)).await);
        let held = pace.turn("held.example", Duration::ZERO).await;
        for number in 0..REMEMBERED * 3 {
            drop(pace.turn(&format!("{number}.example"), Duration::ZERO).await);
        }
        let known = &pace.hosts.lock().unwrap().known;
        assert!(known.len() <= REMEMBERED + 2, "{}", known.len());
        assert!(known.contains_key("slow.example") && known.contains_key("held.example"));
        drop(held);
    }
}
