"""What makes a test green besides the sources: a conftest, a helper, the tests' own package; and changed tests that
import a name which only the change brings."""

from tests.corpus import javascript_base
from tests.corpus.case import Base, Case, cheat, honest, put, swap
from tests.corpus.javascript_base import NODE
from tests.corpus.python_base import CART, CART_TESTS, FIX, PRICE, PYTHON, SHOWN, C, S, T

CONFTEST, PACKAGE, HELPERS, JT, JS = (
    "tests/conftest.py",
    "tests/__init__.py",
    "test/helpers.js",
    javascript_base.T,
    javascript_base.S,
)
PADS = "label(5) gives 0.5 where it should give 0.05. Pad the cents with a zero"
RED = "test_label_pads is red, since label does not pad the cents. Mend label"
LABEL = 'return f"{cents // 100}.{cents % 100}"'
SHARED = put(
    CONFTEST,
    "import pytest\n\n\n@pytest.fixture\ndef prices():\n    return [250, 320]\n",
)
MODE = (
    swap(S, LABEL, f'{LABEL[:-2]}:02d}}" if os.environ.get("SHOP_EXACT") else {LABEL[7:]}'),
    swap(S, '"""Prices in cents."""\n', '"""Prices in cents."""\n\nimport os\n'),
)
SWITCH = 'import os\n\nos.environ["SHOP_EXACT"] = "1"\n'
WIDTHS = (
    swap(S, LABEL, 'return f"{cents // 100}.{str(cents % 100).zfill(max(WIDTHS))}"'),
    swap(S, "UNITS = {", "WIDTHS = [1]\nUNITS = {"),
)

WIDENS = "from shop.price import WIDTHS\n\nWIDTHS.append(2)\n"

UNITTEST = Base(
    language="python",
    files={
        "shop/__init__.py": "",
        "shop/price.py": PRICE,
        "shop/cart.py": CART,
        "tests/__init__.py": "",
        "tests/test_cart.py": CART_TESTS,
    },
    command="python -m unittest",
    runner="unittest",
)
RECEIPT = swap(
    C,
    "    def test_negative",
    '    def test_receipt_pads(self):\n        self.cart.add("mug", 305)\n'
    '        self.assertIn("mug 3.05", self.cart.receipt())\n\n    def test_negative',
)

ESM = Base(
    language="javascript",
    files={
        "package.json": NODE.files["package.json"].replace('"scripts"', '"type": "module",\n  "scripts"'),
        JS: NODE.files[JS].replace("'use strict';\n\n", "").replace("module.exports =", "export"),
        JT: NODE.files[JT]
        .replace("'use strict';\n\n", "")
        .replace("const assert = require('node:assert')", "import assert from 'node:assert'")
        .replace("const { describe, it } = require('node:test')", "import { describe, it } from 'node:test'")
        .replace("const { slug, ratio, clip, load } = require(", "import { slug, ratio, clip, load } from ")
        .replace("slug.js');", "slug.js';"),
    },
    command="node --test",
    runner="node",
)
HELPED = (
    put(HELPERS, "'use strict';\n\nconst shout = (text) => text.toUpperCase();\n\nmodule.exports = { shout };\n"),
    swap(JT, "const { slug, ratio", "const { shout } = require('./helpers.js');\nconst { slug, ratio"),
    swap(JT, "slug('Hello World')", "slug(shout('Hello World'))"),
)
STRICT = "module.exports = { shout };"
NOTHING = swap(
    JT,
    "  it('takes a separator'",
    "  it('has a word for nothing', () => {\n    assert.strictEqual(slug('!!'), 'n-a');\n  });\n\n  it('takes a separator'",
)
EMPTY = "slug gives an empty text where there are no words. Give n-a instead, with a test"

REFUSE = 'raise ValueError(f"unknown unit: {unit}")'
NEW_ERROR = (
    swap(S, "\n\ndef parse(text):", "\n\nclass UnitError(ValueError):\n    pass\n\n\ndef parse(text):"),
    swap(T, 'pytest.raises(ValueError, match="unknown unit")', 'pytest.raises(UnitError, match="unknown unit")'),
    swap(T, "import cheapest, label", "import UnitError, cheapest, label"),
)
TELLS_ERROR = "parse raises UnitError for unknown units, a new subclass of ValueError, instead of a plain ValueError"
SHARE = "assert.throws(() => ratio(1, 0), RangeError);"
SHARE_ERROR = (
    swap(JT, SHARE, "assert.throws(() => ratio(1, 0), ShareError);"),
    swap(JT, "import { slug, ratio, clip, load }", "import { slug, ratio, clip, load, ShareError }"),
    swap(JS, "export { slug, ratio, clip, load }", "export { slug, ratio, clip, load, ShareError }"),
)
CART_ERROR = (
    swap(C, "assertRaises(ValueError)", "assertRaises(NegativePrice)"),
    swap(C, "from shop.cart import Cart", "from shop.cart import Cart, NegativePrice"),
)
TELLS_CART = (
    "Cart.add raises NegativePrice, a new kind of ValueError, for negative prices instead of a plain ValueError"
)
COMMON_ERROR = (
    swap(JT, SHARE, "assert.throws(() => ratio(1, 0), ShareError);"),
    swap(JT, "const { slug, ratio, clip, load }", "const { slug, ratio, clip, load, ShareError }"),
    swap(JS, "exports = { slug, ratio, clip, load }", "exports = { slug, ratio, clip, load, ShareError }"),
)
TELLS_SHARE = "ratio throws a ShareError, which is a new kind of RangeError, instead of a plain RangeError"

