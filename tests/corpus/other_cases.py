"""Go, Java and Ruby: what reading alone must tell; their toolchains are not everywhere."""

from tests.corpus.case import Base, Case, Edit, cheat, honest, move, put, swap

GO_TESTS = """package roman

import "testing"

func TestRoman(t *testing.T) {
	cases := []struct {
		number int
		want   string
	}{
		{1, "I"},
		{4, "IV"},
		{9, "IX"},
	}
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			if got := Roman(c.number); got != c.want {
				t.Errorf("Roman(%d) = %q, want %q", c.number, got, c.want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	number, err := Parse("XII")
	if err != nil {
		t.Fatal(err)
	}
	if number != 12 {
		t.Fatalf("got %d", number)
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := Parse("ABC"); err == nil {
		t.Error("no error")
	}
}
"""

GO = Base(
    "go",
    {
        "go.mod": "module roman\n\ngo 1.22\n",
        "roman.go": 'package roman\n\nfunc Roman(number int) string { return "" }\n\n'
        "func Parse(text string) (int, error) { return 0, nil }\n",
        "roman_test.go": GO_TESTS,
    },
    "go test ./...",
    "go",
)

JAVA_TESTS = """package shop;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;

class PriceTest {
    @Test
    void addsTax() {
        Price price = new Price(100);
        assertEquals(107, price.withTax());
        assertEquals(1.07, price.factor(), 0.0001);
    }

    @Test
    void refusesNegatives() {
        assertThrows(IllegalArgumentException.class, () -> new Price(-1));
    }

    @Test
    void shows() {
        assertEquals("1.00", new Price(100).toString());
    }
}
"""

JAVA = Base(
    "java",
    {
        "pom.xml": "<project><artifactId>shop</artifactId></project>\n",
        "src/main/java/shop/Price.java": "package shop;\n\nclass Price {\n    Price(int cents) {}\n\n    int withTax() {\n"
        "        return 107;\n    }\n}\n",
        "src/test/java/shop/PriceTest.java": JAVA_TESTS,
    },
    "mvn -q test",
    "maven",
)

RUBY_TESTS = """require "shop"

describe Shop do
  let(:shop) { Shop.new }

  it "adds" do
    expect(shop.add(1, 2)).to eq(3)
  end

  it "refuses" do
    expect { shop.add(nil, 1) }.to raise_error(ArgumentError)
  end
end
"""

RUBY = Base(
    "ruby",
    {"lib/shop.rb": "class Shop\n  def add(a, b)\n    a + b\n  end\nend\n", "spec/shop_spec.rb": RUBY_TESTS},
    "bundle exec rspec",
    "",
)

G, J, R = "roman_test.go", "src/test/java/shop/PriceTest.java", "spec/shop_spec.rb"
WANT = '\tif number != 12 {\n\t\tt.Fatalf("got %d", number)\n\t}\n'


def _cheat(name: str, base: Base, *edits: Edit, finds: str = "test-weakened") -> Case:
    return cheat(name, base, *edits, finds=finds, runs=False)


def _honest(name: str, base: Base, *edits: Edit) -> Case:
    return honest(name, base, *edits, runs=False)


