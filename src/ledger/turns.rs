//! Which process calls next when several wait for the rate limit of one bot: the one that called least recently. Pure.
//!
//! A process that waits records a wish, and takes no slot while another that called less recently is about to take it.
//! All processes order their wishes in the same way, so that one of them always goes first. A wish that is no longer
//! refreshed counts for nothing: a dead process holds up nobody.

/// How long a wish counts after it was refreshed, in milliseconds.
const LIFETIME: i64 = 2_000;
/// A slot is left to a process that can use it within a few milliseconds: no two clocks wake at the same moment.
const HEAD_START: i64 = 20;

/// A process's place in the order of calls. A process that has not called yet takes that of the latest call of all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) last_attempt: i64,
    pub(super) session: String,
}

/// What a waiting process has recorded; times in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) place: Place,
    /// When it can use a slot.
    pub(super) ready_at: i64,
    pub(super) refreshed_at: i64,
}

/// Whether no other process goes first.
pub(super) fn is_first(own: &Place, others: &[Wish], now: i64) -> bool {
    !others
        .iter()
        .any(|wish| wish.place < *own && wish.is_alive(now) && wish.ready_at <= now.saturating_add(HEAD_START))
}

impl Wish {
    /// Also false for a wish from the future: the clock was set back since.
    fn is_alive(&self, now: i64) -> bool {
        now.saturating_sub(self.refreshed_at).saturating_abs() < LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::{HEAD_START, LIFETIME, Place, Wish, is_first};

    const SLOT: i64 = 500;

    /// One process of the model; it dies after its last refresh.
    #[derive(Debug, Clone)]
    struct Process {
        wish: Wish,
        starts_at: i64,
        dies_at: i64,
        calls: Vec<i64>,
    }

    fn place(last_attempt: i64, session: &str) -> Place {
        Place { last_attempt, session: session.to_owned() }
    }

    fn wish(last_attempt: i64, session: &str, ready_at: i64, refreshed_at: i64) -> Wish {
        Wish { place: place(last_attempt, session), ready_at, refreshed_at }
    }

    /// A slot becomes free every half second. All living processes ask for it, in a random order, again and again until
    /// one of them gets it. Returns the processes with the moments of their calls.
    fn share(lives: &[(i64, i64)], slots: i64, seed: u64) -> Vec<Process> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut processes: Vec<Process> = (0..)
            .zip(lives)
            .map(|(number, &(starts_at, dies_at))| Process {
                wish: wish(-1, &format!("{number}"), 0, i64::MIN),
                starts_at,
                dies_at,
                calls: Vec::new(),
            })
            .collect();
        let (mut attempts, mut is_free) = (0, false);
        for now in (0..slots * SLOT).step_by(10) {
            is_free = is_free || now % SLOT == 0;
            let mut order: Vec<usize> = (0..processes.len()).collect();
            rng.shuffle(&mut order);
            for index in order {
                let others: Vec<Wish> = processes.iter().map(|process| process.wish.clone()).collect();
                let process = &mut processes[index];
                if !(process.starts_at..process.dies_at).contains(&now) {
                    continue;
                }
                if process.wish.place.last_attempt < 0 {
                    process.wish.place.last_attempt = attempts;
                }
                (process.wish.ready_at, process.wish.refreshed_at) = (now, now);
                if is_free && is_first(&process.wish.place, &others, now) {
                    attempts += 1;
                    process.wish.place.last_attempt = attempts;
                    process.calls.push(now);
                    is_free = false;
                }
            }
        }
        processes
    }

    proptest! {
        #[test]
        fn processes_that_wait_together_share_equally(processes in 1usize..6, rounds in 1i64..20, seed: u64) {
            let shared = share(&vec![(0, i64::MAX); processes], processes as i64 * rounds, seed);
            // The first caller may call twice before the others have recorded that they wait.
            for process in shared {
                prop_assert!((rounds - 1..=rounds + 1).contains(&(process.calls.len() as i64)), "{process:?}");
            }
        }

        #[test]
        fn a_newcomer_waits_for_each_other_process_once(others in 1usize..6, after in 1i64..20, seed: u64) {
            let start = after * SLOT + 10;
            let lives = [vec![(0, i64::MAX); others], vec![(start, i64::MAX)]].concat();
            let shared = share(&lives, after + others as i64 + 2, seed);
            let first = shared[others].calls.first().copied();
            prop_assert!(first.is_some_and(|call| call <= start + (others as i64 + 1) * SLOT), "{first:?}");
        }

        #[test]
        fn a_dead_process_costs_its_lifetime_once(
            deaths in prop::collection::vec(1i64..5_000, 1..4),
            seed: u64,
        ) {
            let dying = deaths.iter().map(|&dies_at| (0, dies_at));
            let shared = share(&[(0, i64::MAX)].into_iter().chain(dying).collect::<Vec<_>>(), 40, seed);
            let calls = &shared[0].calls;
            let end = 5_000 + LIFETIME;
            prop_assert_eq!(calls.iter().filter(|call| **call > end).count() as i64, (40 * SLOT - end - 1) / SLOT);
        }
    }

    #[test]
    fn a_slot_is_left_only_if_usable() {
        let own = place(7, "b");
        let others =
            |last_attempt, session, ready_at, refreshed_at| [wish(last_attempt, session, ready_at, refreshed_at)];
        let now = 100_000;
        for (wish, is_ours) in [
            (others(6, "x", now, now), false),
            (others(8, "x", now, now), true),
            // Of equal places, one goes first for both.
            (others(7, "a", now, now), false),
            (others(7, "c", now, now), true),
            (others(6, "x", now + HEAD_START, now), false),
            (others(6, "x", now + HEAD_START + 1, now), true),
            (others(6, "x", now, now - LIFETIME), true),
            (others(6, "x", now, now + LIFETIME), true),
        ] {
            assert_eq!(is_first(&own, &wish, now), is_ours, "{wish:?}");
        }
    }
}
