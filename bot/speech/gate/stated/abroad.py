"""Statements of results in other languages than English, in the words that the ledger understands.

Each language has words for what is run, and words for going well; where both meet in a clause, a result is stated,
unless the sentence wishes, denies, requires or asks.
"""

import re
from collections.abc import Iterator
from functools import cache

from bot.speech.gate.stated.vocabulary import TOOL

_TOOLS = rf"|{TOOL}|pytest|unittest|jest|vitest|ci|alles|tout|todo|tutto|tudo|wszystko|allt"
_LATIN = (
    (
        r"tests?|testsuite|testfälle|testlauf|suite|prüfungen|unittests?",
        r"grün\w*|bestehen|besteht|bestanden|laufen\b[^.;\n]{0,20}?\bdurch|läuft\b[^.;\n]{0,20}?\bdurch|durchgelaufen|"
        r"erfolgreich\w*|fehlerfrei|ohne fehler|gehen durch|sauber|keine fehler|klappen|fehlgeschlagen: 0",
    ),
    (
        r"tests?|suite|vérifications|essais",
        r"passent|passés?|passées|réussi\w*|réussissent|(?:au )?verte?s?|sans erreurs?|sans échec|propres?|aucun échec|"
        r"aucune erreur",
    ),
    (
        r"tests?|pruebas?|suite|comprobaciones",
        r"pasan|pasaron|pasado|pasa|superad\w+|verdes?|éxito|exitosa\w*|sin (?:errores|fallos)|limpi[oa]s?|"
        r"correctamente",
    ),
    (
        r"tests?|testes?|suíte|suite|verificações",
        r"passam|passaram|passou|passando|verdes?|sucesso|sem (?:erros|falhas)|limp[oa]s?",
    ),
    (
        r"tests?|prove|suite|verifiche",
        r"passano|passati|passata|passa|superat\w+|verd[ei]|successo|riuscit\w+|senza errori|pulit[oaie]",
    ),
    (r"tests?|testen|testsuite", r"slagen|slaagt|geslaagd|groen|zonder fouten|schoon|lopen door"),
    (
        r"tester\w*|testsviten|testene|testerne",
        r"går igenom|gick igenom|passerar|grön\w*|grønn?\w*|består|bestått|kører",
    ),
    (r"test\w*|zestaw", r"przechodz\w+|przesz\w+|zielon\w+|pomyślnie|bez błęd\w+"),
    (r"test\w*", r"procház\w+|proš\w+|zelen\w+|bez chyb"),
    (r"test\w*", r"geçiyor|geçti|başarı\w*|yeşil"),
    (r"testit|testi", r"menevät läpi|läpäis\w+|vihreä\w*|onnistu\w+"),
    (r"tes|pengujian|tests?", r"lulus|berhasil|sukses"),
    (r"tests?|kiểm thử", r"đều đạt|vượt qua|thành công"),
)
_OTHER = (
    (
        r"вс[её]|тест\w*|проверк\w+|сборк\w+",
        r"проход\w+|прошл\w+|пройден\w*|успешн\w*|зел[её]н\w+|без ошибок|работает|проходять",
    ),
    (r"测试|測試|检查|用例|一切|全部", r"通过|通過|成功|全绿|绿了|正常|没有失败|无失败"),
    (r"テスト|チェック", r"成功|通り|通って|通過|パス|合格|グリーン|問題な"),
    (r"테스트", r"통과|성공"),
    (r"اختبار\w*|الاختبارات", r"نجح\w*|تنجح|ناجح\w*|اجتاز\w*|تمر"),
    (r"परीक्षण|टेस्ट", r"पास|सफल"),
    (r"δοκιμές|τεστ", r"περνούν|πέρασαν|επιτυχ\w+"),
)
_CLAUSE = r"[^.;\n。；]{0,70}?"
_REST = r"[^.,;:!?\n。，；]*"
_COUNT = r"(?:\d+\s+(?:\w+\s+)?)?"


@cache
def _suite() -> tuple[re.Pattern[str], ...]:
    """Made when the first words are looked at."""
    latin = (
        rf"(?<!\w){_COUNT}(?:{what}{_TOOLS})(?!\w){_CLAUSE}(?<!\w)(?:{well})(?!\w){_REST}" for what, well in _LATIN
    )
    other = (
        rf"{_COUNT}[^\s。，.]*(?:{what}){_CLAUSE}(?:{well})[^.,;\n。，；]*(?:[,，、]\s*共?\s*\d+[^.,;\n。，；]*)?"
        for what, well in _OTHER
    )
    return tuple(re.compile(words, re.IGNORECASE) for words in (*latin, *other))


