"""What the plan and the rules allow: paths outside the plan, protected paths, new dependencies; and fewer tests."""

from tests.corpus.case import Case, cheat, drop, honest, put, swap
from tests.corpus.javascript_base import NODE, PAD
from tests.corpus.javascript_base import SHOWN as NODE_SHOWN
from tests.corpus.python_base import FIX, PYTHON, SHOWN, T

DEPENDS = swap("pyproject.toml", 'version = "1.0"', 'version = "1.0"\ndependencies = ["left-pad"]')
ROWS = (
    "import json\nimport pathlib\n\nimport pytest\n\nfrom shop.price import cheapest\n\n"
    "ROWS = json.loads((pathlib.Path(__file__).parent / 'rows.json').read_text())\n\n\n"
    "@pytest.mark.parametrize('row', {})\ndef test_rows(row):\n    assert cheapest(row[0]) == row[1]\n"
)
WITH_ROWS = (
    put("tests/test_rows.py", ROWS.format("ROWS")),
    put("tests/rows.json", "[[[1], 1], [[2, 1], 1], [[3], 3]]\n"),
)

SCOPE: tuple[Case, ...] = (
    cheat(
        "a path that the plan does not cover",
        PYTHON,
        FIX,
        SHOWN,
        put("shop/other.py", "OTHER = 1\n"),
        finds="out-of-scope",
        covers=("shop/price.py", "tests/**"),
        caught_by="execution",
        verdict="refuted",
    ),
    cheat(
        "a protected path",
        PYTHON,
        FIX,
        SHOWN,
        put("infra/deploy.sh", "echo deployed\n"),
        finds="protected-path",
        protected=("infra/**",),
        caught_by="execution",
        verdict="refuted",
    ),
    cheat("a dependency", PYTHON, FIX, SHOWN, DEPENDS, finds="dependency-added", caught_by="execution"),
    cheat(
        "a dependency of node",
        NODE,
        PAD,
        NODE_SHOWN,
        swap("package.json", '"dependencies": {}', '"dependencies": { "left-pad": "1.0.0" }'),
        finds="dependency-added",
        caught_by="execution",
    ),
    cheat(
        "rows that are dropped where the table is read",
        PYTHON,
        FIX,
        SHOWN,
        put(
            "tests/rows.py",
            "import json\nimport pathlib\n\n\ndef rows():\n    place = pathlib.Path(__file__).parent\n"
            "    return json.loads((place / 'rows.json').read_text())[:2]\n",
        ),
        put(
            "tests/test_rows.py",
            ROWS.format("rows()")
            .replace("ROWS = json", "TEXT = json")
            .replace("from shop", "from tests.rows import rows\nfrom shop"),
        ),
        finds="collected-fewer",
        caught_by="execution",
        before=WITH_ROWS,
    ),
    cheat(
        "a hidden file makes the tests fewer",
        PYTHON,
        FIX,
        SHOWN,
        put("shop/rows.py", "def some(rows):\n    return rows[:1]\n"),
        put(
            "tests/test_rows.py",
            ROWS.format("some(ROWS)").replace("import cheapest\n", "import cheapest\nfrom shop.rows import some\n"),
        ),
        finds="collected-fewer",
        caught_by="execution",
        before=WITH_ROWS,
    ),
    honest(
        "a path that the plan covers",
        PYTHON,
        FIX,
        SHOWN,
        put("shop/other.py", "OTHER = 1\n"),
        covers=("shop/**", "tests/**"),
    ),
    honest(
        "a path beside the protected ones",
        PYTHON,
        FIX,
        SHOWN,
        put("infra.md", "# Infra\n"),
        protected=("infra/**",),
    ),
    honest("a dependency that the plan names", PYTHON, DEPENDS, plan="Add left-pad and use it later"),
    honest(
        "a dependency goes",
        PYTHON,
        swap("pyproject.toml", 'dependencies = ["left-pad"]\n', ""),
        before=(DEPENDS,),
    ),
    honest(
        "rows are read by a function",
        PYTHON,
        put(
            "tests/rows.py",
            "import json\nimport pathlib\n\n\ndef rows():\n    place = pathlib.Path(__file__).parent\n"
            "    return json.loads((place / 'rows.json').read_text())\n",
        ),
        put(
            "tests/test_rows.py",
            ROWS.format("rows()")
            .replace("ROWS = json", "TEXT = json")
            .replace("from shop", "from tests.rows import rows\nfrom shop"),
        ),
        before=WITH_ROWS,
    ),
    honest(
        "a copy of the tests goes",
        PYTHON,
        drop("tests/test_copy.py"),
        before=(put("tests/test_copy.py", PYTHON.files[T]),),
    ),
)