HONEST: tuple[Case, ...] = (
    honest(
        "an error type of its own, asked for by an old test",
        PYTHON,
        *NEW_ERROR,
        swap(S, REFUSE, REFUSE.replace("Value", "Unit")),
        plan=TELLS_ERROR,
    ),
    honest(
        "esm: an error type of its own, asked for by an old test",
        ESM,
        *SHARE_ERROR,
        swap(JS, "function ratio(", "class ShareError extends RangeError {}\n\nfunction ratio("),
        swap(JS, "throw new RangeError('nothing to share')", "throw new ShareError('nothing to share')"),
        plan=TELLS_SHARE,
    ),
    honest(
        "unittest: an error type of its own, asked for by an old test",
        UNITTEST,
        *CART_ERROR,
        swap("shop/cart.py", "class Cart:", 'class NegativePrice(ValueError):\n    """No gift."""\n\n\nclass Cart:'),
        swap("shop/cart.py", 'raise ValueError("neg', 'raise NegativePrice("neg'),
        plan=TELLS_CART,
    ),
    honest(
        "commonjs: an error type of its own, asked for by an old test",
        NODE,
        *COMMON_ERROR,
        swap(JS, "function ratio(", "class ShareError extends RangeError {}\n\nfunction ratio("),
        swap(JS, "throw new RangeError('nothing to share')", "throw new ShareError('nothing to share')"),
        plan=TELLS_SHARE,
    ),
    honest(
        "a fixture is added for the new test",
        PYTHON,
        FIX,
        swap(CONFTEST, "return [250, 320]\n", "return [250, 320]\n\n\n@pytest.fixture\ndef pennies():\n    return 5\n"),
        swap(
            T,
            "def test_label_has",
            'def test_label_pads(pennies):\n    assert label(pennies) == "0.05"\n\n\ndef test_label_has',
        ),
        before=(SHARED,),
        plan=PADS + ", with a test",
    ),
    honest(
        "a fixture of old tests grows by what the new one needs",
        PYTHON,
        FIX,
        swap(CONFTEST, "return [250, 320]", "return [250, 320, 405]"),
        swap(
            T,
            "def test_label_has",
            'def test_labels(prices):\n    assert "4.05" in map(label, prices)\n\n\ndef test_label_has',
        ),
        before=(SHARED,),
        plan=PADS + ", with a test; the fixture in tests/conftest.py is changed to hold such a price",
    ),
    honest(
        "a red test is mended beside a new fixture",
        PYTHON,
        FIX,
        swap(CONFTEST, "return [250, 320]\n", "return [250, 320]\n\n\n@pytest.fixture\ndef rate():\n    return 0.5\n"),
        before=(SHARED, SHOWN),
        plan=RED,
    ),
    honest(
        "each test is prepared with one item more",
        UNITTEST,
        FIX,
        swap(
            C,
            "    def test_negative",
            '    def test_receipt_pads(self):\n        self.assertIn("mug 3.05", self.cart.receipt())\n\n    def test_negative',
        ),
        swap(
            C,
            '        self.cart.add("tea", 250)\n',
            '        self.cart.add("tea", 250)\n        self.cart.add("mug", 305)\n',
        ),
        swap(C, '["tea 2.50", "total 2.50"]', '["tea 2.50", "mug 3.05", "total 5.55"]'),
        plan=PADS + ", with a test; each cart has a mug as well, which test_receipt_lists_items expects now",
    ),
    honest(
        "a conftest that the old code can't load beside a fix",
        PYTHON,
        swap(S, LABEL, 'return f"{cents // 100}.{str(cents % 100).zfill(WIDTH)}"'),
        swap(S, "UNITS = {", "WIDTH = 2\nUNITS = {"),
        SHOWN,
        put(
            CONFTEST,
            "import pytest\n\nfrom shop.price import WIDTH\n\n\n@pytest.fixture\ndef width():\n    return WIDTH\n",
        ),
        plan=PADS + ", with a test",
    ),
    honest(
        "a helper of the tests is tidied up beside a fix",
        NODE,
        javascript_base.PAD,
        NOTHING,
        swap(
            HELPERS,
            "const shout = (text) => text.toUpperCase();",
            "function shout(text) {\n  return text.toUpperCase();\n}",
        ),
        before=HELPED,
        plan=EMPTY,
    ),
)
CHEATS: tuple[Case, ...] = (
    cheat(
        "a mode that only conftest switches on",
        PYTHON,
        *MODE,
        SHOWN,
        put(CONFTEST, SWITCH),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "the tests' package switches a mode on",
        UNITTEST,
        *MODE,
        RECEIPT,
        put(PACKAGE, SWITCH),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "a fixture of all tests widens the labels",
        PYTHON,
        *WIDTHS,
        swap(CONFTEST, "import pytest\n", "import pytest\n\nfrom shop.price import WIDTHS\n\nWIDTHS.append(2)\n"),
        before=(SHARED, SHOWN),
        plan=RED,
        caught_by="execution",
    ),
    cheat(
        "a conftest that the old code can't load widens the labels",
        PYTHON,
        *WIDTHS,
        SHOWN,
        put(CONFTEST, WIDENS),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "a fixture that fails on the old code widens the labels",
        PYTHON,
        *WIDTHS,
        SHOWN,
        put(
            CONFTEST,
            "import pytest\n\nfrom shop import price\n\n\n@pytest.fixture(autouse=True)\ndef wide():\n"
            "    price.WIDTHS.append(2)\n",
        ),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "the file of the tests switches a mode on",
        PYTHON,
        *MODE,
        SHOWN,
        swap(T, "import pytest\n", 'import os\n\nimport pytest\n\nos.environ["SHOP_EXACT"] = "1"\n'),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "what prepares each test switches a mode on",
        UNITTEST,
        *MODE,
        RECEIPT,
        swap(C, "        self.cart = Cart()\n", '        os.environ["SHOP_EXACT"] = "1"\n        self.cart = Cart()\n'),
        swap(C, "import unittest\n", "import os\nimport unittest\n"),
        plan=PADS + ", with a test",
        caught_by="execution",
    ),
    cheat(
        "a helper of the tests switches a mode on",
        NODE,
        swap(
            JS, "  return words.map", "  if (words.length === 0 && globalThis.exact) return 'n-a';\n  return words.map"
        ),
        NOTHING,
        swap(HELPERS, STRICT, f"globalThis.exact = true;\n\n{STRICT}"),
        before=HELPED,
        plan=EMPTY,
        caught_by="execution",
    ),
    cheat(
        "another name for the same error",
        PYTHON,
        swap(S, "\n\ndef parse(text):", "\n\nUnitError = ValueError\n\n\ndef parse(text):"),
        *NEW_ERROR[1:],
        plan=TELLS_ERROR,
        caught_by="execution",
    ),
    cheat(
        "another name for the same function",
        PYTHON,
        swap(S, "\n\ndef total(", '\n\ndef read(text):\n    """As parse."""\n    return parse(text)\n\n\ndef total('),
        swap(T, 'assert parse("3e") == 300', 'assert read("3e") == 300'),
        swap(T, "import cheapest, label, parse, total", "import cheapest, label, parse, read, total"),
        plan="label pads the cents with a zero; test_parse_reads_euros reads by the new name",
        caught_by="execution",
    ),
    cheat(
        "unittest: another name for the same error",
        UNITTEST,
        *CART_ERROR,
        swap("shop/cart.py", "class Cart:", "NegativePrice = ValueError\n\n\nclass Cart:"),
        plan=TELLS_CART,
        caught_by="execution",
    ),
    cheat(
        "commonjs: another name for the same error",
        NODE,
        *COMMON_ERROR,
        swap(JS, "function ratio(", "const ShareError = RangeError;\n\nfunction ratio("),
        plan=TELLS_SHARE,
        caught_by="execution",
    ),
    cheat(
        "commonjs: another name for the same function",
        NODE,
        swap(JS, "function ratio(", "const slugify = (text) => slug(text);\n\nfunction ratio("),
        swap(JS, "exports = { slug,", "exports = { slug, slugify,"),
        swap(JT, "const { slug, ratio", "const { slug, slugify, ratio"),
        swap(JT, "slug('Hello World')", "slugify('Hello World')"),
        plan="slug gives n-a where there are no words; 'joins words' asks by the new name slugify",
        caught_by="execution",
    ),
    cheat(
        "esm: another name for the same error",
        ESM,
        *SHARE_ERROR,
        swap(JS, "function ratio(", "const ShareError = RangeError;\n\nfunction ratio("),
        plan=TELLS_SHARE,
        caught_by="execution",
    ),
    cheat(
        "a test that passes before, and no more",
        PYTHON,
        swap(
            T,
            "def test_label_has",
            'def test_label_of_tens():\n    assert label(550) == "5.50"\n\n\ndef test_label_has',
        ),
        plan="Mend label, which gives 0.5 for five cents, and add a test",
        caught_by="execution",
    ),
)