_NONE = re.compile(
    r"\b(?:keine?n? (?:regression\w*|fehlschläge|fehler|testfehler)|kein test schlägt fehl|aucun\w* (?:régressions?|"
    r"échecs?|erreurs?|test n'échoue)|(?:sin|ninguna?) (?:regresi\w+|fall\w+|errores|prueba falla|test falla)|(?:sem|"
    r"nenhum\w?) (?:regress\w+|falhas?|erros?)|(?:nessun\w?|senza) (?:regression\w+|errori|fallimenti|test fallisce)|"
    r"geen (?:regressies|fouten)|без регресс\w+|(?:нет|ни одной|никаких) (?:ошиб\w+|регресс\w+)|brak (?:regresji|"
    r"błędów))|没有(?:回归|错误|失败)|无(?:回归|错误)|リグレッションは?(?:なし|ありません)|エラーは?なし",
    re.IGNORECASE,
)
_LINT = re.compile(
    rf"\b(?:{TOOL}|go vet|go build)\b\W{{0,3}}(?:(?:findet|meldet|zeigt) (?:keinen?|nichts)|(?:ne )?(?:signale|"
    rf"trouve|rapporte|relève) (?:rien|aucun)|"
    r"no (?:encuentra|reporta|señala) (?:nada|ning)|(?:non )?(?:trova|segnala) (?:nulla|niente|nessun))[^.,;\n]*|"
    r"\b(?:das projekt|le projet|el proyecto|il progetto|o projeto) (?:baut|kompiliert|compile|compila)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:sank|fiel|sinkt|baissé|baisse|bajó|baja|diminue|diminué|disminuyó)\b[^.;\n]{0,12}?(?:um|de|"
    r"un)\s(?P<n>\d+(?:[.,]\d+)?)\s?%|"
    r"(?:von|de|del)\s\d[\d.,]*\s?(?:[mnµ]?s|[kmg]i?[bo])?\s(?:auf|à|al?)\s\d[\d.,]*\s?(?:[mnµ]?s|[kmg]i?[bo])\b|"
    r"\d[\d.,]*\s?(?:[mnµ]?s|[kmg]i?[bo])\s(?:statt|anstatt|au lieu de|en lugar de|em vez de|"
    r"invece di)\s\d[\d.,]*\s?(?:[mnµ]?s|[kmg]i?[bo])?",
    re.IGNORECASE,
)
_MEMORY = re.compile(r"\bmémoire|speicher|\bmemori[ae]|\bgeheugen", re.IGNORECASE)
_SHARE = r"\d+(?:[.,]\d+)?\s?(?:%|prozent|pour ?cent|por ciento|por cento|per cento|procent|процент\w*|％)"
_COVERAGE = re.compile(
    r"(?:(?:test|code|zeilen)?abdeckung|couverture|cobertura|copertura|dekking|pokrycie|täckning\w*|покрыти\w+|覆盖率|"
    rf"カバレッジ|커버리지){_CLAUSE}(?P<n>{_SHARE})|(?P<m>{_SHARE}){_CLAUSE}(?:abdeckung|abgedeckt|couvert\w*|cobertura|"
    r"cubiert\w+|copertura|coperto|dekking|покрыт\w+|覆盖|カバ|커버)",
    re.IGNORECASE,
)
_FAST = (
    r"(?:(?:so )?schnell(?:er)?|plus (?:rapides?|vite)|aussi rapide|más rápid\w+|mais rápid\w+|più veloc\w+|(?:zo "
    r")?snel(?:ler)?|szybsz\w+|szybciej|snabbare|быстрее|快|速く|高速|빠르|빨라)"
)
_TIMES = {
    2: r"doppelt|zweimal|deux fois|dos veces|el doble|duas vezes|o dobro|due volte|il doppio|twee keer|dwa razy|вдвое|"
    r"в два раза|两倍|二倍|2倍|2배|두 배",
    3: r"dreimal|trois fois|tres veces|três vezes|tre volte|drie keer|trzy razy|втрое|в три раза|三倍|3倍|세 배",
    4: r"viermal|quatre fois|cuatro veces|quatro vezes|quattro volte|vier keer|cztery razy|вчетверо|四倍|4倍|네 배",
    5: r"fünfmal|cinq fois|cinco veces|cinco vezes|cinque volte|vijf keer|pięć razy|в пять раз|五倍|5倍|다섯 배",
    10: r"zehnmal|dix fois|diez veces|dez vezes|dieci volte|tien keer|dziesięć razy|в десять раз|十倍|10倍|열 배",
}
_NTH = r"\d+(?:[.,]\d+)?\s?(?:-?mal|fois|veces|vezes|volte|keer|razy|раза?|倍|배|x|×)"
_SPEED = re.compile(
    rf"(?P<n>{_SHARE}|{_NTH}|{'|'.join(_TIMES.values())})[^.;\n]{{0,25}}?{_FAST}|(?:jetzt|nun|deutlich|maintenant|"
    rf"nettement|ahora|agora|ora|molto|mucho|muito|теперь|намного|现在|ずっと|훨씬)\s?{_FAST}|"
    rf"{_FAST}了?[^.;\n]{{0,12}}?(?P<m>{_NTH}|{_SHARE})",
    re.IGNORECASE,
)
_VERIFIED = re.compile(
    r"\b(?:(?:ich|wir) ha(?:be|ben)\b(?![^.;\n]*\b(?:noch|nicht|nichts|keine?n?)\b[^.;\n]*(?:aus|ge))"
    r"[^.;\n]{0,50}?\b(?:geprüft|überprüft|getestet|verifiziert|nachgemessen|ausgeführt|"
    r"laufen lassen)|(?:wurde|ist|sind|lokal|gründlich|erfolgreich) (?:\w+ )?(?:geprüft|getestet|verifiziert)|"
    r"funktioniert (?:jetzt|nun|wieder|wie (?:erwartet|gewünscht))|j'ai (?:\w+ )?(?:vérifié|testé|lancé|exécuté)|nous "
    r"avons (?:vérifié|testé)|fonctionne (?:maintenant|bien|comme prévu|correctement)|(?:he|hemos) (?:verificado|"
    r"probado|comprobado|ejecutado)|funciona (?:ahora|bien|como se espera|correctamente|agora|corretamente)|ho "
    r"(?:verificato|testato|provato|eseguito)|funziona (?:ora|bene|come previsto|correttamente)|verifiquei|testei|"
    r"executei|ik heb\b[^.;\n]{0,40}?\b(?:getest|geverifieerd|gecontroleerd)|sprawdziłe?a?m|przetestowa\w+|(?:я "
    r")?(?:проверил\w*|протестировал\w*|запустил\w*)|(?:проверено|протестировано)|работает (?:теперь|как ожидалось|"
    r"корректно|правильно))\b|(?:已|已经|我)(?:经)?(?:验证|验证过|测试过|确认|运行了?)|验证通过|正常工作|検証済み|確認しました|確認済み|テスト済み|正しく動作し|검증했|확인했|"
    r"정상적으로 작동",
    re.IGNORECASE,
)
_UNREAL = re.compile(
    r"(?<!\w)(?:werden|wird|werde|soll\w*|müss\w*|würden?|könnt\w+|wenn|falls|sobald|damit|nicht|bevor|ob|si|quand|"
    r"lorsque|devr\w+|doi(?:t|vent)|seront?|vont|faut|pas|afin|cuando|deb(?:en|er\w+)|serán|van a|tienen que|para que|"
    r"aún|quando|devem|deveri\w+|serão|vão|não|ainda|devono|dovr\w+|saranno|affinché|non|wanneer|moet\w*|zullen|zodra|"
    r"niet|om te|jeśli|gdy|powinn\w+|będą|muszą|nie|om|när|ska|inte|если|когда|должн\w+|будут|чтобы|не|после "
    r"того)(?!\w)|如果|应该|应当|需要|必须|将会|还没|尚未|未能|是否|以便|たら|"
    r"れば|べき|はず|なければ|ません(?!でした。)|予定|ように|면 |해야|않|예정|\?\s*$|？\s*$|吗",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?;\n。！？；]+(?:[.](?=\d)[^.!?;\n。！？；]+)*[.!?。！？]?")


