"""Sources without what changed in their functions, and what a plan mends by its name and the change leaves alone."""

import pytest

from bot.checks.red_green import CHECK
from bot.checks.red_green.hollow import hollowed
from bot.checks.red_green.hollow.python import RAISES
from bot.checks.red_green.untouched import untouched
from bot.domain.work import Verdict
from bot.ports import FileChange
from tests.domain.checking import PLAN, Answer, in_file, outcomes, play, question

FUNCTION = 'def f(x):\n    """Doc."""\n    return x\n'
TURNED = FUNCTION.replace("return x", "return -x")


def changed(old: str, new: str, path: str = "a.py") -> list[FileChange]:
    return [FileChange(path, old, new)]


# --- functions as they were ------------------------------------------------------------------------------------------
OLD_CLASS = "class A:\n    def g(self):\n        return 1\n"
NEW_CLASS = "class A:\n    def g(self):\n        return 2\n\n    @property\n    def h(self):\n        return 3\n"
SET_BACK = "class A:\n\n    def g(self):\n        return 1\n\n    @property\n    def h(self):\n        pass"


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (FUNCTION, "LIMIT = 7\n" + TURNED, "LIMIT = 7\n\n" + FUNCTION.rstrip("\n")),
        (FUNCTION, FUNCTION + "class E(ValueError):\n    code = 1\n", None),
        (FUNCTION, TURNED + "class E(ValueError):\n    code = 1\n", FUNCTION + "\nclass E(ValueError):\n    code = 1"),
        (FUNCTION, TURNED + "g = f\n", FUNCTION + "g = f"),
        ("T = {1: 2}\n" + FUNCTION, "T = {1: 2}\nU = {}\n" + TURNED, "T = {1: 2}\nU = {}\n\n" + FUNCTION.rstrip("\n")),
        ("__version__ = '1'\n", "__version__ = '2'\n" + FUNCTION, "__version__ = '2'\n\ndef f(x):\n    pass"),
        (OLD_CLASS, NEW_CLASS, SET_BACK),
        (FUNCTION, FUNCTION + "async def g(x):\n    return await x\n", FUNCTION + "\nasync def g(x):\n    pass"),
        (FUNCTION, TURNED, None),
        (FUNCTION, "LIMIT = 7\n" + FUNCTION, None),
        ("LIMIT = 6\n" + FUNCTION, "LIMIT = 7\n" + TURNED, None),
        (FUNCTION, "LIMIT = 7\nprint(LIMIT)\n" + TURNED, None),
        ("print(1)\n" + FUNCTION, "LIMIT = 7\n" + TURNED, None),
        ("from b import g\n" + FUNCTION, "from c import g\nLIMIT = 7\n" + TURNED, None),
        (FUNCTION + "def g():\n    pass\n", "LIMIT = 7\n" + TURNED, None),
        (OLD_CLASS, NEW_CLASS.replace("class A:", "class A(B):"), None),
        (FUNCTION, "def f(", None),
    ],
    ids=[
        "a constant",
        "a class alone",
        "a class",
        "a second name",
        "a table",
        "a version",
        "a property",
        "a new function",
        "functions only",
        "a constant only",
        "a constant has another value",
        "a statement",
        "a statement is gone",
        "from elsewhere",
        "a function is gone",
        "a base class",
        "unreadable",
    ],
)
def test_functions_are_as_they_were_and_new_ones_do_nothing(old: str, new: str, left: str | None) -> None:
    assert hollowed(changed(old, new), ["assert f(1) == -1"]) == ({} if left is None else {"a.py": left})


SCRIPT = "const f = (x) => x;\nclass A {\n  g() { return 1; }\n}\nmodule.exports = { f, A };\n"


@pytest.mark.parametrize(
    ("new", "left"),
    [
        (SCRIPT.replace("=> x", "=> -x") + "const LIMIT = 7;\n", SCRIPT + "const LIMIT = 7;\n"),
        (SCRIPT + "function h(x) { return x; }\n", SCRIPT + "function h(x) {}\n"),
        (SCRIPT + "export const h = (x) => x;\n", SCRIPT + "export const h = (x) => {};\n"),
        (SCRIPT.replace("return 1", "return 2").replace("};", "h: 1 };"), None),
        (SCRIPT.replace(" g() { return 1; }", " g() { return 2; }\n  get h() { return 3; }"),
         SCRIPT.replace(" g() { return 1; }", " g() { return 1; }\n  get h() {}")),
        (SCRIPT.replace("=> x", "=> -x") + "f.limit();\n", None),
        ("const { g } = require('./c');\nconst LIMIT = 7;\n" + SCRIPT.replace("=> x", "=> -x"), None),
        (SCRIPT.replace("class A", "class A extends B"), None),
        (SCRIPT + "function (", None),
    ],
    ids=["constant", "function", "arrow", "functions only", "getter", "statement", "from elsewhere", "base", "no code"],
)  # fmt: skip
def test_so_are_those_in_javascript(new: str, left: str | None) -> None:
    old = SCRIPT if "require" not in new else "const { g } = require('./b');\n" + SCRIPT
    assert hollowed(changed(old, new, "a.js"), []) == ({} if left is None else {"a.js": left})


def test_where_tests_read_the_text_every_function_raises() -> None:
    found = hollowed(changed(FUNCTION + OLD_CLASS, "LIMIT = 7\n" + TURNED + OLD_CLASS), ["Path('a.py').read_text()"])
    assert found["a.py"].count(RAISES) == 2
    assert '"""Doc."""\n    raise' in found["a.py"]
    one_line = "LIMIT = 7\ndef f(x): return -x\n"
    assert hollowed(changed(FUNCTION, one_line), ["Path('a.py').read_text()"]) == {}


