"""What a Python test does, statement by statement: what it insists on, under which conditions, and its ways out."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.checks.integrity.model import NOTHING, SWALLOWED, Assertion, Detail, Escape, Expr, Mark, Mock, Outline
from bot.checks.integrity.python_asserts import RAISES, method, plain
from bot.checks.integrity.python_decorators import catches, effect
from bot.checks.integrity.python_expr import bind, expr
from bot.checks.integrity.python_mocks import mocks_in
from bot.checks.integrity.python_outline import FUNCTION, Function, called, dotted, exiting, last, skipping, written
from bot.checks.integrity.python_state import BROAD, DEPTH, MOST, ROWS, Helpers, State, say
from bot.checks.integrity.python_steps import calls_in, drops_cases, sources_in, steps_in
from bot.checks.integrity.python_tables import (
    bound,
    elements,
    fixture_values,
    row_marks,
    row_of,
    tables,
    target_names,
    values_of,
)
from bot.domain.syntax import expression


def detail(
    outline: Outline,
    constants: Mapping[str, ast.expr],
    helpers: Helpers,
    imports: Mapping[str, str],
    made: Mapping[str, str],
) -> Detail:
    """`constants` are the module's own variables, `helpers` the functions that tests may call, by name; `made` is what
    variables are made of."""
    node = outline.node
    if not isinstance(node, FUNCTION):
        return Detail()
    state = State(helpers, {}, _rebound(node))
    state.bindings.update(fixture_values(node, helpers))
    _decorated(node, state)
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    for name in names & constants.keys():
        if (constant := bind(constants[name], {})) is not None:
            state.bindings[name] = constant
    found = [*tables(node.decorator_list), *tables([expression(text) for text in outline.outer])]
    _rows(found, node.body, state, constants)
    out = state.out
    mocks: tuple[Mock, ...] = tuple(mocks_in(node, imports))
    return Detail(
        tuple(out.assertions[:MOST]),
        tuple(out.rows),
        tuple(out.marks),
        mocks,
        tuple(out.escapes),
        frozenset(calls_in(node)),
        tuple(steps_in(node)),
        tuple(sources_in(node, constants, made)),
    )


def _decorated(node: Function, state: State) -> None:
    """What the file's own decorators do to the test."""
    for each in node.decorator_list:
        if drops_cases(each, state.helpers):
            state.out.escapes.append(Escape("is given none of its cases", each.lineno))
        decorator = state.helpers.get(last(dotted(each) or called(each)))
        what = effect(decorator) if decorator is not None else ""
        if what == SWALLOWED:
            state.guards = (*state.guards, SWALLOWED)
        elif what:
            state.out.escapes.append(Escape(what, each.lineno))


def _rebound(node: Function) -> frozenset[str]:
    """Names that are given more than one value: they can't be followed."""
    seen: set[str] = set()
    twice: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            (twice if each.id in seen else seen).add(each.id)
        if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name):
            twice.add(each.target.id)
    return frozenset(twice)


def _rows(
    given: list[tuple[list[str], ast.expr]],
    body: list[ast.stmt],
    state: State,
    constants: Mapping[str, ast.expr],
) -> None:
    """Walk the body once for each case of the first table; further tables' cases are only counted."""
    if not given:
        _walk(body, state)
        return
    for _, values in given[1:]:
        state.out.rows += [row_of(row) for row in elements(values, constants) or ()]
    names, values = given[0]
    rows = elements(values, constants)
    if rows is None:
        _walk(body, state)
        return
    for row in rows[:ROWS]:
        _each_row(names, row, body, state)


def _each_row(names: list[str], row: ast.expr, body: list[ast.stmt], state: State) -> None:
    made = row_of(row)
    state.out.rows.append(made)
    inner = replace(state, bindings=dict(state.bindings), row=made.text)
    inner.bindings.update(bound(names, values_of(row)))
    for mark in row_marks(row):
        state.out.marks.append(mark)
    _walk(body, inner)


# --- statements ---------------------------------------------------------------------------------------------------
def _walk(body: Iterable[ast.stmt], state: State) -> None:
    statements = list(body)
    for index, node in enumerate(statements):
        if not state.open:
            if any(_asserts(later) for later in statements[index:]):
                state.out.escapes.append(Escape("ends before its last checks", node.lineno))
            return
        _statement(node, state)


def _asserts(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Assert) or last(called(each)).lower().startswith("assert") for each in ast.walk(node)
    )


def _statement(node: ast.stmt, state: State) -> None:
    state.out.room -= 1
    if state.out.room < 0 or len(state.out.assertions) > MOST:
        return
    match node:
        case ast.Assert():
            say(plain(node.test, node.lineno, state.bindings), state)
        case ast.Expr(value=value):
            _expression(value, state)
        case ast.Assign() | ast.AnnAssign():
            _assign(node, state)
        case ast.With() | ast.AsyncWith():
            _with(node, state)
        case ast.For() | ast.AsyncFor():
            _for(node, state)
        case ast.While():
            if not (isinstance(node.test, ast.Constant) and not node.test.value):
                _walk(node.body, state)
        case ast.If():
            _if(node, state)
        case ast.Try():
            _try(node, state)
        case ast.Match():
            for arm in node.cases:
                _guarded(arm.body, f"case {written(arm.pattern)}", state)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            state.kept.add(node.name)
            state.helpers = {**state.helpers, node.name: node}
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            _leave(node, state)
        case _:
            return


