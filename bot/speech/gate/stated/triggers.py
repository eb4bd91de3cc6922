"""Parts of words without which no pattern of a kind can be met: most sentences are put aside by them at no cost."""

import re

_FIGURE = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir|fif|twenty|forty|eighty|hundred|"
    r"thousand|both|dozen|a dozen)"
)
_COUNTED = frozenset(("count", "speed"))
_LETTER = re.compile(r"[^\W\d_a-zµ]")
"""A letter of another alphabet than English has."""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_STEMS = {
    "coverage": _parts(
        """
        cover exercis % tested untest missed missing lcov nyc istanbul c8 tarpaulin jacoco gcov hit
        """
    ),
    "mutation": _parts("muta surviv"),
    "speed": _parts(
        """
        fast quick speed slow time latenc memory perform thrice twice doubl tripl halv quarter half third fifth
        tenth fraction magnitude factor snapp swift lean zipp responsive sluggish efficient overhead penalty
        throughput duration difference cost deviation benchmark cover quer size cycle instruct start footprint cache
        pause ram alloc mean median average rss requ boot load profile measurement pressure contention leak growth
        """
    ),
    "count": _parts(""),
    "regression": _parts("regress brok break existing affected changed fail slow problem intact"),
    "ready": _parts("safe ready good production bug-free correct claim criteri requirement security vulnerab"),
    "fixed": (*_parts("reproduc gone fixed resolved solved eliminated longer again"), "any more", "anymore"),
    "lint": _parts(
        """
        ruff flake8 lint pyright mypy tsc clippy black prettier isort gofmt rubocop biome shellcheck bandit semgrep
        codespell style spotbugs detekt clang cppcheck sqlfluff vulture type analysis format build compil check
        warning violation error problem issue finding complain offen fault
        """
    ),
    "shows": _parts("show prove confirm demonstrat verif"),
    "ran": _parts("ran run execut"),
    "word": _parts("pass ok success green"),
}
_FOREIGN = (
    *_parts(
        """
        grün besteh bestand erfolg fehler sauber klappt klappen läuft laufen schlägt durch passent passé réussi
        verte vert sans propre aucun pasan pasaron pasado pasa superad verde éxito exitos limp correctamente passam
        passou passando sucesso sem passano passati superat verd successo riuscit senza pulit slag groen zonder
        schoon lopen går gick passerar grön grønn består bestått kører przech przesz zielon pomyś bez błęd procház
        proš zelen geçi başarı yeşil menevät läpäis vihre onnistu lulus berhasil sukses đều vượt thành kein ningun
        ninguna nenhum nessun geen brak abdeckung couvert cobert cubiert copert dekking pokry täckning schnell plus
        veloc rapid snel szyb snabb geprüft getestet funktion fonction hemos verificat verificado verifi comproba
        probado funcion funzion testato testé testei provat eseguit executei nachgemess getest geverif gecontrol
        spraw przetest nichts testes
        """
    ),
    "sin err",
    "sin fall",
)
"""Beginnings of words that no statement in another language with Latin letters does without."""


def without(low: str) -> frozenset[str]:
    """The kinds of which words in lower case can't hold a statement."""
    figure = _FIGURE.search(low)
    return frozenset(
        kind
        for kind, stems in _STEMS.items()
        if not (figure and kind in _COUNTED) and not any(stem in low for stem in stems)
    )


def may_be_foreign(low: str) -> bool:
    return (not low.isascii() and _LETTER.search(low) is not None) or any(stem in low for stem in _FOREIGN)
