//! A run, from its first row to its last: source, workers and signals. It knows no terminal; what happens is sent as
//! [`RunEvent`]s.
//!
//! A run has one lane per bot, side by side. A row's path: the feed reads and validates it → a worker gets permission from the
//! circuit breaker (is the target working?) and from the pacer (does the rate limit have room?) → the ledger makes the intent
//! durable → the POST → the verdict → the ledger makes the outcome durable.
//!
//! # Fault matrix
//!
//! What can fail, the verdict ([`delivery::judge`](crate::delivery::judge)), what the run does, and the test that shows it.
//! Every retry has its own permit, its own intent and, with single-use tokens, its own token.
//!
//! | fault | verdict | what the run does | test |
//! |---|---|---|---|
//! | connection refused | repeat: unreachable | pauses, one attempt at a time over all bots; exit 4 after `--wait-for-target` | `a_refused_connection_sent_nothing`, `an_unreachable_host_is_tried_once_for_all`, `an_unreachable_target_stops_the_run_after_waiting` |
//! | the host name does not resolve | repeat: unreachable | the same | `an_unresolved_name_sent_nothing` |
//! | no TLS, a wrong certificate | refused: TLS | as for credentials, over all bots; exit 4 | `a_server_without_tls_is_sent_nothing`, `a_wrong_certificate_is_sent_nothing` |
//! | timeout before the request was written | repeat: unreachable | as for a refused connection | `a_timeout_while_connecting_sent_nothing` |
//! | the server closed an idle connection | none | a new connection | `a_closed_idle_connection_is_replaced` |
//! | timeout after the request was written | in doubt | continues; the row is not sent again | `a_timeout_after_sending_is_in_doubt`, `a_missing_answer_leaves_its_row_in_doubt` |
//! | reset or close after writing began | in doubt | the same | `a_reset_after_sending_is_in_doubt`, `a_close_after_sending_is_in_doubt`, `a_broken_tls_connection_is_in_doubt`, `records_in_doubt_are_not_resent` |
//! | 200 or 201 that is truncated or not a record | in doubt | the same | `a_truncated_record_is_in_doubt`, `records_in_doubt_are_not_resent` |
//! | 200 or 201 about another record: bot, type, score, respondent, an old time, a repeated id | in doubt | the same; several in a row stop the run, exit 5 | `every_field_of_the_echo_is_compared`, `contradicting_answers_leave_rows_in_doubt`, `a_cache_that_answers_stops_the_run` |
//! | an id that an earlier row of the run got, too long ago to remember | saved | found at the end of the run: in doubt | `repeated_ids_are_found_at_the_end` |
//! | 200 with a proxy's login page | in doubt | stops the run; exit 5 | `a_login_page_saves_nothing` |
//! | 200 or 201 with another name, channel or language | saved | counted; a warning per run; exit 1 with `--strict-answers` | `normalized_fields_stay_saved_and_are_counted` |
//! | 200 or 201 without a field that the contract requires | saved | the same | `missing_fields_warn_or_fail_the_check` |
//! | the clock of this machine is wrong | by the answer | a warning; `runs verify` uses the server's clock | `a_wrong_clock_is_reported_and_harmless`, `a_clock_corrected_later_is_harmless` |
//! | an answer of many megabytes | by its status, read up to a cap | by its verdict | `an_endless_answer_is_capped` |
//! | 500, 502, 503 without `Retry-After`, 504, a gateway's HTML | in doubt | the same | `every_answer_has_its_verdict`, `records_in_doubt_are_not_resent` |
//! | three in doubt in a row, over all bots | in doubt | growing pauses, one row at a time over all bots; exit 5 after `--wait-for-target` | `an_unconfirming_server_costs_a_few_rows`, `a_failing_server_costs_few_rows_in_total`, `a_silent_server_costs_only_a_few_rows` |
//! | in doubt, with `--delivery at-least-once` | in doubt | sent again, at most `--retries` times | `at_least_once_resends_rows_in_doubt` |
//! | 503 with `Retry-After` | repeat: unavailable | pauses at least that long; exit 4 after `--wait-for-target`, or at once if it asks for more | `endless_retry_after_stops_the_run`, `workers_stop_when_the_run_does`, `a_long_retry_after_ends_submit_at_once`, `a_target_that_recovers_in_time_is_used` |
//! | one of several bots fails | by its verdict | its rows stay unsent, other bots continue; exit as for that bot | `a_refused_bot_spares_others_and_can_resume`, `a_forbidden_bot_does_not_stop_the_others` |
//! | one row fails repeatedly while others get through | repeat | unsent after `--retries`; the run continues | `a_row_out_of_retries_stays_unsent` |
//! | 429 or a rate-limit text | repeat: rate-limited | pauses until the window has room or as long as `Retry-After` says (at most a day), and slows down; costs no row; exit 4 if `--max-wait` is shorter | `max_wait_stops_a_resumable_import`, `an_hourly_limit_ends_submit_with_the_time`, `absurd_retry_after_stops_without_losing_a_row`, `a_window_filled_by_others_costs_no_row`, `refusals_widen_the_spacing_and_successes_narrow_it` |
//! | 401 `possibly a replay` | repeat: replayed | retried with a new token; counts like any other 401 | `records_not_accepted_are_retried_until_saved` |
//! | any other 401, 403, 407; a text about credentials or scope | refused: credentials | retried with a new token and the secret read again; five in sequence, and one for each bot, stop the run; exit 3. After a success, only once `--wait-for-target` is over | `a_target_that_refuses_everything_stops_the_run`, `a_wrong_secret_is_reported_once`, `a_rotated_secret_is_reloaded` |
//! | 404, 405, a text about the bot id | refused: target | five in sequence stop the run, or that bot; exit 3 | `a_target_that_refuses_everything_stops_the_run` |
//! | a redirect | refused: target | not followed; named; counts like a 404 | `a_redirect_is_not_followed` |
//! | any other 4xx, `code` a number or a text | rejected | continues | `a_rejected_record_does_not_stop_others`, `messages_have_their_code_and_no_control_characters` |
//! | more rejections than `--max-rejected`, or the first 20 with the same message | rejected | stops; exit 5; `--rejected` sends them again | `a_server_that_rejects_everything_stops_early`, `too_many_rejections_stop_a_run` |
//! | an incident hits all requests in flight | by its verdict | one step of backoff; not counted against their rows | `a_burst_of_doubt_costs_one_pause`, `a_burst_of_refusals_loses_no_row`, `repeated_bursts_never_stop_a_run`, `frequent_bursts_reject_no_row` |
//! | a truncated error | by its status | by its verdict | `a_truncated_error_keeps_its_verdict` |
//! | Ctrl-C, SIGTERM, or on Linux SIGHUP unless it is ignored | | waits for requests in flight; exit 130 | `the_first_signal_waits_for_requests_in_flight`, `an_ignored_hang_up_stays_ignored` |
//! | a second signal other than SIGHUP | in doubt, if in flight | stops at once; exit 130 | `the_second_signal_abandons_requests_in_flight`, `a_second_hang_up_abandons_nothing` |
//! | SIGKILL, a power failure | in doubt, if in flight | a resumed run finds the intents | `killed_imports_lose_and_double_nothing`, `no_row_is_lost_or_sent_twice` |
//! | the disk is full | | sends nothing without an intent; exit 5 | `a_full_disk_stops_a_resumable_run` |
//! | the ledger knows less than was sent: a lost end, an older copy, a copied directory | | sends nothing; exit 2; `runs verify N --recover` is the way back | `a_truncated_log_is_noticed`, `an_older_copy_of_the_ledger_is_noticed`, `a_copied_directory_is_noticed` |
//! | the ledger is damaged or newer | | keeps it, sends nothing; exit 2 | `a_damaged_ledger_is_kept`, `a_newer_schema_is_refused` |
//! | two processes on one run | | the second stops; exit 2 | `one_process_at_a_time_works_on_runs` |
//! | two processes start the same import | | one starts; exit 2 for the other | `only_one_of_many_processes_imports_a_file` |
//! | two processes import the same records in different files | | each record is sent by one of them | `overlapping_imports_send_each_record_once`, `overlapping_imports_count_equal_records` |
//! | a run is resumed after another one has sent its records | skipped | the rest is sent | `a_resumed_run_skips_what_others_sent`, `a_claimed_record_is_not_new` |
//! | runs and submits to one bot | | take turns within its rate limit | `runs_and_submits_share_the_windows`, `two_imports_share_the_window_equally`, `a_submit_gets_through_next_to_an_import` |
//! | a waiting process is killed | | the others wait for it for at most 2 s | `a_killed_waiting_process_blocks_nobody`, `a_wish_that_is_not_refreshed_expires` |
//! | the input changes | | stops; exit 5; resumable with the original input | `a_changed_input_stops_a_resumable_run` |
//! | the input is deleted | | still read to its end | `a_deleted_input_is_still_read` |
//! | the failure report cannot be written | | an error; the run counts | `a_run_counts_even_without_its_report` |
//! | rows in doubt, and `runs verify` or `--verify` | | found: saved; absent: unsent; otherwise in doubt, with the reason | `every_row_in_doubt_is_saved_once`, `unanswered_rows_are_found_or_settle_as_absent`, `late_records_are_never_doubled`, `late_saves_are_never_doubled` |
//! | a signal while records are read | | stops without changes; exit 130 | `a_signal_stops_verification_without_changes`, `a_signal_during_import_verification_keeps_the_summary` |
//! | equal records of other runs or clients | | counted; in doubt if the counts do not decide | `runs_with_equal_rows_share_no_record`, `more_equal_records_than_sent_stay_in_doubt` |
//! | records are unreadable or inconsistent | | pages are read again a few times; then nothing changes | `failed_pages_are_read_again`, `unreadable_records_change_nothing`, `an_added_record_makes_pages_inconsistent` |
//! | few rows are in doubt, and the server filters by respondent | | few records are read; what is not conclusive is read as a whole | `few_rows_in_doubt_are_asked_for_by_respondent`, `a_server_that_ignores_respondents_costs_one_call`, `late_records_are_never_doubled_by_respondent` |
//! | an export is killed, interrupted, or the disk is full | | the same command continues after the last slice on the disk | `a_killed_export_continues_without_gaps`, `an_interrupted_export_says_how_to_continue`, `a_full_disk_leaves_an_export_to_continue` |
//! | records arrive while others are exported | | the youngest are read last and counted again; none twice, no older one missing | `records_that_arrive_meanwhile_move_nothing` |
//! | the server shows none of the run's saved rows | | no row counts as absent | `an_empty_server_leaves_rows_in_doubt` |

mod answers;
mod brake;
mod breaker;
mod check;
mod circuit;
mod columns;
mod compare;
mod disposition;
mod engine;
mod event;
mod feed;
mod gate;
mod lane;
mod phase;
pub(crate) mod read;
mod respondents;
mod score_texts;
mod sender;
mod settings;
mod turns;
pub(crate) mod verify;

pub(crate) use brake::{MaxRejected, Rejections};
pub(crate) use check::{BotRows, CheckError, CheckReport, CheckSettings, ProblemRow, check};
pub(crate) use circuit::{BreakerPolicy, StopReason};
pub(crate) use columns::{ColumnStats, InputColumns, inspect_columns};
pub(crate) use compare::{ComparedWith, compare};
pub(crate) use engine::run;
pub(crate) use event::{End, Ended, Events, RunEvent};
pub(crate) use feed::{FeedError, FeedSettings, Prepared, Share, feed_input, feed_records, record_hash};
pub(crate) use lane::{Lane, LaneResources};
pub(crate) use respondents::respondents;
pub(crate) use settings::{Delivery, LaneSettings, SendSettings};
pub(crate) use turns::Turns;
