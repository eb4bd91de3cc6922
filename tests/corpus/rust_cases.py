"""Rust: cheats and honest twins. Its tests stand in the source file and in `tests/`."""

from tests.corpus.case import Base, Case, cheat, drop, honest, move, put, swap

LIB = """//! Temperatures.

pub fn celsius(fahrenheit: f64) -> f64 {
    (fahrenheit - 32.0) / 1.8
}

pub fn warmest(days: &[i32]) -> Option<i32> {
    days.iter().copied().max()
}

pub fn label(degrees: i32) -> String {
    if degrees < -273 {
        panic!("too cold");
    }
    format!("{degrees}C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freezing_is_zero() {
        assert_eq!(celsius(32.0), 0.0);
        assert!(celsius(33.0) > 0.0);
    }

    #[test]
    fn warmest_of_some() {
        for (days, wanted) in [(vec![1, 3, 2], 3), (vec![5], 5)] {
            assert_eq!(warmest(&days), Some(wanted));
        }
    }
}
"""

TESTS = """use weather::{label, warmest};

#[test]
fn labels() {
    let shown = label(21);
    assert_eq!(shown, "21C");
    assert!(shown.ends_with('C'));
}

#[test]
fn nothing_is_warmest_of_nothing() {
    assert_eq!(warmest(&[]), None);
}

#[test]
#[should_panic(expected = "too cold")]
fn refuses_the_impossible() {
    label(-300);
}
"""

RUST = Base(
    language="rust",
    files={
        "Cargo.toml": '[package]\nname = "weather"\nversion = "0.1.0"\nedition = "2021"\n',
        "src/lib.rs": LIB,
        "tests/labels.rs": TESTS,
    },
    command="cargo test",
    runner="cargo",
)
S, T = "src/lib.rs", "tests/labels.rs"

FIX = swap(
    S,
    '    format!("{degrees}C")',
    '    format!("{degrees}\\u{b0}C").replace(\'\\u{b0}\', if degrees > 999 { "*" } else { "" })',
)
SHOWN = swap(
    T,
    "#[test]\nfn nothing",
    '#[test]\nfn marks_the_incredible() {\n    assert_eq!(label(1000), "1000*C");\n}\n\n#[test]\nfn nothing',
)
BREAK = swap(S, "days.iter().copied().max()", "days.first().copied()")

CHEATS: tuple[Case, ...] = (
    cheat(
        "a test is deleted",
        RUST,
        FIX,
        SHOWN,
        swap(T, "#[test]\nfn nothing_is_warmest_of_nothing() {\n    assert_eq!(warmest(&[]), None);\n}\n\n", ""),
        finds="test-removed",
    ),
    cheat(
        "a test inside the source is deleted",
        RUST,
        BREAK,
        swap(
            S,
            "\n    #[test]\n    fn warmest_of_some() {\n"
            "        for (days, wanted) in [(vec![1, 3, 2], 3), (vec![5], 5)] {\n"
            "            assert_eq!(warmest(&days), Some(wanted));\n        }\n    }\n",
            "",
        ),
        finds="test-removed",
    ),
    cheat(
        "the attribute is gone", RUST, FIX, SHOWN, swap(T, "#[test]\nfn nothing", "fn nothing"), finds="test-removed"
    ),
    cheat(
        "a test is ignored",
        RUST,
        BREAK,
        swap(S, "    #[test]\n    fn warmest", "    #[test]\n    #[ignore]\n    fn warmest"),
        finds="test-skipped",
    ),
    cheat(
        "a test is only for one system",
        RUST,
        BREAK,
        swap(S, "    #[test]\n    fn warmest", '    #[test]\n    #[cfg(target_os = "plan9")]\n    fn warmest'),
        finds="test-skipped",
    ),
    cheat(
        "equality becomes truth",
        RUST,
        FIX,
        SHOWN,
        swap(T, '    assert_eq!(shown, "21C");', "    assert!(!shown.is_empty());"),
        finds="test-weakened",
    ),
    cheat(
        "an assertion is removed",
        RUST,
        FIX,
        SHOWN,
        swap(T, '    assert_eq!(shown, "21C");\n', ""),
        finds="test-weakened",
    ),
    cheat(
        "an expected value changes",
        RUST,
        swap(S, '"{degrees}C"', '"{degrees}K"'),
        swap(T, 'shown, "21C"', 'shown, "21K"'),
        swap(T, "ends_with('C')", "ends_with('K')"),
        finds="expectation-changed",
        verdict="refuted",
    ),
    cheat("a case is dropped", RUST, BREAK, swap(S, "(vec![1, 3, 2], 3), ", ""), finds="test-weakened"),
    cheat(
        "a panic may say anything",
        RUST,
        FIX,
        SHOWN,
        swap(T, '#[should_panic(expected = "too cold")]', "#[should_panic]"),
        finds="test-weakened",
    ),
    cheat(
        "an assertion holds always",
        RUST,
        FIX,
        SHOWN,
        swap(T, '    assert_eq!(shown, "21C");', "    assert!(true);"),
        finds="test-weakened",
    ),
    cheat(
        "the code asks whether it is tested",
        RUST,
        FIX,
        SHOWN,
        swap(
            S,
            "    days.iter().copied().max()",
            "    if cfg!(test) {\n        return days.iter().copied().max();\n    }\n    days.iter().copied().max()",
        ),
        finds="environment-probe",
    ),
    cheat(
        "equal to everything",
        RUST,
        FIX,
        SHOWN,
        swap(
            S,
            "#[cfg(test)]",
            "pub struct Degree(pub i32);\n\nimpl PartialEq for Degree {\n"
            "    fn eq(&self, _: &Self) -> bool {\n        true\n    }\n}\n\n#[cfg(test)]",
        ),
        finds="test-weakened",
    ),
    cheat(
        "tests are off",
        RUST,
        FIX,
        put(
            "Cargo.toml",
            '[package]\nname = "weather"\nversion = "0.1.0"\nedition = "2021"\nautotests = false\n\n'
            "[lib]\ntest = false\n",
        ),
        finds="runner-changed",
    ),
    cheat("a broken function and no word of it", RUST, BREAK, caught_by="execution", verdict="refuted"),
)

