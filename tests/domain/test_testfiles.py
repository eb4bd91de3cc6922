"""Which files are tests."""

import pytest

from bot.checks.testfiles import tests_of as found_in  # pytest would take the name for a test

TESTS = """
conftest.py test.js test-b.mjs tests/a.py tests/data/x.json src/pkg/tests/test_x.py app/tests.py app/test_utils.py
lib/test/__init__.py lib/test/test_a.py lib/test/helper.py testing/test_a.py testing/conftest.py test/mocha.js
test/fixtures/a.json web/package.json web/test/b.ts src/a.spec.ts src/__snapshots__/a.snap src/setupTests.ts
x_test.go pkg/testdata/a internal/testutil/u.go spec/a_spec.rb spec/factories.rb crate/tests/api.rs
src/test/java/x/CalcTest.java src/test/resources/a.txt src/integrationTest/x/A.kt numpy/testing/tests/test_u.py
""".split()  # noqa: SIM905 - paths are read more easily so

SOURCES = """
README.md setup.py contest.py latest.py src/attest.js src/commands/test.ts src/commands/test/index.ts benches/a.rs
django/test/__init__.py django/test/client.py numpy/testing/utils.py src/main/java/x/SpeedTest.java a/protest/b.py
docs/testing.md docs/testing/a.md app/fixtures/initial.json api/spec/openapi.yaml src/lib.rs
""".split()  # noqa: SIM905 - paths are read more easily so


def test_tests_are_told_from_sources_by_names_and_folders() -> None:
    tests = frozenset(TESTS) - {"web/package.json"}
    found = found_in([*TESTS, *SOURCES])
    assert (sorted(found - tests), sorted(tests - found)) == ([], [])


@pytest.mark.parametrize("path", ["spec/openapi.yaml", "testing/utils.py", "t/a.c", "e2e/README.md"])
def test_a_likely_folder_without_tests_is_no_test_folder(path: str) -> None:
    assert found_in([path]) == frozenset()
