"""The cases that every release must survive, as data: for each, the tests in which the attack is refused and those in
which its honest twin succeeds. Printed as a table of verdicts when tests have run (`tests.hostile.verdicts`).

A test may stand on both sides: many try the attack and the honest thing in one go.
"""

from dataclasses import dataclass

CHANNEL, SANDBOX, WEBHOOKS = "hostile/test_channel", "hostile/test_sandbox", "hostile/test_webhooks"
GIT, FILES, PUBLISH, MODEL = "hostile/test_git", "hostile/test_git_files", "hostile/test_publish", "hostile/test_model"
EVIDENCE, CANARIES, AUTHORITY = "hostile/test_evidence", "hostile/test_canaries", "hostile/test_authority"
PROVENANCE, LOGS, FUZZ, SLACK = "hostile/test_provenance", "hostile/test_logs", "hostile/test_fuzz", "flows/test_slack"
BOX, EGRESS, TREE, MIRROR = (
    "contract/test_sandbox",
    "contract/test_egress",
    "contract/test_tree",
    "contract/test_mirror",
)
ADDRESS, TOOLS, HOST = "contract/test_address", "contract/test_tree_tools", "contract/test_codehost"
TURN, LIMITS, SERVER = "contract/test_turn", "contract/test_turn_limits", "contract/test_model"
INBOX, STORE, DATABASE, SURFACE = (f"contract/test_{name}" for name in ("inbox", "store", "database", "github_surface"))
MAYBE, REVIEW, JOB, LENT = "flows/test_authority", "flows/test_review", "flows/test_main_job", "flows/test_secrets"
STEPS, KILL, LOST, DOG = (f"crash/test_{name}" for name in ("every_step", "kill", "lost_answers", "watchdog"))
WORDS, RENDER, HIDDEN, SCHEMAS = (f"domain/test_{name}" for name in ("commands", "render", "hidden", "tools"))
BRANCH = "contract/test_branch"


@dataclass(frozen=True, slots=True)
class Case:
    """`attacks` and `twins` are tests: `folder/file::name` without `test_`'s file ending; parameters are not named."""

    group: str
    what: str
    attacks: tuple[str, ...]
    twins: tuple[str, ...]