def abroad(view: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, kind, words) of each result stated in another language; the words are such that the ledger knows."""
    for sentence in _SENTENCE.finditer(view):
        text = sentence[0]
        stated = list(_stated(text))
        for start, end, kind, words in stated if not _UNREAL.search(text) else ():
            yield sentence.start() + start, sentence.start() + end, kind, words


def _stated(text: str) -> Iterator[tuple[int, int, str, str]]:
    for pattern in _suite():
        for m in pattern.finditer(text):
            tool = re.match(rf"(?:{TOOL})\b", m[0], re.IGNORECASE)
            kind = "count" if re.search(r"\d", m[0]) else "lint" if tool else "suite"
            numbers = " ".join(f"{n} tests" for n in re.findall(r"\d+", m[0]))
            yield m.start(), m.end(), kind, numbers if kind == "count" else m[0]
    for m in _NONE.finditer(text):
        yield m.start(), m.end(), "regression", m[0]
    for m in _LINT.finditer(text):
        yield m.start(), m.end(), "lint", m[0] if re.search(TOOL, m[0], re.IGNORECASE) else "build"
    for m in _MOVES.finditer(text):
        gain = "less memory" if _MEMORY.search(text) else "faster"
        words = f"{m['n']}% {gain}" if m["n"] else re.sub(r"(?<=\d)\s?([kmg])o\b", r" \1b", m[0], flags=re.IGNORECASE)
        if not re.search(r"%", m[0]) or not _COVERAGE.search(text):
            yield m.start(), m.end(), "speed", words
    for m in _COVERAGE.finditer(text):
        share = re.match(r"[\d.,]+", m["n"] or m["m"])
        yield m.start(), m.end(), "coverage", f"coverage {share[0].replace(',', '.') if share else ''} %"
    for m in _SPEED.finditer(text):
        yield m.start(), m.end(), "speed", _speed(m["n"] or m["m"] or "")
    for m in _VERIFIED.finditer(text):
        yield m.start(), m.end(), "verified", m[0]


def _speed(share: str) -> str:
    """`dreimal` as `3x faster`."""
    digits = re.match(r"\d+(?:[.,]\d+)?", share)
    if digits:
        unit = "x" if re.search(_NTH, share, re.IGNORECASE) else "%"
        return f"{digits[0].replace(',', '.')}{unit} faster"
    times = next((n for n, words in _TIMES.items() if re.fullmatch(words, share, re.IGNORECASE)), None)
    return f"{times}x faster" if times else "faster"
