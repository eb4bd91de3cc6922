"""What a Python test does, statement by statement: what it insists on, under which conditions, and its ways out."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.checks.integrity.model import SWALLOWED, UNAWAITED, Assertion, Detail, Escape, Mark, Outline
from bot.checks.integrity.python import swallowed
from bot.checks.integrity.python.asserts import RAISES, method, plain, raised_by_call, raised_in
from bot.checks.integrity.python.expr import bind, expr, inlined
from bot.checks.integrity.python.mocks import mocks_in
from bot.checks.integrity.python.outline import exiting, skipping
from bot.checks.integrity.python.state import Helpers, State
from bot.checks.integrity.python.steps import calls_in, drops_cases, slacks_in, sources_in, steps_in
from bot.checks.integrity.python.syntax import below, called, callee, dotted, last, variables, walk, written
from bot.checks.integrity.python.tables import elements, row_marks, row_of, tables, target_names
from bot.checks.integrity.python.values import bound, builders, constant_values, fixture_values, own_values
from bot.checks.integrity.walking import HELPERS, MOST, ROWS
from bot.domain.syntax import Function, expression

_CHECKS = re.compile(r"check|verify|ensure", re.IGNORECASE)
_APART = frozenset(("Thread", "Process", "Timer", "start_new_thread", "register", "call_soon", "call_later"))


def detail(
    outline: Outline,
    constants: Mapping[str, ast.expr],
    helpers: Helpers,
    imports: Mapping[str, str],
    made: Mapping[str, str],
    prepared: Function | None = None,
) -> Detail:
    """`constants` are the module's own variables, `helpers` the functions that tests may call, by name; `made` is what
    variables are made of, `prepared` what runs before the test."""
    node = outline.node
    if not isinstance(node, Function):
        return Detail()
    state = State(dict(builders(helpers, imports)), _rebound(node), helpers=helpers)
    state.bindings |= fixture_values(node, helpers) | (own_values(prepared) if prepared is not None else {})
    defaults = {name: bind(ast.Constant(given), {}) for name, given, _ in slacks_in(node)}
    state.bindings.update({name: given for name, given in defaults.items() if given is not None})
    _decorated(node, state)
    state.bindings.update(constant_values(variables(node), constants))
    found = [*tables(node.decorator_list), *tables([expression(text) for text in outline.outer])]
    _rows(found, node.body, state, constants)
    swallowed.note_buried_skips(node, state)
    return Detail(
        tuple(state.assertions[:MOST]),
        tuple(state.rows if state.assertions else (*state.rows, *state.idle)),
        tuple(state.marks),
        tuple(mocks_in(node, imports)),
        tuple(state.escapes),
        frozenset(calls_in(node)),
        tuple(steps_in(node)),
        tuple(sources_in(node, constants, made)),
        tuple(slacks_in(node)),
    )


def _decorated(node: Function, state: State) -> None:
    """What the file's own decorators do to the test."""
    for each in node.decorator_list:
        if drops_cases(each, state.helpers):
            state.escapes.append(Escape("is given none of its cases", each.lineno))
        decorator = state.helpers.get(last(dotted(each) or called(each)))
        what = swallowed.effect(decorator) if decorator is not None else ""
        if what == SWALLOWED:
            state.guards = (*state.guards, SWALLOWED)
        elif what:
            state.escapes.append(Escape(what, each.lineno))


def _rebound(node: Function) -> frozenset[str]:
    """Names that are given more than one value: they can't be followed."""
    seen: set[str] = set()
    twice: set[str] = set()
    for each in below(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            (twice if each.id in seen else seen).add(each.id)
        if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name):
            twice.add(each.target.id)
    return frozenset(twice)