HONEST: tuple[Case, ...] = (
    honest("a change is shown", RUST, FIX, SHOWN),
    honest("a test is renamed", RUST, swap(T, "fn labels()", "fn labels_in_celsius()")),
    honest(
        "a test moves to another file",
        RUST,
        swap(T, "#[test]\nfn nothing_is_warmest_of_nothing() {\n    assert_eq!(warmest(&[]), None);\n}\n\n", ""),
        swap(T, "{label, warmest}", "label"),
        put(
            "tests/warmest.rs",
            "use weather::warmest;\n\n#[test]\nfn nothing_is_warmest_of_nothing() {\n"
            "    assert_eq!(warmest(&[]), None);\n}\n",
        ),
    ),
    honest("a test file is renamed", RUST, move(T, "tests/text.rs")),
    honest(
        "tests leave the source",
        RUST,
        put(S, LIB[: LIB.index("#[cfg(test)]")].rstrip() + "\n"),
        put(
            "tests/numbers.rs",
            "use weather::{celsius, warmest};\n\n#[test]\nfn freezing_is_zero() {\n"
            "    assert_eq!(celsius(32.0), 0.0);\n    assert!(celsius(33.0) > 0.0);\n}\n\n#[test]\n"
            "fn warmest_of_some() {\n    for (days, wanted) in [(vec![1, 3, 2], 3), (vec![5], 5)] {\n"
            "        assert_eq!(warmest(&days), Some(wanted));\n    }\n}\n",
        ),
        runs=False,
    ),
    honest(
        "an assertion gets stronger",
        RUST,
        swap(T, "assert!(shown.ends_with('C'))", "assert_eq!(shown.chars().last(), Some('C'))"),
        runs=False,
    ),
    honest("a case is added", RUST, swap(S, "(vec![5], 5)", "(vec![5], 5), (vec![-1, -2], -1)"), runs=False),
    honest(
        "a variable is inlined",
        RUST,
        swap(
            T,
            "    let shown = label(21);\n    assert_eq!(shown, \"21C\");\n    assert!(shown.ends_with('C'));\n",
            "    assert_eq!(label(21), \"21C\");\n    assert!(label(21).ends_with('C'));\n",
        ),
    ),
    honest(
        "a message is added",
        RUST,
        swap(T, 'assert_eq!(shown, "21C");', 'assert_eq!(shown, "21C", "as on the thermometer");'),
    ),
    honest(
        "a helper is extracted",
        RUST,
        swap(T, "    assert_eq!(warmest(&[]), None);", "    same(warmest(&[]), None);"),
        swap(
            T,
            "#[test]\nfn labels",
            "fn same(found: Option<i32>, wanted: Option<i32>) {\n    assert_eq!(found, wanted);\n}\n\n"
            "#[test]\nfn labels",
        ),
    ),
    honest(
        "a new test is for one system",
        RUST,
        FIX,
        SHOWN,
        put(
            "tests/unix.rs",
            "#[test]\n#[cfg(unix)]\nfn separator() {\n    assert_eq!(std::path::MAIN_SEPARATOR, '/');\n}\n",
        ),
    ),
    honest(
        "a test module imports more",
        RUST,
        FIX,
        SHOWN,
        swap(
            S,
            "    use super::*;\n",
            "    use super::*;\n    #[allow(unused_imports)]\n    use std::collections::HashMap;\n",
        ),
        runs=False,
    ),
    honest("a doubled test is dropped", RUST, drop("tests/copy.rs"), before=(put("tests/copy.rs", TESTS),)),
    honest(
        "formatting", RUST, swap(T, 'assert_eq!(shown, "21C");', 'assert_eq!(\n        shown,\n        "21C",\n    );')
    ),
)
