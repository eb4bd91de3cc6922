"""Words by which code recognises that it is being tested."""

import re

from bot.domain.words import words

RUNNERS = re.compile(
    r"(?<![a-z])_?pytest|py\.test|(?<![a-z])unittest|(?<![a-z])nose(?![a-z])|conftest|xdist|hypothesis|(?<![a-z])jest"
    r"|vitest|mocha|jasmine|ava/|node:test|rspec|minitest|junit|surefire|testng|(?<![a-z])doctest",
    re.IGNORECASE,
)
"""Names of test runners."""

TESTS = re.compile(r"(^|[^a-z])tests?([^a-z]|$)|test_|_test|spec\b|__tests__", re.IGNORECASE)
"""What names of test files and functions have in common."""

VARIABLES = re.compile(
    r"_?PYTEST_?\w*|UNITTEST\w*|TOX_\w+|NOSE_\w+|JEST_\w+|VITEST\w*|MOCHA_?\w*|NODE_TEST_CONTEXT|MAESTRO\w*"
    r"|(IS_|IN_|RUNNING_|UNDER_|RUN_)?TEST(S|ING|_MODE|_RUN|_RUNNER)?|RUST_TEST_\w+|NEXTEST\w*|CARGO_TARGET_TMPDIR"
    r"|SUREFIRE\w*|COVERAGE_RUN|COVERAGE_PROCESS_START|_called_from_test"
)
"""Environment variables that only test runs have."""

UNMISTAKABLE = re.compile(
    r"_?PYTEST_(CURRENT_TEST|VERSION|XDIST\w*|RAISE)|JEST_WORKER_ID|VITEST(_\w+)?|NODE_TEST_CONTEXT|_called_from_test"
    r"|RUST_TEST_THREADS|NEXTEST(_\w+)?"
)
"""Those that have no other use, wherever the word stands."""

DOUBLES = words(
    "mock_calls call_args call_args_list call_count assert_called assert_called_once assert_called_with "
    "assert_called_once_with _mock_name _mock_methods _mock_return_value side_effect return_value "
    "_isMockFunction isMockFunction getMockName mockName mockClear mockImplementation calledOnce callCount"
)
"""What only the doubles of tests have."""

MODES = re.compile(r"NODE_ENV|RAILS_ENV|RACK_ENV|APP_ENV|FLASK_ENV|DJANGO_ENV|ENVIRONMENT|MODE|npm_lifecycle_event|ENV")
"""Variables and settings that tell tests when compared with `test`."""

FILES = re.compile(
    r"(^|/)(tests?|specs?|__tests__)/.*|^(tests|__tests__)$|(^|/)test_\w+\.py$|conftest\.py$|_test\.(py|go|rb)$"
    r"|[.\-_](test|spec)\.[cm]?[jt]sx?$"
)
"""Paths of tests."""

_TOOL = re.compile(
    r"(^|.*/)(tools?|scripts?|bin|docs?|examples?|tasks|ci|\.ci|dev|devtools|build|release|hack|etc|\.github)/.*"
    r"|(.*/)?(setup|noxfile|tasks|fabfile|manage|dodo|duties|build|make|conf|gulpfile|Gruntfile|Rakefile|build\.rs)"
    r"(\.\w+)?|.*\.(config|conf)\.\w+|(.*/)?\.\w+rc(\.\w+)?"
)


def is_tool(path: str) -> bool:
    """Whether a file is one of those that build, document or check the repository: they may well know of its tests."""
    return _TOOL.fullmatch(path) is not None