def _rows(
    given: list[tuple[list[str], ast.expr]], body: list[ast.stmt], state: State, constants: Mapping[str, ast.expr]
) -> None:
    """Walk the body once for each case of the first table; further tables' cases are only counted."""
    if not given:
        _walk(body, state)
        return
    for _, values in given[1:]:
        state.rows += [row_of(row) for row in elements(values, constants) or ()]
    names, values = given[0]
    rows = elements(values, constants)
    if rows is None:
        _walk(body, state)
        return
    for row in rows[:ROWS]:
        made = row_of(row)
        state.rows.append(made)
        state.marks += row_marks(row)
        _walk(body, replace(state, bindings={**state.bindings, **bound(names, row)}, row=made.text))


# --- statements ---------------------------------------------------------------------------------------------------
def _walk(body: Iterable[ast.stmt], state: State) -> None:
    statements = list(body)
    for index, node in enumerate(statements):
        if not state.open:
            if any(swallowed.asserts(later) for later in statements[index:]):
                state.escapes.append(Escape("ends before its last checks", node.lineno))
            return
        _statement(node, state)


def _statement(node: ast.stmt, state: State) -> None:
    state.room[0] -= 1
    if state.room[0] < 0 or len(state.assertions) > MOST:
        return
    if isinstance(node, ast.Assert | ast.Expr):
        state.raw = state.texts.setdefault(id(node), "") or written(node)[:500]
        state.texts[id(node)] = state.raw
    match node:
        case ast.Assert():
            swallowed.note_skips_aside(node, state)
            state.say(plain(node.test, node.lineno, state.bindings))
        case ast.Expr(value=value):
            _expression(value, state)
        case ast.Assign() | ast.AnnAssign():
            swallowed.note_skips_aside(node, state)
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
    if isinstance(node, ast.Return) and node.value is not None and state.calls == 0:
        _expression(node.value, state)
    if isinstance(node, ast.Raise) and node.exc is not None and "SkipTest" in written(node.exc):
        state.mark(Mark("skip", "", node.lineno))


def _expression(value: ast.expr, state: State) -> None:
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call):
        return
    if isinstance(state.helpers.get(last(called(call))), ast.AsyncFunctionDef) and not (
        state.driven or call is not value
    ):
        state.guards, outer = (*state.guards, UNAWAITED), state.guards
        _call(call, state)
        state.guards = outer
        return
    if (mark := skipping(call)) is not None:
        state.mark(mark)
        state.open = state.open and bool(mark.condition)
        return
    if (way := exiting(call)) and not state.expects_exit:
        state.escapes.append(Escape(f"calls {way}", call.lineno, run=True))
        state.open = False
        return
    said = method(call, state.bindings)
    if said is not None:
        state.say(said)
    elif last(called(call)) in RAISES and len(call.args) >= 2:
        state.say([raised_by_call(call, state.bindings)])
    else:
        _call(call, state)


