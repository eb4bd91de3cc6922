"""Which changes are tried, and in which order: those that tell most of what tests assert come first.

Runs in the repository's own interpreter (Python 3.6 and later), so it imports nothing of ours.
"""

CLOSELY, FEW_WAYS, MOST_WAYS, FARTHER = 6, 2, 24, 20
"""In how many ways each call must be tried that a test makes itself; in how many any call, where an assertion was not
seen to notice what others don't; in how many at most; and how many changes are tried that nothing needs."""


def at(path, line):
    return "{}:{}".format(path, line)


def wanted(mutants, calls):
    """Those of the mutants whose calls are made here."""
    known = [mutant for mutant in mutants if mutant["key"] in calls]
    return [dict(mutant, rank=-1, coarse=True, tests=sorted(calls[mutant["key"]]["tests"])) for mutant in known]


def planned(calls):
    """Mutants of all calls: the first way of each, then the second; those that tests make themselves come first, and
    what is not done at all before what is done otherwise."""
    found = []
    for key, call in calls.items():
        if key.endswith("!") and not calls[key[:-1]]["inner"]:
            continue
        for way in range(min(call["ways"], MOST_WAYS)):
            rank = way - CLOSELY if call["direct"] and not (key + "!" in calls and call["inner"]) else way
            found.append(
                {
                    "key": key,
                    "name": call["name"],
                    "way": way,
                    "rank": rank,
                    "tests": sorted(call["tests"]),
                    "coarse": way in call["coarse"],
                }
            )
    return sorted(found, key=lambda mutant: (mutant["rank"], not mutant["key"].startswith("call"), mutant["name"]))


class Waiting:
    """The mutants to be tried. `lines` are the assertions (path, first, last), `held` the tests that come to each.
    `unreached` are those by which nothing was noticed yet, `shared` those that noticed nothing which no other did in
    the same test. Constants are for what nothing else reaches: tests use them, too."""

    def __init__(self, mutants, lines, held):
        self.close = [mutant for mutant in mutants if mutant["rank"] < 0]
        self.rest = [m for m in mutants if m["rank"] >= 0 and not m["key"].startswith("constant")]
        self.constants = [m for m in mutants if m["rank"] >= 0 and m["key"].startswith("constant")]
        self.spare = FARTHER
        self.unreached, self.shared = {tuple(line) for line in lines}, {tuple(line) for line in lines}
        self.tests = {line: self._tests(line, held) for line in self.unreached}

    def _tests(self, line, held):
        return frozenset(test for first in range(line[1], line[2] + 1) for test in held.get(at(line[0], first), ()))

    def reached(self, failed, coarse):
        """By a mutant these tests failed, in these places."""
        for places in failed.values():
            met = {line for line in self.tests for path, row in places if path == line[0] and line[1] <= row <= line[2]}
            self.unreached -= met if not coarse else set()
            self.shared -= met if len(met) == 1 else set()

    def take(self):
        """Mutants to be tried in one run; none when enough was."""
        if self.close:
            return together(self.close)
        for waiting, lines, ways in (
            (self.rest, self.unreached, MOST_WAYS),
            (self.constants, self.unreached, MOST_WAYS),
            (self.rest, self.shared, FEW_WAYS),
        ):
            found = self._needed(waiting, lines, ways)
            if found is not None:
                waiting.insert(0, waiting.pop(found))
                return together(waiting)
        if self.spare <= 0 or not self.rest:
            return []
        taken = together(self.rest)
        self.spare -= len(taken)
        return taken

    def _needed(self, waiting, lines, ways):
        """The first of the mutants that may reach one of the lines."""
        tests = frozenset().union(*(self.tests[line] for line in lines))
        for number, mutant in enumerate(waiting if tests else ()):
            if mutant["way"] < ways and ("" in mutant["tests"] or not tests.isdisjoint(mutant["tests"])):
                return number
        return None

    def owes(self):
        """Whether more should have been tried."""
        return bool(self.close) or self._needed(self.rest, self.shared, FEW_WAYS) is not None

    def again(self, mutants):
        """Each alone."""
        self.close[:0] = [dict(mutant, alone=True, rank=-1) for mutant in mutants]


def together(mutants):
    """The first of these mutants with as many of the others as no test meets two of; taken out of the list."""
    taken, met = [mutants.pop(0)], set()
    met.update(taken[0]["tests"])
    for mutant in [] if "" in met or taken[0].get("alone") else list(mutants):
        if "" not in mutant["tests"] and met.isdisjoint(mutant["tests"]) and not mutant.get("alone"):
            met.update(mutant["tests"])
            taken.append(mutant)
            mutants.remove(mutant)
    return taken