@pytest.mark.parametrize("new", [FUNCTION + "# ok\n", FUNCTION.replace("Doc.", "All of it.")])
def test_words_alone_are_no_change_but_where_they_were_promised(new: str) -> None:
    assert hollowed(changed(FUNCTION, new), []) == {"a.py": new.replace("    return", f"    {RAISES}\n    return")}
    assert hollowed(changed(FUNCTION, new), [], "Document f") == {}


def test_a_new_test_that_passes_without_what_changed_in_functions_does_not_demonstrate_the_change() -> None:
    base = {"a.py": FUNCTION, "tests/test_a.py": "from a import f\n"}
    head = {"a.py": "L = 7\n" + TURNED, "tests/test_a.py": "def test_new(): a.L\n"}
    told = outcomes(in_file("new:p"))
    answers: dict[str, Answer] = {"base": outcomes(in_file("x:p")), "head": told, "green": told}
    answers["crossed"] = outcomes(in_file("new:f"))
    for hollow, verdict in ((told, Verdict.UNPROVEN), (outcomes(in_file("new:f")), Verdict.UPHELD)):
        judgement, _ = play(CHECK, question(base, head), answers | {"hollow": hollow})
        assert judgement is not None
        assert judgement.verdict is verdict
        assert ("without what changed in the functions" in judgement.reason) == (verdict is Verdict.UNPROVEN)


# --- what is mended by its name, and left alone ----------------------------------------------------------------------
SHOP = "def total(cart):\n    return sum(cart)\n\n\ndef label(name):\n    return name\n"
LABEL = SHOP.replace("return name", "return name.title()")
SHOP_TEST = (
    "from shop import label, total\n\n\ndef test_old():\n    assert total([1]) == 1\n    assert label('A') == 'A'\n"
)
LABEL_TEST = "\n\ndef test_new():\n    assert label('b') == 'B'\n"
TOTAL_TEST = "\n\ndef test_green(monkeypatch):\n    monkeypatch.setattr('shop.total', lambda cart: 7)\n"
NICE_TEST = "\n\ndef test_new():\n    assert nice('b') == 'B'\n"
BOTH = "label() must capitalise. total() never counts the postage; fix it."
WRONG = "label() is wrong. It should capitalise."


@pytest.mark.parametrize(
    ("plan", "source", "telling", "more", "name"),
    [
        (BOTH, LABEL, LABEL_TEST, TOTAL_TEST, "total"),
        (BOTH, LABEL, LABEL_TEST, "", ""),
        (BOTH, LABEL.replace("sum(cart)", "sum(cart) + 1"), LABEL_TEST, TOTAL_TEST, ""),
        (BOTH, LABEL, LABEL_TEST.replace("label('b')", "label(total('b'))"), TOTAL_TEST, ""),
        (BOTH, LABEL, LABEL_TEST.replace("'b'", "postage()"), TOTAL_TEST + "\n\ndef postage():\n    total([])\n", ""),
        ("label() must capitalise, unlike total().", LABEL, LABEL_TEST, TOTAL_TEST, ""),
        ("label() must capitalise. total() stays as it is.", LABEL, LABEL_TEST, TOTAL_TEST, ""),
        ("label() must capitalise. Write tests for total(), too.", LABEL, LABEL_TEST, TOTAL_TEST, ""),
        ("label() must capitalise. prices() never fits.", LABEL, LABEL_TEST, "    # prices\n", ""),
        (WRONG, SHOP + "nice = label\n", NICE_TEST, "", "label"),
        (WRONG, SHOP + "def nice(name):\n    return label(name)\n", NICE_TEST, "", "label"),
        ("label() gets a second name, nice, as it should.", SHOP + "nice = label\n", NICE_TEST, "", ""),
        (WRONG, SHOP + "def nice(name):\n    return name.title()\n", NICE_TEST, "", ""),
    ],
    ids=[
        "replaced in a new test",
        "no test asks for it",
        "it changes",
        "a telling test asks for it",
        "a helper does",
        "beside another",
        "it stays",
        "tests alone",
        "there is no such thing",
        "by another name",
        "by another function",
        "another name was promised",
        "a function of its own",
    ],
)
def test_what_the_plan_mends_by_its_name_changes(plan: str, source: str, telling: str, more: str, name: str) -> None:
    base = {"shop.py": SHOP, "tests/test_a.py": SHOP_TEST}
    head = {"shop.py": source, "tests/test_a.py": SHOP_TEST + telling + more}
    said = PLAN.model_copy(update={"summary": plan, "steps": ()})
    assert untouched(question(base, head, plan=said), {"test_new": telling}, telling is NICE_TEST) == name


def test_a_double_of_what_should_be_mended_beside_another_fix_does_not_demonstrate_the_change() -> None:
    head = {"shop.py": LABEL, "tests/test_a.py": SHOP_TEST + LABEL_TEST + TOTAL_TEST}
    asked = question(
        {"shop.py": SHOP, "tests/test_a.py": SHOP_TEST}, head, plan=PLAN.model_copy(update={"summary": BOTH})
    )
    told, crossed = outcomes(in_file("old:p new:p green:p")), outcomes(in_file("old:p new:f green:p"))
    judgement, runs = play(CHECK, asked, {"base": outcomes(in_file("old:p")), "head": told, "crossed": crossed})
    assert judgement is not None
    assert (judgement.verdict, runs[-1]) == (Verdict.UNPROVEN, "crossed")
    assert judgement.reason.startswith("The plan mends `total`: the change leaves it as it was")