def _call(call: ast.Call, state: State) -> None:
    """A helper's assertions are those of the test that calls it; one that can't be seen asserts what its name says."""
    name = callee(call)
    helper = state.helpers.get(name)
    if helper is not None and state.calls < HELPERS:
        parameters = [each.arg for each in (*helper.args.posonlyargs, *helper.args.args)]
        if parameters[:1] in (["self"], ["cls"]):
            parameters = parameters[1:]
        given = dict(zip(parameters, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        given |= _gathered(helper, parameters, call)
        known = {name: bind(value, state.bindings) for name, value in given.items()}
        bindings = {name: value for name, value in known.items() if value is not None}
        inner = replace(state, bindings=bindings, rebound=_rebound(helper), calls=state.calls + 1)
        _walk(helper.body, inner)
    elif name.lower().startswith(("assert", "expect", "should")) or (_CHECKS.match(name) and is_own(call)):
        state.say([Assertion("other", expr(call, state.bindings), line=call.lineno)])
    else:
        _handed(call, name, state)


def is_own(call: ast.Call) -> bool:
    """Whether a function is called that belongs to the tests as far as its name tells: none of some other object."""
    owner = called(call).rpartition(".")[0]
    return not isinstance(call.func, ast.Attribute) or owner in ("self", "cls") or "helper" in owner or "util" in owner


def _gathered(helper: Function, parameters: list[str], call: ast.Call) -> dict[str, ast.expr]:
    """What `**wanted` of a helper holds."""
    if helper.args.kwarg is None:
        return {}
    rest = [each for each in call.keywords if each.arg and each.arg not in parameters]
    keys: list[ast.expr | None] = [ast.Constant(each.arg) for each in rest]
    return {helper.args.kwarg.arg: ast.Dict(keys=keys, values=[each.value for each in rest])}


def _handed(call: ast.Call, name: str, state: State) -> None:
    """Helpers that are handed to something else to be called: `asyncio.run(check())`, `Thread(target=check)`."""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        _handed(call.func.value, last(called(call.func.value)), state)
    for each in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(each, ast.Call) and last(called(each)) in state.helpers:
            outer, state.driven = state.driven, True
            _expression(each, state)
            state.driven = outer
        helper = state.helpers.get(each.id) if isinstance(each, ast.Name) else None
        if helper is not None and state.calls < HELPERS:
            inner = replace(state, bindings={}, rebound=_rebound(helper), calls=state.calls + 1)
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
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Call | ast.Await):
        for index, one in enumerate(target.elts):
            if isinstance(one, ast.Name):
                _set(one.id, ast.Subscript(value, ast.Constant(index), ast.Load()), state)
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
    calm, exits, raising = False, False, []
    for item in node.items:
        call = inlined(item.context_expr, state.bindings)[0]
        name = last(called(call))
        if name in RAISES and isinstance(call, ast.Call):
            raising.append(call)
            exits |= "SystemExit" in written(call)
        elif ((helper := state.helpers.get(name)) is not None and swallowed.catches(helper)) or swallowed.suppresses(
            call
        ):
            calm = True
        elif isinstance(item.optional_vars, ast.Name):
            calmly = name == "nullcontext" and isinstance(call, ast.Call) and len(call.args) == 1
            _set(item.optional_vars.id, call.args[0] if calmly and isinstance(call, ast.Call) else call, state)
    for call in raising:
        state.say([raised_in(call, node.body, state.bindings)])
    outer = state.expects_exit
    state.expects_exit = outer or exits
    _guarded(node.body, SWALLOWED if calm else "", state)
    state.expects_exit = outer
    # Whoever raises in a `with` of its own expects that it is caught there.
    state.open = state.open or bool(raising) or calm or isinstance(node.body[-1], ast.Raise)


def _for(node: ast.For | ast.AsyncFor, state: State) -> None:
    known = {name: given.node for name, given in state.bindings.items()}
    found, names = elements(node.iter, known), target_names(node.target)
    checks = any(swallowed.asserts(each) for each in node.body)
    if found == [] and checks:
        state.escapes.append(Escape("loops over nothing", node.lineno))
    if isinstance(node.body[-1], ast.Return | ast.Break) and checks:
        state.escapes.append(Escape("looks at its first case only", node.lineno))
    if found is None or not names or len(found) > ROWS:
        _walk(node.body, state)
        state.open = True
        return
    known_assertions, rows = len(state.assertions), [row_of(element) for element in found]
    for element, made in zip(found, rows, strict=True):
        inner = replace(state, bindings={**state.bindings, **bound(names, element)}, row=made.text)
        inner.rebound = state.rebound - set(names)
        _walk(node.body, inner)
    used = variables(*node.body)
    if len(state.assertions) > known_assertions and used & set(names):
        state.rows += rows
    elif used & set(names):
        state.idle += rows


def _guarded(body: Iterable[ast.stmt], guard: str, state: State) -> None:
    state.guarded(guard, lambda: _walk(body, state))


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
    state.guards = after if not swallowed.fails(node.body) else rest


def _try(node: ast.Try, state: State) -> None:
    calm = any(swallowed.swallows(handler) for handler in node.handlers)
    calm |= any(isinstance(each, ast.Return) for part in node.finalbody for each in walk(part))
    _guarded(node.body, SWALLOWED if calm else "", state)
    for handler in node.handlers:
        _guarded(handler.body, f"except {written(handler.type) if handler.type else ''}", state)
    _walk(node.orelse, state)
    _walk(node.finalbody, state)