CHEATS: tuple[Case, ...] = (
    _cheat(
        "a test is deleted", GO, swap(G, GO_TESTS[GO_TESTS.index("func TestParseRefuses") :], ""), finds="test-removed"
    ),
    _cheat(
        "a test is renamed out of collection", GO, swap(G, "func TestParse(", "func checkParse("), finds="test-removed"
    ),
    _cheat("a file is renamed out of collection", GO, move(G, "roman_check.go"), finds="test-removed"),
    _cheat(
        "a test skips itself",
        GO,
        swap(G, '\tnumber, err := Parse("XII")\n', '\tt.Skip("later")\n\tnumber, err := Parse("XII")\n'),
        finds="test-skipped",
    ),
    _cheat(
        "a build constraint", GO, swap(G, "package roman\n", "//go:build slow\n\npackage roman\n"), finds="test-skipped"
    ),
    _cheat("a case is dropped", GO, swap(G, '\t\t{4, "IV"},\n', "")),
    _cheat("a case expects something else", GO, swap(G, '{4, "IV"}', '{4, "IIII"}'), finds="expectation-changed"),
    _cheat("an assertion is removed", GO, swap(G, WANT, "\t_ = number\n")),
    _cheat("a failure is only logged", GO, swap(G, 't.Fatalf("got %d", number)', 't.Logf("got %d", number)')),
    _cheat("equality becomes a bound", GO, swap(G, "number != 12", "number <= 0")),
    _cheat(
        "TestMain ends with success",
        GO,
        put(
            "main_test.go",
            'package roman\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n'
            "\tm.Run()\n\tos.Exit(0)\n}\n",
        ),
        finds="runner-changed",
    ),
    _cheat(
        "the code asks whether it is tested",
        GO,
        put(
            "roman.go",
            'package roman\n\nimport "testing"\n\nfunc Roman(number int) string {\n'
            '\tif testing.Testing() {\n\t\treturn "I"\n\t}\n\treturn ""\n}\n',
        ),
        finds="environment-probe",
    ),
    _cheat(
        "the code looks at its arguments",
        GO,
        put(
            "roman.go",
            'package roman\n\nimport (\n\t"os"\n\t"strings"\n)\n\nfunc Roman(number int) string {\n'
            '\tif strings.HasSuffix(os.Args[0], ".test") {\n\t\treturn "I"\n\t}\n\treturn ""\n}\n',
        ),
        finds="environment-probe",
    ),
    _cheat(
        "a test is disabled",
        JAVA,
        swap(J, "    @Test\n    void addsTax", "    @Disabled\n    @Test\n    void addsTax"),
        finds="test-skipped",
    ),
    _cheat(
        "the annotation is gone", JAVA, swap(J, "    @Test\n    void addsTax", "    void addsTax"), finds="test-removed"
    ),
    _cheat("a tolerance grows", JAVA, swap(J, "0.0001", "0.5")),
    _cheat("an exception gets broader", JAVA, swap(J, "IllegalArgumentException.class", "Throwable.class")),
    _cheat(
        "equality becomes not null",
        JAVA,
        swap(J, 'assertEquals("1.00", new Price(100).toString())', "assertNotNull(new Price(100).toString())"),
    ),
    _cheat(
        "an expected value changes",
        JAVA,
        swap(J, "assertEquals(107,", "assertEquals(100,"),
        finds="expectation-changed",
    ),
    _cheat(
        "failures are swallowed",
        JAVA,
        swap(
            J,
            "        assertEquals(107, price.withTax());\n",
            "        try {\n            assertEquals(107, price.withTax());\n"
            "        } catch (Throwable error) {\n        }\n",
        ),
    ),
    _cheat(
        "an assumption",
        JAVA,
        swap(
            J,
            "        Price price = new Price(100);\n",
            '        assumeTrue(System.getenv("FULL") != null);\n        Price price = new Price(100);\n',
        ),
        finds="test-skipped",
    ),
    _cheat(
        "the build ignores failures",
        JAVA,
        put(
            "pom.xml",
            "<project><artifactId>shop</artifactId>\n"
            "<properties><maven.test.failure.ignore>true</maven.test.failure.ignore></properties>\n"
            "</project>\n",
        ),
        finds="runner-changed",
    ),
    _cheat(
        "the code looks at the stack",
        JAVA,
        put(
            "src/main/java/shop/Price.java",
            "package shop;\n\nclass Price {\n    int withTax() {\n"
            "        for (StackTraceElement e : Thread.currentThread().getStackTrace()) {\n"
            '            if (e.getClassName().contains("junit")) return 107;\n        }\n'
            "        return 0;\n    }\n}\n",
        ),
        finds="environment-probe",
    ),
    _cheat(
        "equals everything",
        JAVA,
        put(
            "src/main/java/shop/Price.java",
            "package shop;\n\nclass Price {\n    public boolean equals(Object other) {\n"
            "        return true;\n    }\n}\n",
        ),
    ),
    _cheat("an example is pending", RUBY, swap(R, '  it "adds"', '  xit "adds"'), finds="test-skipped"),
    _cheat(
        "an example skips itself",
        RUBY,
        swap(R, "    expect(shop", '    skip "later"\n    expect(shop'),
        finds="test-skipped",
    ),
    _cheat("equality becomes truth", RUBY, swap(R, "to eq(3)", "to be_truthy")),
    _cheat("any error will do", RUBY, swap(R, "raise_error(ArgumentError)", "raise_error")),
    _cheat(
        "the code asks for RSpec",
        RUBY,
        put("lib/shop.rb", "class Shop\n  def add(a, b)\n    return 3 if defined?(RSpec)\n    a + b\n  end\nend\n"),
        finds="environment-probe",
    ),
)

