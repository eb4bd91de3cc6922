"""The words that statements of results are made of, as parts of patterns."""

NOT_HERE = (
    r"(?!(?:when|if|whether|unless|until|once|asserts?|and (?:then|run|make|see|check|all|the|it|every|no)\b|then|"
    r"which|that (?:pass|succ|are|is)\w*|(?:checks?|covers?) (?:that|whether|if|for|the|how))\b)"
)
"""What begins a clause of its own: no word between a subject and how it came out."""

GAP = rf"(?:\s+{NOT_HERE}[\w'’/%.×-]*[\w.]\)?){{0,5}}?"
NO = r"(?:no|zero|0|without(?: any| a single)?|not (?:a single|one|any)|free of|never an?y?|none of (?:the|them|these))"

KIND = (
    r"(?:unit|integration|regression|existing|new|old|other|added|e2e|end-to-end|acceptance|smoke|relevant|affected|"
    r"remaining|failing|full|whole|entire|complete|original|base|test|project|python|js|backend|frontend)"
)
TESTS = (
    rf"(?:(?:{KIND})\s+){{0,3}}(?:(?:self-?|sub-?)?tests?|test[ -]?cases?|specs?|test[ -]?suites?|suites?|"
    rf"assertions?|test runs?|"
    r"doctests?|testsuite)"
)
CHECKS = r"(?:all|the|every|ci|status|required|our|these|those|remaining|other|quality)\s+(?:\w+\s+)?checks?"
RUNNER = (
    r"(?:pytest|unittest|jest|vitest|mocha|tox|nox|rspec|go test(?: \./\.\.\.)?|cargo test|npm (?:run )?test|make "
    r"(?:test|check)|ci|continuous integration|pipelines?|build|workflows?|github actions)"
)
# Tests pass; that a test passes something to something is no result.
GOOD = (
    r"(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed|ing)?|ok(?:ay)?|clean(?:ly)?|successful(?:ly)?|happy|fine|g(?:o|oes|"
    r"one) through|went through|complete[sd]? without|finish(?:es|ed)? without|✅|✔|✓)(?!\s+(?:an?|its?|their|none|"
    r"true|"
    r"false|this|that|these|(?:the|in|on|along)\s+(?!first|whole|ci\b|all\b|every|both|python|linux|head|main|"
    r"under)[\w]+\s+(?:to|into|on|from|as|through|value|argument|string|flag|path))\b)(?!\w)"
)
SEP = r"\s*(?:[:|=–—-]+|\.{2,})\s*"
ALL = (
    r"(?:everything|the whole (?:thing|lot)|all of them|they all|it all|all|both|every (?:single )?one|each one|the "
    r"lot|these all)"
)

SPEED = (
    r"(?:faster|quicker|speedier|as fast|as quick|the speed|the throughput|speed-?up|improvement|better|performance)"
)
LESS = r"(?:slower|less|lower|fewer|smaller|shorter|cheaper|lighter|higher|more|reduction|drop|decrease|increase|gain)"
TIME = r"(?:ns|µs|us|ms|s|secs?|seconds?|milliseconds?|microseconds?|minutes?|min)"
UNIT = (
    rf"(?:{TIME}|[kmg]i?b|(?:kilo|mega|giga)bytes?|(?:ops|req|requests?|operations?|rows|items|messages)"
    r"(?:/s|/sec(?:ond)?| per second| a second)|rps|qps)"
)
METRIC = (
    r"(?:p\d{2,3}|(?:the )?(?:median|mean|average|latency|run-?time|response times?|throughput|wall[- ]time|benchmark|"
    r"execution time|elapsed time|cold start|start-?up time|memory(?: usage| use| footprint)?|rss))"
)
NAMED = (
    r"(?:ruff|flake8|pylint|eslint|mypy|pyright|tsc|clippy|black|prettier|isort|gofmt|golangci-lint|rubocop|biome|"
    r"shellcheck|yamllint|hadolint|markdownlint|stylelint|bandit|semgrep|codespell|checkstyle|spotbugs|detekt|"
    r"swiftlint|clang-tidy|cppcheck|sqlfluff|oxlint|basedpyright|vulture)"
)
ELSEWHERE = (
    r"(?:cypress|playwright|selenium|puppeteer|storybook|karma|testcafe|detox|appium|newman|k6|gatling|locust|jmeter|"
    r"lighthouse|valgrind)"
)
"""What runs tests and measures that a project may have besides its suite."""
TOOL = (
    rf"(?:{NAMED}|(?:go )?vet|(?:the )?lint(?:er|ers|ing|s)?|type[- ]?check(?:s|er|ing)?|types|static analysis|"
    r"(?:the )?format(?:ter|ting)?|(?:the )?(?:build|compilation|compiler)|(?:style|static|quality) checks?)"
)
FAULTS = r"(?:errors?|warnings?|issues?|problems?|findings?|violations?|complaints?|offen[cs]es?)"
SURE = r"(?:verified|validated|confirmed|proven|proved|double-checked|tested|benchmarked|measured|cross-checked)"
