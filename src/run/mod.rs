//! One run, from its first row to its last: source, workers and signals joined. Knows no terminal; tells what happens as
//! [`RunEvent`]s.
//!
//! A run has a lane for each bot that its rows go to, side by side. A row's way: [`feed`](feed_input) reads and validates
//! it → a worker gets leave from the gate (is the target fit?) and the pacer (is there room in the windows?), and where
//! there are several bots, from the gate of them all (are host and app fit?) → the ledger makes the intent durable → the
//! POST → the verdict → the ledger makes the outcome durable.
//!
//! # Fault matrix
//!
//! What can go wrong, what it means ([`delivery::judge`](crate::delivery::judge)), what the run does, and the test that
//! shows it. Whatever goes again has its own permit, its own intent and, where tokens work once, its own token.
//!
//! | fault | verdict | what the run does | shown by |
//! |---|---|---|---|
//! | connection refused | repeat: unreachable | waits for the target, one try at a time over all bots; exit 4 after `--wait-for-target` | `a_refused_connection_sent_nothing`, `an_unreachable_host_is_tried_for_all_bots_together`, `an_unreachable_target_stops_the_run_after_waiting` |
//! | the name does not resolve | repeat: unreachable | the same | `a_name_that_does_not_resolve_sent_nothing` |
//! | no TLS, a wrong certificate | refused: TLS | five in a row end the run, over all bots; exit 4 | `a_server_that_speaks_no_tls_is_a_refusal_and_was_sent_nothing`, `a_certificate_that_is_not_trusted_or_not_the_hosts_is_a_refusal_and_was_sent_nothing` |
//! | time-out before the request was written | repeat: unreachable | waits for the target | `a_time_out_before_the_request_was_written_sent_nothing` |
//! | the server closed an idle connection | none: a new one is opened | goes on | `a_connection_that_the_server_closes_between_two_requests_costs_nothing` |
//! | time-out after the request was written | in doubt | goes on; the row is not sent again | `a_time_out_after_the_request_was_written_is_doubt`, `a_missing_answer_leaves_its_row_in_doubt` |
//! | reset or close after writing began | in doubt | the same | `a_reset_with_the_request_unread_is_doubt_all_the_same`, `a_close_after_the_request_was_read_is_doubt`, `a_secure_connection_that_breaks_after_the_request_was_written_is_doubt`, `records_in_doubt_are_not_resent` |
//! | 200 or 201 that breaks off, or is no record | in doubt | the same | `a_record_that_breaks_off_is_doubt`, `records_in_doubt_are_not_resent` |
//! | an answer of many megabytes | by its status, read up to a cap | by its verdict | `an_endless_answer_is_read_up_to_a_cap` |
//! | 500, 502, 503 without `Retry-After`, 504, a gateway's HTML | in doubt | the same | `every_answer_has_its_verdict`, `records_in_doubt_are_not_resent` |
//! | three in doubt in a row, over all bots | | holds with growing pauses, one row at a time over all bots; exit 5 after `--wait-for-target` | `a_server_that_confirms_nothing_costs_a_handful_of_rows`, `a_failing_server_costs_few_rows_in_total`, `a_silent_server_costs_only_a_few_rows` |
//! | in doubt, with `--delivery at-least-once` | in doubt | sends it again, up to `--retries` times | `at_least_once_resends_rows_in_doubt` |
//! | 503 with `Retry-After` | repeat: unavailable | nothing goes before that; exit 4 after `--wait-for-target` | `endless_retry_after_stops_the_run`, `a_target_that_recovers_in_time_is_used` |
//! | one of several bots can't be sent to | by its verdict | its rows stay unsent, the others go on; exit as for that bot | `a_refused_bot_spares_others_and_can_resume`, `a_forbidden_bot_does_not_stop_the_others` |
//! | one row turned away again and again while others get through | repeat | unsent after `--retries`; the run goes on | `a_row_out_of_retries_stays_unsent` |
//! | 429 or a rate-limit text | repeat: rate-limited | holds until the window has room or as long as `Retry-After` says, paces down; no row is burned | `a_window_filled_by_others_costs_no_row`, `refusals_widen_the_spacing_and_successes_narrow_it` |
//! | 401 `possibly a replay` | repeat: replayed | goes again with a fresh token; five in a row as for any other 401 | `records_not_accepted_are_retried_until_saved` |
//! | any other 401, 403, 407; a text about credentials or scope | refused: credentials | goes again with a fresh token, the first time with the secret read anew; five in a row end the run, exit 3; of several bots, five in a row give up that bot, and five in a row and one for each bot end the run | `a_target_that_refuses_everything_stops_the_run`, `a_wrong_secret_is_reported_once`, `a_rotated_secret_is_reloaded` |
//! | 404, 405, a text about the bot id | refused: target | five in a row end the run, exit 3; of several bots, they give up that bot | `a_target_that_refuses_everything_stops_the_run` |
//! | a redirect | refused: target | never followed; said where it pointed; five in a row as for 404 | `a_redirect_is_not_followed_and_says_where_it_pointed` |
//! | any other 4xx, `code` a number or a text | rejected | goes on | `a_rejected_record_does_not_stop_others`, `the_servers_words_are_shown_with_their_code_and_without_their_control_characters` |
//! | an error that breaks off | by its status | by its verdict | `an_error_that_breaks_off_is_still_that_error` |
//! | Ctrl-C, SIGTERM, or on Linux SIGHUP unless it is ignored | | flying attempts land; exit 130 | `the_first_signal_waits_for_requests_in_flight`, `an_ignored_hang_up_stays_ignored` |
//! | a second one, but no second SIGHUP | in doubt, what was flying | ends at once; exit 130 | `the_second_signal_abandons_requests_in_flight`, `a_second_hang_up_abandons_nothing` |
//! | SIGKILL, a power cut | in doubt, what was flying | a resumed run finds the intents | `killed_imports_lose_and_double_nothing`, `no_row_is_lost_or_sent_twice` |
//! | the disk is full | | nothing goes without an intent; exit 5 | `a_full_disk_stops_a_resumable_run` |
//! | the ledger is damaged, or of a later version | | told, kept, nothing is sent; exit 2 | `a_damaged_ledger_is_kept`, `a_ledger_of_a_later_version_is_left_alone` |
//! | two processes on one run | | the second is refused; exit 2 | `one_process_at_a_time_works_on_runs` |
//! | two processes that begin the same import | | one begins; exit 2 for the other | `only_one_of_many_processes_imports_a_file` |
//! | two runs and submits on one bot | | they share its windows | `runs_and_submits_share_the_windows` |
//! | the input changes | | the run stops; exit 5; it goes on once the input is back | `a_changed_input_stops_a_resumable_run` |
//! | the input disappears | | it is open, and read to its end | `a_deleted_input_is_still_read` |
//! | the failure report can't be written | | told; the run counts all the same | `a_run_counts_even_without_its_report` |
//! | rows in doubt, and `runs verify` or `--verify` | | found: saved; surely absent: unsent, and a resumed run sends it; else in doubt, with the reason | `every_row_in_doubt_is_saved_once`, `unanswered_rows_are_found_or_absent_after_a_minute`, `late_records_are_never_doubled` |
//! | a signal while the records are read | | the reading ends, nothing is written down; exit 130 | `a_signal_stops_verification_without_changes`, `a_signal_during_import_verification_keeps_the_summary` |
//! | records equal to ours, of other runs or of others | | counted; where the counts leave it open, in doubt | `runs_with_equal_rows_share_no_record`, `more_equal_records_than_sent_stay_in_doubt` |
//! | the records can't be read back, or don't add up | | a page is asked for again a few times; then nothing changes | `failed_pages_are_read_again`, `unreadable_records_change_nothing`, `an_added_record_makes_pages_inconsistent` |
//! | the server shows none of the run's saved rows | | nothing is called absent | `an_empty_server_leaves_rows_in_doubt` |

mod breaker;
mod check;
mod circuit;
mod columns;
mod disposition;
mod end;
mod engine;
mod event;
mod feed;
mod gate;
mod lane;
mod phase;
mod sample;
mod sender;
mod settings;
pub(crate) mod verify;

pub(crate) use check::{BotRows, CheckError, CheckReport, CheckSettings, check};
pub(crate) use circuit::{BreakerPolicy, StopReason};
pub(crate) use columns::{ColumnStats, InputColumns, inspect_columns};
pub(crate) use end::{End, Ended};
pub(crate) use engine::run;
pub(crate) use event::{Events, RunEvent};
pub(crate) use feed::{FeedError, FeedSettings, Prepared, Share, feed_input, feed_one};
pub(crate) use lane::{Lane, LaneResources};
pub(crate) use settings::{Delivery, LaneSettings, SendSettings};