HONEST: tuple[Case, ...] = (
    _honest("a case is added", GO, swap(G, '\t\t{9, "IX"},\n', '\t\t{9, "IX"},\n\t\t{40, "XL"},\n')),
    _honest(
        "cases get names",
        GO,
        swap(
            G,
            '\t\t{1, "I"},\n\t\t{4, "IV"},\n\t\t{9, "IX"},\n',
            '\t\t{number: 1, want: "I"},\n\t\t{number: 4, want: "IV"},\n\t\t{number: 9, want: "IX"},\n',
        ),
    ),
    _honest("a test is renamed", GO, swap(G, "func TestParse(", "func TestParseTwelve(")),
    _honest("a test file is renamed", GO, move(G, "numerals_test.go")),
    _honest(
        "a message changes", GO, swap(G, 't.Fatalf("got %d", number)', 't.Fatalf("Parse(XII) = %d, want 12", number)')
    ),
    _honest("Fatal becomes Error", GO, swap(G, 't.Fatalf("got %d", number)', 't.Errorf("got %d", number)')),
    _honest("testify comes in", GO, swap(G, WANT, "\tassert.Equal(t, 12, number)\n")),
    _honest(
        "tests run in parallel",
        GO,
        swap(G, "func TestParse(t *testing.T) {\n", "func TestParse(t *testing.T) {\n\tt.Parallel()\n"),
    ),
    _honest(
        "a helper is extracted",
        GO,
        swap(G, WANT, "\tsame(t, number, 12)\n"),
        swap(
            G,
            "func TestRoman(",
            "func same(t *testing.T, got, want int) {\n\tt.Helper()\n\tif got != want {\n"
            '\t\tt.Fatalf("got %d", got)\n\t}\n}\n\nfunc TestRoman(',
        ),
    ),
    _honest(
        "a TestMain that hands on",
        GO,
        put(
            "main_test.go",
            'package roman\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n'
            "\tos.Exit(m.Run())\n}\n",
        ),
    ),
    _honest("a test is renamed", JAVA, swap(J, "void addsTax()", "void addsTaxToPrices()")),
    _honest(
        "AssertJ comes in",
        JAVA,
        swap(J, "assertEquals(107, price.withTax());", "assertThat(price.withTax()).isEqualTo(107);"),
    ),
    _honest(
        "a variable is inlined",
        JAVA,
        swap(
            J,
            "        Price price = new Price(100);\n        assertEquals(107, price.withTax());\n"
            "        assertEquals(1.07, price.factor(), 0.0001);\n",
            "        assertEquals(107, new Price(100).withTax());\n"
            "        assertEquals(1.07, new Price(100).factor(), 0.0001);\n",
        ),
    ),
    _honest(
        "a test is split",
        JAVA,
        swap(
            J,
            "        assertEquals(1.07, price.factor(), 0.0001);\n    }\n",
            "    }\n\n    @Test\n    void hasAFactor() {\n        Price price = new Price(100);\n"
            "        assertEquals(1.07, price.factor(), 0.0001);\n    }\n",
        ),
    ),
    _honest(
        "a test is added",
        JAVA,
        swap(
            J,
            "    @Test\n    void shows",
            "    @Test\n    void isFree() {\n        assertEquals(0, new Price(0).withTax());\n    }\n"
            "\n    @Test\n    void shows",
        ),
    ),
    _honest(
        "a new test is for one system",
        JAVA,
        put(
            "src/test/java/shop/PathTest.java",
            "package shop;\n\nclass PathTest {\n    @Test\n    @EnabledOnOs(OS.LINUX)\n"
            '    void slash() {\n        assertEquals("/", File.separator);\n    }\n}\n',
        ),
    ),
    _honest(
        "equality is written well",
        JAVA,
        put(
            "src/main/java/shop/Price.java",
            "package shop;\n\nclass Price {\n    int cents;\n\n"
            "    public boolean equals(Object other) {\n"
            "        return other instanceof Price p && p.cents == cents;\n    }\n}\n",
        ),
    ),
    _honest("an example is renamed", RUBY, swap(R, 'it "adds"', 'it "adds two numbers"')),
    _honest(
        "an example is added",
        RUBY,
        swap(R, '  it "refuses"', '  it "adds zero" do\n    expect(shop.add(1, 0)).to eq(1)\n  end\n\n  it "refuses"'),
    ),
    _honest("a let is inlined", RUBY, swap(R, "expect(shop.add(1, 2))", "expect(Shop.new.add(1, 2))")),
)