def _leave(node: ast.stmt, state: State) -> None:
    state.open = False
    if isinstance(node, ast.Return) and node.value is not None and state.depth == 0:
        _expression(node.value, state)
    if isinstance(node, ast.Raise) and node.exc is not None and "SkipTest" in written(node.exc):
        state.out.marks.append(Mark("skip", " and ".join(state.guards), node.lineno))


def _expression(value: ast.expr, state: State) -> None:
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return
    if (mark := skipping(call)) is not None:
        state.out.marks.append(replace(mark, condition=" and ".join(filter(None, (*state.guards, mark.condition)))))
        state.open = state.open and bool(mark.condition)
        return
    if (way := exiting(call)) and not state.expects_exit:
        state.out.escapes.append(Escape(f"calls {way}", call.lineno, run=True))
        state.open = False
        return
    said = method(call, state.bindings)
    if said is not None:
        say(said, state)
    elif last(called(call)) in RAISES and len(call.args) >= 2:
        say([_raises_call(call, state)], state)
    else:
        _call(call, state)


def _raises_call(call: ast.Call, state: State) -> Assertion:
    """`assertRaises(ValueError, f, 1)`."""
    made = ast.Call(func=call.args[1], args=call.args[2:], keywords=call.keywords)
    return _raises(call, expr(made, state.bindings), state)


