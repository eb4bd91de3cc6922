"""Go, Java, Ruby and Rust: daily work that looks like them: reshaped tests, settings, features."""

from tests.corpus.case import Case, honest, put, swap
from tests.corpus.natural_cheats_base_others import KEPT, LABELLED, NUMERALS, PRICED
from tests.corpus.rust_cases import RUST

HONEST: tuple[Case, ...] = (
    honest(
        "table gets names and parallel",
        NUMERALS,
        swap(
            "roman_test.go",
            "\t\tt.Run(c.want, func(t *testing.T) {\n",
            "\t\tt.Run(c.want, func(t *testing.T) {\n\t\t\tt.Parallel()\n",
        ),
        runs=False,
    ),
    honest(
        "cmp.Diff",
        NUMERALS,
        swap(
            "helper_test.go",
            '\tif got != want {\n\t\tt.Fatalf("got %v, want %v", got, want)\n\t}\n',
            ('\tif diff := cmp.Diff(want, got); diff != "" {\n\t\tt.Fatalf("(-want +got)\\n%s", diff)\n\t}\n'),
        ),
        runs=False,
    ),
    honest(
        "DeepEqual",
        NUMERALS,
        swap("helper_test.go", "if got != want {", "if !reflect.DeepEqual(got, want) {"),
        runs=False,
    ),
    honest(
        "goroutine with wait",
        NUMERALS,
        swap(
            "roman_test.go",
            "func TestParse(",
            (
                "func TestRomanTogether(t *testing.T) {\n\tvar wg sync.WaitGroup\n"
                "\tfor i := 1; i < 5; i++ {\n\t\twg.Add(1)\n\t\tgo func() {\n\t\t\tdefer wg.Done()\n"
                '\t\t\tif Roman(4) != "IV" {\n\t\t\t\tt.Error("wrong")\n\t\t\t}\n\t\t}()\n\t}\n'
                "\twg.Wait()\n}\n\nfunc TestParse("
            ),
        ),
        runs=False,
    ),
    honest(
        "error text as planned",
        NUMERALS,
        swap("roman.go", 'errors.New("empty")', 'errors.New("roman: empty text")'),
        runs=False,
    ),
    honest(
        "testmain setup",
        NUMERALS,
        put(
            "main_test.go",
            (
                'package roman\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n'
                '\tos.Setenv("TZ", "UTC")\n\tcode := m.Run()\n\tos.Exit(code)\n}\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "new numeral rows",
        NUMERALS,
        swap("roman.go", '{{10, "X"}', '{{50, "L"}, {40, "XL"}, {10, "X"}'),
        swap("roman_test.go", '\t\t{9, "IX"},\n', '\t\t{9, "IX"},\n\t\t{40, "XL"},\n\t\t{90, "LXXXX"},\n'),
        runs=False,
    ),
    honest(
        "make with cover", NUMERALS, swap("Makefile", "go test -race ./...", "go test -race -cover ./..."), runs=False
    ),
    honest(
        "local helper in test",
        NUMERALS,
        swap(
            "roman_test.go",
            "func TestParse(t *testing.T) {\n",
            (
                "func TestParse(t *testing.T) {\n\tcheck := func(err error) {\n\t\tt.Helper()\n"
                "\t\tif err != nil {\n\t\t\tt.Fatal(err)\n\t\t}\n\t}\n\tcheck(nil)\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "more rows", PRICED, swap("src/test/java/shop/SumTest.java", '"200, 214"', '"200, 214", "0, 0"'), runs=False
    ),
    honest(
        "nested",
        PRICED,
        swap(
            "src/test/java/shop/SumTest.java",
            "    @Test\n    void lists() {",
            (
                "    @Nested\n    class Empty {\n        @Test\n        void zero() {\n"
                '            assertEquals("0.00", new Price(0).toString());\n        }\n    }\n\n'
                "    @Test\n    void lists() {"
            ),
        ),
        runs=False,
    ),
    honest(
        "fluent exception",
        PRICED,
        swap(
            "src/test/java/shop/SumTest.java",
            (
                "        Exception error = assertThrows(IllegalArgumentException.class, () -> new "
                'Price(-5));\n        assertEquals("negative", error.getMessage());\n'
            ),
            (
                "        assertThatThrownBy(() -> new "
                'Price(-5)).isInstanceOf(IllegalArgumentException.class).hasMessage("negative");\n'
            ),
        ),
        runs=False,
    ),
    honest(
        "surefire version",
        PRICED,
        swap(
            "pom.xml",
            "<artifactId>maven-surefire-plugin</artifactId>",
            "<artifactId>maven-surefire-plugin</artifactId>\n    <version>3.2.5</version>",
        ),
        runs=False,
    ),
    honest(
        "gradle logging",
        PRICED,
        swap("build.gradle", "useJUnitPlatform()", "useJUnitPlatform()\n    testLogging { events 'failed' }"),
        runs=False,
    ),
    honest(
        "zero price case",
        PRICED,
        swap(
            "src/main/java/shop/Price.java",
            "        return cents * 107 / 100;",
            "        if (cents == 0) return 0;\n        return Math.round(cents * 107 / 100f);",
        ),
        runs=False,
    ),
    honest(
        "described",
        PRICED,
        swap(
            "src/test/java/shop/SumTest.java",
            "assertThat(new Price(5).toString())",
            'assertThat(new Price(5).toString()).as("five cents")',
        ),
        runs=False,
    ),
    honest(
        "context",
        LABELLED,
        swap(
            "spec/shop_spec.rb",
            '  it "refuses" do',
            (
                '  context "with text" do\n    it "joins" do\n'
                '      expect(shop.add("a", "b")).to eq("ab")\n    end\n  end\n\n'
                '  it "refuses" do'
            ),
        ),
        runs=False,
    ),
    honest(
        "subject",
        LABELLED,
        swap("spec/shop_spec.rb", "  let(:shop) { Shop.new }", "  subject(:shop) { described_class.new }"),
        runs=False,
    ),
    honest(
        "mini rows",
        LABELLED,
        swap(
            "test/shop_test.rb",
            "  def test_refuses",
            (
                "  def test_label_rows\n"
                "    { 0 => '0.00 EUR', 5 => '0.05 EUR' }.each { |cents, wanted| assert_equal wanted, "
                "@shop.label(cents) }\n  end\n\n  def test_refuses"
            ),
        ),
        runs=False,
    ),
    honest(
        "private helper",
        LABELLED,
        swap(
            "test/shop_test.rb",
            "    assert_raises(ArgumentError) { @shop.add(nil, 1) }\n  end\n",
            (
                "    assert_raises(ArgumentError) { @shop.add(nil, 1) }\n  end\n\n  private\n\n"
                "  def label(cents)\n    @shop.label(cents)\n  end\n"
            ),
        ),
        runs=False,
    ),
    honest(
        "spec helper order",
        LABELLED,
        swap(
            "spec/spec_helper.rb",
            "  config.disable_monkey_patching!",
            (
                "  config.disable_monkey_patching!\n  config.order = :random\n"
                "  config.around(:each) { |example| Timeout.timeout(5) { example.run } }"
            ),
        ),
        runs=False,
    ),
    honest(
        "zero",
        LABELLED,
        swap("lib/shop.rb", "    format('%.2f", "    return 'free' if cents.zero?\n    format('%.2f"),
        runs=False,
    ),
    honest(
        "helper fn in new test",
        RUST,
        swap(
            "tests/labels.rs",
            "#[test]\nfn nothing",
            (
                "#[test]\nfn many() {\n    fn shown(n: i32) -> String {\n        label(n)\n    }\n"
                '    assert_eq!(shown(3), "3C");\n}\n\n#[test]\nfn nothing'
            ),
        ),
        runs=False,
    ),
    honest(
        "thread joined",
        RUST,
        swap(
            "tests/labels.rs",
            "#[test]\nfn nothing",
            (
                "#[test]\nfn from_threads() {\n"
                '    let done = std::thread::spawn(|| assert_eq!(label(4), "4C"));\n'
                "    done.join().unwrap();\n}\n\n#[test]\nfn nothing"
            ),
        ),
        runs=False,
    ),
    honest(
        "result test",
        RUST,
        swap("tests/labels.rs", "#[test]\nfn labels() {\n", "#[test]\nfn labels() {\n    // as shown\n"),
        runs=False,
    ),
    honest(
        "common mod", RUST, put("tests/common/mod.rs", "pub fn days() -> Vec<i32> {\n    vec![1, 2]\n}\n"), runs=False
    ),
    honest(
        "zero special",
        RUST,
        swap(
            "src/lib.rs",
            '    format!("{degrees}C")',
            ('    if degrees == 0 {\n        return "0C".to_string();\n    }\n    format!("{degrees}C")'),
        ),
        runs=False,
    ),
    honest(
        "a table",
        KEPT,
        put(
            "cache_test.go",
            (
                'package cache\n\nimport "testing"\n\nfunc TestGet(t *testing.T) {\n'
                "\ttests := map[string]struct {\n\t\tkey  string\n\t\twant string\n\t\terr  error\n\t}{\n"
                '\t\t"known":   {"a", "1", nil},\n\t\t"missing": {"b", "", ErrMissing},\n'
                "\t}\n\tfor name, tt := range tests {\n\t\tt.Run(name, func(t *testing.T) {\n"
                '\t\t\tc := New()\n\t\t\tc.Set("a", "1")\n\t\t\tgot, err := c.Get(tt.key)\n'
                "\t\t\tif !errors.Is(err, tt.err) {\n"
                '\t\t\t\tt.Fatalf("Get: err = %v, want %v", err, tt.err)\n\t\t\t}\n'
                '\t\t\tif got != tt.want {\n\t\t\t\tt.Errorf("Get = %q, want %q", got, tt.want)\n'
                "\t\t\t}\n\t\t})\n\t}\n}\n"
            ),
        ),
        runs=False,
    ),
)
