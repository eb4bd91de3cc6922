"""What all tests of the corpus share: the court, where a case is tried for real."""

import pytest

from tests.corpus.executed import Court


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    folder = tmp_path_factory.mktemp("court")
    folder.chmod(0o755)
    return Court(folder)
