//! List of all cases, from which the library and every store's tests are generated.

/// Passes the names of all cases to a macro, by group, after some tokens for it.
#[doc(hidden)]
#[macro_export]
macro_rules! with_conformance_cases {
    ([$($consumer:tt)+] $($tokens:tt)*) => {
        $($consumer)+! {
            [$($tokens)*]
            events {
                an_empty_store_has_nothing,
                s1_events_come_back_in_timeline_order,
                s1_a_timeline_begins_after_the_instant,
                s1_a_timeline_comes_in_pages_newest_first,
                s1_a_timeline_is_filtered_by_event_name,
                s12_events_are_found_by_player_and_id,
                s12_an_event_id_exists_once_for_a_player,
                s13_the_latest_retraction_state_is_kept,
                s19_events_of_a_guest_stay_under_their_id,
                events_come_back_as_written,
            }
            event_names {
                events_are_counted_by_name,
                manual_actions_are_not_counted_by_name,
                event_names_come_in_pages_most_frequent_first,
                event_names_are_found_by_a_part_in_either_case,
                a_recount_changes_nothing_that_is_correct,
                a_dropped_transaction_counts_no_event_names,
                s22_event_names_forget_an_erased_player,
            }
            players {
                players_come_in_pages_in_order_of_id,
                a_player_row_is_overwritten,
                players_are_found_by_the_beginning_of_their_name_in_any_case,
                players_are_found_by_a_part_of_id_name_or_attribute,
                found_players_come_in_each_order_by_page,
                s19_a_guest_who_was_merged_has_neither_row_nor_state,
                derived_rows_are_replaced_as_a_whole,
                s10_players_are_due_in_order_of_time_and_id,
                s19_a_guest_belongs_to_one_player_at_a_time,
                every_id_with_rows_is_an_owner,
            }
            states {
                headers_come_back_at_their_positions,
                cells_come_back_at_their_positions,
                cells_are_put_and_dropped_one_by_one,
                replacing_drops_all_cells_of_that_player_first,
                cells_are_listed_in_order_of_slot_and_key,
                a_checkpoint_lies_strictly_before_the_instant,
                checkpoints_are_dropped_before_new_ones_are_put,
            }
            awards {
                s4_an_award_exists_once,
                awards_come_back_in_order_of_badge_tier_and_key,
                awards_are_dropped,
                earners_come_in_pages_in_order_of_time,
                tiers_are_counted_by_holder,
                holders_come_once_in_pages_the_latest_first,
                badges_are_counted_by_awards_and_by_players,
                unlockables_are_put_and_dropped,
            }
            points {
                ledger_entries_come_back_in_order_of_cause,
                a_ledger_begins_after_the_instant,
                a_ledger_comes_in_pages_newest_first,
                ledger_entries_come_back_as_written,
                balances_are_put_in_order_of_currency,
            }
            feed {
                s20_outcomes_are_numbered_without_a_gap,
                s20_the_feed_continues_after_a_number,
                s20_the_last_outcome_is_known_whether_it_is_kept_or_not,
                recent_outcomes_are_one_players_newest_first,
                outcomes_come_back_as_written,
                errors_of_a_rule_add_up_and_the_latest_is_kept,
            }
            retention {
                s20_a_feed_is_pruned_up_to_the_first_recent_outcome,
                s20_pruned_outcomes_are_kept_as_totals,
                s20_pruned_numbers_are_never_reused,
            }
            erasure {
                s22_nothing_of_an_erased_player_is_left_and_others_keep_everything,
                s22_totals_keep_the_sums_of_erased_players,
                s22_totals_saturate_and_never_prevent_an_erasure,
                s22_an_erased_player_is_found_by_their_keyed_hash,
                s22_a_rule_error_forgets_an_erased_player,
            }
            catalogs {
                the_latest_catalog_is_published,
                earlier_catalogs_are_kept,
                a_catalog_version_exists_once,
                s15_awards_of_a_retired_badge_stay,
                a_retired_definition_may_return,
                settings_are_put_by_name,
            }
            access {
                keys_come_back_as_written_in_order_of_creation,
                a_key_replaces_the_one_with_the_same_id,
                only_one_active_key_has_a_name,
                administrators_come_back_in_order_of_name,
                a_session_is_found_by_its_hash_only,
                sessions_end_by_deletion_expiry_or_loss_of_the_administrator,
                the_audit_log_is_read_from_the_newest_entry,
                audit_entries_are_filtered,
                audit_entries_come_back_as_written,
                s22_the_audit_log_omits_erased_players,
            }
            activity {
                a_day_counts_what_happened_on_it_and_who_did_it,
                a_merged_guest_is_counted_as_the_player,
                only_the_requested_range_is_counted,
                days_before_the_epoch_begin_at_midnight,
                daily_sums_saturate,
            }
            transactions {
                a_dropped_transaction_leaves_nothing,
                a_failed_write_leaves_nothing_and_the_writer_continues,
                a_transaction_reads_its_own_writes,
                a_reader_sees_commits_only,
                a_snapshot_is_unaffected_by_writes,
                s23_a_writer_detects_writes_of_others,
                writers_wait_for_each_other,
            }
        }
    };
}
