//! Work on many things of one kind, on the threads of the pool that it is called in.
//!
//! A stage says what can be done side by side, and whoever calls the stages says on how many threads, by running them in a
//! pool. A stage that was given the number of threads would have to hand it down to each of its loops; one that asked
//! `rayon` right away would start a thread for each processor where nobody made a pool.

use rayon::prelude::*;

/// The results of `work` on each of `items`, in their order. In no pool all is done by the calling thread.
pub(crate) fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if items.len() > 1 && rayon::current_thread_index().is_some() {
        // Few things that take differently long: each goes to whoever is free.
        items.par_iter().with_max_len(1).map(work).collect()
    } else {
        items.iter().map(work).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::{ThreadId, current};

    #[test]
    fn in_their_order_and_on_no_thread_but_those_of_the_pool() {
        let items: Vec<u64> = (0..999).collect();
        let squares = || spread(&items, |item| (item * item, current().id()));
        let alone = squares();
        assert!(alone.iter().all(|(_, thread)| *thread == current().id()));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let threads: Vec<ThreadId> = pool.broadcast(|_| current().id());
        let together = pool.install(squares);
        assert!(together.iter().all(|(_, thread)| threads.contains(thread)));
        let values = |of: Vec<(u64, ThreadId)>| of.into_iter().map(|(square, _)| square).collect::<Vec<_>>();
        assert_eq!(values(alone), values(together));
    }
}