def _call(call: ast.Call, state: State) -> None:
    """A helper's assertions are those of the test that calls it; one that can't be seen asserts what its name says."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else last(called(call))
    helper = state.helpers.get(name)
    if helper is not None and state.depth < DEPTH:
        parameters = [each.arg for each in (*helper.args.posonlyargs, *helper.args.args)]
        if parameters[:1] in (["self"], ["cls"]):
            parameters = parameters[1:]
        given = dict(zip(parameters, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        given |= _gathered(helper, parameters, call)
        known = {name: bind(value, state.bindings) for name, value in given.items()}
        bindings = {name: value for name, value in known.items() if value is not None}
        inner = replace(state, bindings=bindings, rebound=_rebound(helper), depth=state.depth + 1)
        _walk(helper.body, inner)
    elif name.lower().startswith(("assert", "check", "verify", "expect", "ensure", "should")):
        made = expr(call, state.bindings)
        say([Assertion("other", made, line=call.lineno)], state)
    else:
        _handed(call, name, state)


def _gathered(helper: Function, parameters: list[str], call: ast.Call) -> dict[str, ast.expr]:
    """What `**wanted` of a helper holds."""
    if helper.args.kwarg is None:
        return {}
    rest = [each for each in call.keywords if each.arg and each.arg not in parameters]
    keys: list[ast.expr | None] = [ast.Constant(each.arg) for each in rest]
    return {helper.args.kwarg.arg: ast.Dict(keys=keys, values=[each.value for each in rest])}


_APART = frozenset(("Thread", "Process", "Timer", "start_new_thread", "register", "call_soon", "call_later"))


def _handed(call: ast.Call, name: str, state: State) -> None:
    """Helpers that are handed to something else to be called: `asyncio.run(check())`, `Thread(target=check)`."""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        _handed(call.func.value, last(called(call.func.value)), state)
    for each in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(each, ast.Call) and last(called(each)) in state.helpers:
            _expression(each, state)
        helper = state.helpers.get(each.id) if isinstance(each, ast.Name) else None
        if helper is not None and state.depth < DEPTH:
            inner = replace(state, bindings={}, rebound=_rebound(helper), depth=state.depth + 1)
            _guarded(helper.body, SWALLOWED if name in _APART else "", inner)


def _assign(node: ast.Assign | ast.AnnAssign, state: State) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is None or len(targets) != 1:
        return
    target, value = targets[0], node.value
    if isinstance(value, ast.Call | ast.Await) and isinstance(target, ast.Name):
        _expression(value, state)
    if isinstance(target, ast.Name):
        _set(target.id, value, state)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, its in zip(target.elts, value.elts, strict=True):
            if isinstance(one, ast.Name):
                _set(one.id, its, state)


def _set(name: str, value: ast.expr, state: State) -> None:
    if isinstance(value, ast.Lambda):
        state.kept.add(name)
    made = None if name in state.rebound else bind(value, state.bindings)
    state.bindings.pop(name, None)
    if made is not None and not isinstance(value, ast.Lambda):
        state.bindings[name] = made


def _with(node: ast.With | ast.AsyncWith, state: State) -> None:
    swallows, exits, raising = False, False, []
    for item in node.items:
        call = item.context_expr
        name = last(called(call))
        if name in RAISES and isinstance(call, ast.Call):
            raising.append(call)
            exits |= "SystemExit" in written(call)
        elif (helper := state.helpers.get(name)) is not None and catches(helper):
            swallows = True
        elif name == "suppress" and isinstance(call, ast.Call):
            swallows |= any(last(dotted(each)) in BROAD for each in call.args)
        elif isinstance(item.optional_vars, ast.Name):
            _set(item.optional_vars.id, call, state)
    for call in raising:
        body = [statement for statement in node.body if not isinstance(statement, ast.Pass)]
        said = "; ".join(_shown(statement, state) for statement in body)
        calls = frozenset(last(called(each)) for part in body for each in ast.walk(part) if isinstance(each, ast.Call))
        fixed = frozenset(text for part in body for text in _literals(part, state))
        say([_raises(call, Expr(said, calls, fixed), state)], state)
    outer = state.expects_exit
    state.expects_exit = outer or exits
    _guarded(node.body, SWALLOWED if swallows else "", state)
    state.expects_exit = outer
    # Whoever raises in a `with` of its own expects that it is caught there.
    state.open = state.open or bool(raising) or swallows or isinstance(node.body[-1], ast.Raise)


def _shown(node: ast.stmt, state: State) -> str:
    return expr(node.value, state.bindings).text if isinstance(node, ast.Expr) else written(node)[:500]


def _literals(node: ast.stmt, state: State) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.expr):
            yield from expr(each, state.bindings).literals
            return
        if isinstance(each, ast.Expr):
            yield from expr(each.value, state.bindings).literals


def _raises(call: ast.Call, subject: Expr, state: State) -> Assertion:
    first = call.args[0] if call.args else None
    given = first.elts if isinstance(first, ast.Tuple) else [first] if first is not None else []
    names = frozenset(last(dotted(each)) for each in given)
    pattern = next((keyword.value for keyword in call.keywords if keyword.arg in ("match", "expected_regex")), None)
    if pattern is None and "Regex" in last(called(call)) and len(call.args) > 1:
        pattern = call.args[1]
    also = expr(pattern, state.bindings).text if pattern is not None else ""
    expected = expr(first, state.bindings) if first is not None else NOTHING
    return Assertion("raises", subject, expected, call.lineno, also=also, names=names)


def _for(node: ast.For | ast.AsyncFor, state: State) -> None:
    known = {name: given.node for name, given in state.bindings.items()}
    found, names = elements(node.iter, known), target_names(node.target)
    if found == []:
        state.out.escapes.append(Escape("loops over nothing", node.lineno))
    if found is None or not names or len(found) > ROWS:
        _walk(node.body, state)
        state.open = True
        return
    for element in found:
        made = row_of(element)
        state.out.rows.append(made)
        inner = replace(state, bindings=dict(state.bindings), row=made.text)
        inner.rebound = state.rebound - set(names)
        inner.bindings.update(bound(names, values_of(element)))
        _walk(node.body, inner)


def _guarded(body: Iterable[ast.stmt], guard: str, state: State) -> None:
    """Walk under one more condition. What leaves there leaves only there: the rest then stands under the opposite."""
    outer = state.guards
    state.guards = (*outer, guard) if guard else outer
    _walk(body, state)
    state.guards = outer
    if guard and not state.open:
        state.open = True
        opposite = SWALLOWED if guard == SWALLOWED else f"not ({guard})"
        if opposite != SWALLOWED:
            state.guards = (*outer, opposite)


def _if(node: ast.If, state: State) -> None:
    if isinstance(node.test, ast.Constant):
        _walk(node.body if node.test.value else node.orelse, state)
        return
    condition = expr(node.test, state.bindings).text
    rest = state.guards
    _guarded(node.body, condition, state)
    after = state.guards
    if node.orelse:
        state.guards = rest
        _guarded(node.orelse, f"not ({condition})", state)
    state.guards = after if not _fails(node.body) else rest


def _fails(body: Iterable[ast.stmt]) -> bool:
    """Whether leaving here is a failure: then what follows is no less certain."""
    return any(
        (isinstance(each, ast.Raise) and "Skip" not in written(each)) or last(called(each)) == "fail"
        for node in body
        for each in ast.walk(node)
    )


def _try(node: ast.Try, state: State) -> None:
    swallows = any(_swallows(handler) for handler in node.handlers)
    swallows |= any(isinstance(each, ast.Return) for part in node.finalbody for each in ast.walk(part))
    _guarded(node.body, SWALLOWED if swallows else "", state)
    for handler in node.handlers:
        _guarded(handler.body, f"except {written(handler.type) if handler.type else ''}", state)
    _walk(node.orelse, state)
    _walk(node.finalbody, state)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a failed assertion would end here, unseen."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    if not any(last(dotted(kind)) in BROAD for kind in kinds):
        return False
    return not _fails(handler.body) and not any(_asserts(each) for each in handler.body)