def _of(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{file}.py::test_{name}" for name in names)


def _cases(group: str, *rows: tuple[str, tuple[str, ...], tuple[str, ...]]) -> tuple[Case, ...]:
    return tuple(Case(group, what, attacks, twins) for what, attacks, twins in rows)


_STORED = _of(WEBHOOKS, "a_delivery_is_stored_before_it_is_acknowledged")
_ONE_FORM = _of(EGRESS, "names_are_compared_in_one_form")
_PLAIN_HTTP = _of(EGRESS, "plain_http_reaches_a_listed_host_with_a_clean_request", "a_tunnel_reaches_a_listed_host")
_HAPPY = _of(JOB, "from_a_comment_to_a_proven_pull_request")
_LINKS = _of(FILES, "twin_links_inside_and_unchanged_links_outside_are_kept")
_PLAIN_NAMES = _of(GIT, "twin_ordinary_names_are_recorded")
_KEPT_LOOK = _of(RENDER, "foreign_words_keep_their_look_and_lose_their_effect")

CASES = (
    *_cases(
        "webhooks",
        (
            "no, wrong, SHA-1, short, upper-case, non-ASCII signature",
            _of(WEBHOOKS, "nothing_else_does"),
            _of(WEBHOOKS, "each_live_secret_signs"),
        ),
        ("re-serialised body", _of(WEBHOOKS, "the_same_json_written_otherwise_is_another_body"), _STORED),
        (
            "two live secrets; none",
            _of(WEBHOOKS, "without_a_secret_nothing_is_signed"),
            _of(WEBHOOKS, "each_live_secret_signs"),
        ),
        ("100 parallel copies", _of(WEBHOOKS, "of_a_hundred_copies_at_once_one_is_news"), _STORED),
        (
            "redelivery after success and after failure",
            _of(WEBHOOKS, "a_redelivery_and_a_second_hook_change_nothing"),
            _of(WEBHOOKS, "what_cannot_be_stored_is_not_acknowledged_and_may_come_again"),
        ),
        (
            "one event under two delivery ids",
            _of(INBOX, "two_hooks_that_report_one_happening_are_one_arrival"),
            _of(INBOX, "what_differs_in_source_or_has_no_name_is_no_duplicate"),
        ),
        (
            "deep JSON, huge ints, NaN, duplicate keys, surrogates, null user",
            _of(WEBHOOKS, "strange_json_has_a_reasoned_answer"),
            _of(WEBHOOKS, "a_comment_is_heard", "githubs_own_examples_are_read"),
        ),
        (
            "a byte a second, too much, hanging up",
            _of(
                WEBHOOKS,
                "a_body_that_comes_byte_by_byte_is_given_up",
                "too_much_is_refused_whether_it_is_announced_or_not",
                "a_sender_that_hangs_up_leaves_nothing_behind",
                "strangers_cannot_fill_the_memory",
            ),
            _of(WEBHOOKS, "a_large_delivery_is_read_in_a_process_of_its_own"),
        ),
        (
            "unknown event and action",
            _of(FUZZ, "any_webhook_is_heard_or_told_what_is_wrong"),
            _of(WEBHOOKS, "of_issues_what_concerns_a_session_is_heard"),
        ),
        (
            "created, edited, deleted out of order",
            _of(WEBHOOKS, "an_edit_and_a_deletion_are_other_happenings_in_any_order"),
            _of(WEBHOOKS, "a_comment_is_heard"),
        ),
        (
            "installation removed mid-session",
            _of(DOG, "an_app_that_was_uninstalled_ends_the_work_with_advice_and_a_return_mends_the_card"),
            _HAPPY,
        ),
    ),
    *_cases(
        "authority",
        (
            "read, triage, write, admin, custom role, private member",
            _of(HOST, "trust_is_the_live_permission", "nobody_from_elsewhere_has_a_say"),
            _of(HOST, "trust_is_the_live_permission"),
        ),
        (
            "ex-member between trigger and push",
            _of(MAYBE, "who_lost_write_access_meanwhile_gets_nothing_pushed"),
            _HAPPY,
        ),
        (
            "permission endpoint 404, 403, 500, time-out",
            _of(HOST, "a_permission_that_cannot_be_asked_is_never_guessed"),
            _of(HOST, "a_passing_fault_of_a_read_is_not_noticed"),
        ),
        (
            "renamed login",
            _of(HOST, "a_renamed_login_is_still_the_same_person"),
            _of(HOST, "a_renamed_login_is_still_the_same_person"),
        ),
        (
            "command in quote, code, HTML comment, zero-width",
            _of(WORDS, "a_text_speaks_only_where_a_person_says_it"),
            _of(WORDS, "every_example_in_the_help_is_that_command"),
        ),
        (
            "command in title, commit message, branch name",
            _of(
                AUTHORITY,
                "a_command_in_a_title_is_never_spoken",
                "a_command_in_a_commit_or_a_branch_is_never_spoken",
            ),
            _of(AUTHORITY, "twin_a_command_in_the_body_of_a_new_issue_is_spoken"),
        ),
        (
            "edit after approval, in the same second",
            _of(
                MAYBE,
                "an_edit_in_the_second_of_the_approval_changes_no_approved_intent",
                "an_edited_approval_of_somebody_without_a_say_is_no_approval",
            ),
            _HAPPY,
        ),
        (
            "two approvals race",
            _of(MAYBE, "two_approvals_at_once_are_one"),
            _of(MAYBE, "two_approvals_at_once_are_one"),
        ),
        (
            "human pushes while it works",
            _of(BRANCH, "whatever_others_do_between_our_steps_no_commit_is_lost_and_nothing_forced"),
            _of(REVIEW, "what_a_person_pushed_meanwhile_stays_and_is_checked_with_ours"),
        ),
        (
            "pull request from a fork",
            _of(MAYBE, "a_pull_request_from_a_fork_moves_nothing_and_gets_nothing_pushed"),
            _of(REVIEW, "fix_on_a_persons_pull_request_is_proposed_against_their_branch"),
        ),
        (
            "locked, transferred, deleted issue",
            _of(
                MAYBE,
                "a_conversation_that_was_moved_away_ends_cancelled_and_without_effect",
                "a_deleted_issue_ends_what_waits_for_approval",
            ),
            _of(MAYBE, "a_lock_meanwhile_does_not_lose_the_work"),
        ),
        ("closed, merged pull request", _of(REVIEW, "merged_is_done_and_said_once"), _HAPPY),
        (
            "bots, loops, caps per thread and repository",
            _of(
                MAYBE,
                "other_programs_are_not_heard",
                "a_repository_may_start_so_many_sessions_a_day",
                "a_thread_may_say_so_much_a_day_and_can_always_be_stopped",
            ),
            _of(WEBHOOKS, "bots_are_not_heard_unless_their_id_is_listed"),
        ),
    ),
    *_cases(
        "durability",
        (
            "kill before and after each append and effect",
            _of(STEPS, "a_program_that_ends_anywhere_is_taken_up_by_the_next"),
            _of(KILL, "killed_in_any_phase_it_ends_as_if_nothing_had_been"),
        ),
        (
            "502, socket drop, slow answer after the effect",
            _of(LOST, "each_effect_happens_once_though_its_first_attempt_fails"),
            _of(LOST, "a_limit_is_waited_out_by_everybody"),
        ),
        (
            "list endpoint lagging",
            _of(LOST, "a_list_that_lags_behind_makes_nothing_twice"),
            _of(SURFACE, "a_comment_whose_answer_was_lost_is_found_again"),
        ),
        (
            "forged marker by another user",
            _of(SURFACE, "only_our_own_marker_in_its_own_place_is_found"),
            _of(SURFACE, "a_marker_is_found_behind_a_long_thread"),
        ),
        ("branch name taken", _of(DOG, "a_branch_name_that_is_taken_is_left_to_its_owner"), _HAPPY),
        (
            "frozen worker past its lease",
            _of(DOG, "a_frozen_worker_that_wakes_up_does_no_more"),
            _of(DOG, "the_session_of_a_worker_that_vanished_is_taken_up_when_its_lease_ends"),
        ),
        (
            "disk full, database locked",
            _of(DATABASE, "a_full_disk_is_trouble_and_leaves_no_half_append"),
            _of(DOG, "a_database_that_is_locked_for_a_while_loses_nothing"),
        ),
        (
            "poison session quarantined",
            _of(
                DOG,
                "a_job_that_always_fails_ends_in_a_question_and_blocks_nobody",
                "an_arrival_that_cannot_be_heard_is_set_aside_and_blocks_nobody",
            ),
            _of(DOG, "what_cannot_be_worded_is_told_plainly_and_the_rest_is_said"),
        ),
    ),
    *_cases(
        "sandbox",
        (
            "capability and seccomp readout",
            _of(SANDBOX, "no_capability_is_held_and_none_can_be_gained", "a_setuid_program_gains_nothing"),
            _of(SANDBOX, "ordinary_system_calls_are_not_refused"),
        ),
        (
            "host paths, other sessions, /proc, descriptors",
            _of(
                SANDBOX,
                "the_hosts_files_are_not_there",
                "two_sessions_do_not_see_each_other",
                "only_its_own_processes_are_there",
                "no_descriptor_of_ours_is_open_inside",
                "system_files_cannot_be_changed",
            ),
            _of(SANDBOX, "two_sessions_do_not_see_each_other", "system_files_cannot_be_changed"),
        ),
        (
            "mount, unshare, ptrace, bpf, keyctl, io_uring",
            _of(SANDBOX, "every_refused_system_call_is_refused", "a_terminal_cannot_be_typed_into"),
            _of(SANDBOX, "ordinary_system_calls_are_not_refused"),
        ),
        (
            "fork bomb",
            _of(SANDBOX, "a_fork_bomb_ends_with_its_command", "processes_are_counted"),
            _of(SANDBOX, "processes_are_counted"),
        ),
        (
            "memory",
            _of(
                SANDBOX,
                "memory_is_limited",
                "memory_of_many_processes_is_limited_together",
                "shared_memory_is_limited",
                "memory_that_is_no_ones_own_is_limited_too",
            ),
            _of(SANDBOX, "memory_is_limited", "shared_memory_is_limited"),
        ),
        (
            "disk, inodes, sparse file, deep directories",
            _of(
                SANDBOX,
                "disk_space_is_limited",
                "files_are_counted",
                "one_file_cannot_grow_past_the_limit",
                "deep_directories_do_not_stop_the_clearing_up",
            ),
            _of(SANDBOX, "disk_space_is_limited", "files_are_counted"),
        ),
        (
            "SIGTERM ignored, double fork, held stdout",
            _of(SANDBOX, "nothing_holds_a_command_open", "a_stopped_command_still_meets_its_limit"),
            _of(BOX, "no_child_outlives_its_command"),
        ),
        (
            "output flood, binary, ANSI/OSC, 10 MB line",
            _of(SANDBOX, "one_endless_line_is_cut_like_any_flood", "output_of_any_kind_is_taken_as_bytes"),
            _of(BOX, "output_is_heard_while_it_comes", "a_flood_of_output_costs_no_memory"),
        ),
        ("zombies", _of(SANDBOX, "zombies_do_not_pile_up"), _of(SANDBOX, "zombies_do_not_pile_up")),
        (
            "leftovers after the worker was killed",
            _of(BOX, "what_a_killed_process_left_is_swept_and_what_lives_is_not"),
            _of(BOX, "what_a_killed_process_left_is_swept_and_what_lives_is_not"),
        ),
        (
            "the channel: spoofed, wedged, outlived",
            _of(
                CHANNEL,
                "nothing_of_the_first_process_can_be_read_or_written",
                "exit_codes_come_from_nowhere_else",
                "a_wedge_of_stopped_processes_is_cleared_without_a_loss",
                "no_signal_reaches_the_first_process",
                "a_stranger_that_speaks_nonsense_is_lost",
            ),
            _of(CHANNEL, "many_quick_commands_get_their_own_answers", "a_strangers_proper_answer_is_taken"),
        ),
        (
            "the host stays responsive",
            _of(SANDBOX, "the_host_answers_while_a_sandbox_rages"),
            _of("hostile/test_responsive", "webhooks_are_answered_while_sandboxes_rage"),
        ),
        (
            "started by an ordinary user",
            _of("hostile/test_plain_user", "the_batteries_hold_when_an_ordinary_user_starts_it"),
            _of("hostile/test_plain_user", "the_batteries_hold_when_an_ordinary_user_starts_it"),
        ),
    ),
    *_cases(
        "network",
        (
            "no route",
            _of(BOX, "a_sealed_sandbox_reaches_nobody"),
            _of(EGRESS, "commands_reach_listed_hosts_and_no_others"),
        ),
        (
            "exact host and port",
            _of(
                EGRESS, "what_is_not_listed_is_refused_named_and_never_resolved", "a_suffix_covers_names_below_it_only"
            ),
            _PLAIN_HTTP,
        ),
        (
            "trailing dot, case, IP spellings, user@",
            _of(ADDRESS, "odd_spellings_of_addresses_are_no_names"),
            _ONE_FORM,
        ),
        (
            "rebinding, private ranges",
            _of(
                EGRESS,
                "a_name_is_resolved_once_and_the_vetted_address_is_used",
                "a_listed_name_that_leads_home_is_refused",
            ),
            _of(ADDRESS, "only_public_addresses_are_connected_to"),
        ),
        (
            "redirects, smuggled requests",
            _of(
                EGRESS,
                "a_redirect_is_the_clients_next_request_and_is_judged_like_any",
                "a_second_request_on_a_plain_connection_goes_nowhere",
                "what_the_proxy_cannot_read_gets_an_error_and_nothing_else",
            ),
            _PLAIN_HTTP,
        ),
        (
            "caps",
            _of(EGRESS, "caps_end_what_is_too_much", "a_session_may_not_send_more_than_its_share"),
            _of(EGRESS, "a_large_download_comes_through_whole"),
        ),
        (
            "proxy dead: closed",
            _of(EGRESS, "without_the_proxy_there_is_no_way_out"),
            _of(EGRESS, "either_bridge_carries_many_connections"),
        ),
        (
            "what was refused is told",
            _of(EGRESS, "what_a_set_up_was_refused_is_told_with_the_command_that_wanted_it"),
            _of("contract/test_workbench", "what_the_network_refused_stands_below_the_commands_output"),
        ),
    ),
    *_cases(
        "git",
        (
            "config, hooks, attributes, filters, fsmonitor, nested and bare repositories",
            _of(GIT, "nothing_in_a_work_tree_makes_git_run_a_program")
            + _of(PUBLISH, "a_publish_runs_listed_plumbing_that_opens_nothing_of_the_work_tree"),
            _of(GIT, "twin_the_trap_is_alive") + _of(PUBLISH, "twin_everyday_git_falls_into_these_traps"),
        ),
        (".git file, alternates", _of(GIT, "a_git_file_and_alternates_lead_nowhere"), _PLAIN_NAMES),
        (
            "symlinks out of the tree, races while reading",
            _of(
                FILES,
                "new_links_that_lead_outside_are_refused",
                "a_directory_turned_into_a_link_brings_nothing_in",
                "a_file_swapped_for_a_link_under_the_reader_never_leads_out",
            )
            + _of(TOOLS, "no_tool_reaches_outside"),
            _LINKS,
        ),
        (
            ".git in 30 spellings, control, bidi, case-fold names",
            _of(
                GIT,
                "no_spelling_of_git_s_own_names_enters_a_commit",
                "names_that_deceive_are_refused",
                "names_that_differ_in_case_only_do_not_meet",
                "composed_and_decomposed_names_do_not_meet",
            ),
            _PLAIN_NAMES + _of(GIT, "twin_a_rename_by_case_alone_is_recorded"),
        ),
        ("submodules", _of(FILES, "submodules_stay_as_recorded_and_none_is_made"), _PLAIN_NAMES),
        (
            "FIFOs, devices, growing files",
            _of(
                FILES,
                "pipes_sockets_and_devices_neither_hang_nor_enter",
                "devices_are_refused",
                "huge_sparse_and_growing_files_cost_nothing",
            ),
            _PLAIN_NAMES,
        ),
        (
            "bombs",
            _of(
                FILES,
                "caps_on_files_bytes_entries_and_depth_hold",
                "directories_without_end_are_left_and_removed",
                "a_tree_of_a_thousand_million_paths_is_refused",
                "a_hostile_base_tree_is_not_restored",
            ),
            _of(TREE, "a_restored_tree_holds_the_very_bytes_whatever_its_attributes_ask_for"),
        ),
        (
            "protected paths by rename, mode or case",
            _of(
                FILES,
                "protected_paths_stay_as_they_are",
                "a_protected_file_is_not_pushed_out_by_a_file_in_its_directory_s_place",
            ),
            _of(FILES, "twin_touching_a_protected_file_is_no_change"),
        ),
        (
            "the agent's own forged commits",
            _of(GIT, "commits_that_the_agent_forged_are_not_ours"),
            _of("contract/test_commits", "git_verifies_what_the_key_signed_and_nothing_else"),
        ),
        (
            "tokens, other hosts, other branches",
            _of(
                MIRROR,
                "a_token_opens_the_door_and_stands_in_no_command_line_and_no_file",
                "a_token_goes_to_its_own_host_only",
                "no_other_branch_is_ever_pushed",
                "names_that_could_be_options_ranges_or_paths_are_refused",
            ),
            _of(MIRROR, "a_branch_is_pushed_once_forward_and_never_over_somebody"),
        ),
    ),
    *_cases(
        "model",
        (
            "unknown tool, bad JSON, wrong types",
            _of(TURN, "wrong_calls_come_back_as_results")
            + _of(SCHEMAS, "a_wrong_call_comes_back_saying_what_was_wrong"),
            _of(TURN, "a_plan_is_carried_out_step_by_step_each_saved_with_who_and_why"),
        ),
        (
            "10 MB argument, duplicate ids",
            _of(TURN, "ids_given_twice_or_not_at_all_are_made_distinct_and_monsters_are_cut"),
            _of(TURN, "a_goal_becomes_a_plan"),
        ),
        (
            "endless loop",
            _of(LIMITS, "a_limit_ends_the_turn_before_the_next_call")
            + _of(TURN, "the_same_error_four_times_asks_a_human"),
            _of(LIMITS, "time_counts_while_the_program_works_and_not_while_people_think"),
        ),
        (
            "cut stream, 429 and 500 storm",
            _of(SERVER, "a_storm_ends_in_a_trouble_to_be_retried_later", "garbage_is_tried_again_and_then_said"),
            _of(SERVER, "a_fault_is_survived"),
        ),
        (
            "claims without runs, edits the evidence",
            _of(EVIDENCE, "results_forged_inside_the_test_run_are_not_upheld")
            + _of(MODEL, "what_a_model_claims_of_results_is_not_repeated"),
            _of(EVIDENCE, "a_hundred_thousand_results_are_read"),
        ),
        (
            "imitates results and approvals, asks for another repository",
            _of(MODEL, "what_a_model_says_is_no_approval_no_result_and_no_way_elsewhere"),
            _HAPPY,
        ),
        (
            "returns a secret that it saw",
            _of(CANARIES, "no_canary_is_sent_stored_or_logged_in_any_form")
            + _of(LENT, "a_lent_secret_is_used_and_leaves_no_trace"),
            _of(CANARIES, "the_search_finds_what_is_there"),
        ),
        (
            "hidden text",
            _of(HIDDEN, "what_is_hidden_is_taken_out_and_named"),
            _of(HIDDEN, "what_everybody_sees_stays"),
        ),
    ),
    *_cases(
        "outgoing",
        (
            "images and links to elsewhere, HTML, mention storms, /lgtm-like lines",
            _of(RENDER, "nothing_foreign_acts_however_github_reads_it"),
            _KEPT_LOOK,
        ),
        (
            "unbalanced fences",
            _of(
                RENDER,
                "a_foreign_fence_becomes_ours_and_cannot_be_left",
                "an_unclosed_fence_is_closed",
                "a_fence_is_longer_than_any_run_inside",
            ),
            _of(RENDER, "a_post_with_every_block_reads_well"),
        ),
        (
            "70,000 characters",
            _of(RENDER, "whatever_is_too_long_is_cut_whole_and_says_so"),
            _of(RENDER, "all_long_blocks_together_fit_and_none_vanishes"),
        ),
        (
            "closing keywords, mentions in titles",
            _of(RENDER, "titles_and_summaries_lose_mentions_and_references"),
            _KEPT_LOOK,
        ),
        (
            "tokens old and new, PEM, database address",
            _of(RENDER, "what_has_a_secrets_shape_goes", "a_private_key_that_was_cut_goes_to_the_end"),
            _of(RENDER, "a_secret_part_goes_and_its_surroundings_stay"),
        ),
        (
            "secrets split or encoded",
            _of(RENDER, "a_known_secret_is_found_in_every_disguise", "a_secret_does_not_escape_by_being_escaped"),
            _of(RENDER, "short_values_are_not_hunted"),
        ),
        (
            "a traceback in the log",
            _of(LOGS, "no_line_of_a_log_and_no_last_traceback_holds_a_secret"),
            _of(LOGS, "no_line_of_a_log_and_no_last_traceback_holds_a_secret"),
        ),
        (
            "private text in a public place",
            _of(
                PROVENANCE,
                "what_became_private_is_no_longer_said_or_edited_in_an_open_channel",
                "what_cannot_be_asked_is_not_taken_for_public",
            )
            + _of(SLACK, "private_text_goes_only_into_channels_that_the_operator_listed"),
            _of(PROVENANCE, "twin_private_text_is_said_where_the_operator_allows_it"),
        ),
    ),
)
