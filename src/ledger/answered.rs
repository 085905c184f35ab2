//! The replies of a group of requests, which share one commit. Waking another thread's runtime costs a system call, so only one
//! reply is sent from the ledger's thread. Whoever receives it sends the others, on the runtime's own thread.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::LedgerError;

/// Sends the reply to a request once it is known whether its group was committed. False if nobody waits for it.
pub(super) type PendingReply = Box<dyn FnOnce(&Result<(), LedgerError>) -> bool + Send>;

type Group = (Vec<PendingReply>, Result<(), LedgerError>);

/// The replies of groups whose first reply was sent.
#[derive(Default)]
pub(super) struct Answered(Mutex<Vec<Group>>);

/// Sends the replies that are left when it is dropped: as the last thing of a request, even of one that is abandoned.
pub(super) struct PassOn<'a>(&'a Answered);

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").finish_non_exhaustive()
    }
}

impl Answered {
    /// Sends one reply of a group, and leaves the others to the request that receives it.
    pub(super) fn hand_over(&self, mut replies: Vec<PendingReply>, committed: Result<(), LedgerError>) {
        while let Some(first) = replies.pop() {
            // The others first: whoever receives this reply must find them.
            let mut groups = self.groups();
            groups.push((replies, committed.clone()));
            if first(&committed) {
                return;
            }
            replies = groups.pop().map(|(replies, _)| replies).unwrap_or_default();
        }
    }

    pub(super) fn pass_on(&self) -> PassOn<'_> {
        PassOn(self)
    }

    fn groups(&self) -> MutexGuard<'_, Vec<Group>> {
        // Groups are added and taken as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        let groups = std::mem::take(&mut *self.0.groups());
        for (replies, committed) in groups {
            for reply in replies {
                reply(&committed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::{Answered, PendingReply};

    #[test]
    fn one_reply_wakes_and_passes_on_the_others() {
        // Each bit is whether that request still waits.
        for waiting in 0..32_u32 {
            let answered = Answered::default();
            let (replies, mut answers): (Vec<PendingReply>, Vec<_>) = (0..5)
                .map(|number| {
                    let (sender, receiver) = oneshot::channel();
                    let reply: PendingReply = Box::new(move |_| sender.send(number).is_ok());
                    (reply, (waiting >> number & 1 == 1).then_some(receiver))
                })
                .unzip();
            answered.hand_over(replies, Ok(()));
            let mut received =
                || -> Vec<u32> { answers.iter_mut().flatten().filter_map(|answer| answer.try_recv().ok()).collect() };
            assert_eq!(received().len(), usize::from(waiting > 0), "{waiting:b}");
            drop(answered.pass_on());
            assert_eq!(received().len() as u32, waiting.count_ones().saturating_sub(1), "{waiting:b}");
        }
    }
}
