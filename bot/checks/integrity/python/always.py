"""Python comparisons that hold whatever they are given."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.integrity.model import Sign
from bot.checks.integrity.python.syntax import called, children, dotted, fold, is_fixed, last, written
from bot.domain.syntax import Function
from bot.domain.words import words

_VALUES = words("int float str list dict tuple set bytes frozenset complex Decimal Fraction")
_ALWAYS: Mapping[str, bool] = {
    "__eq__": True,
    "__ne__": False,
    "__contains__": True,
    "__instancecheck__": True,
    "__subclasscheck__": True,
    "__exit__": True,
}


def signs(nodes: Iterable[ast.AST]) -> Iterator[Sign]:
    """Comparisons of a class's own that can't fail, wherever they are given to it."""
    kept = tuple(nodes)
    functions = {each.name: each for each in kept if isinstance(each, Function)}
    for node in kept:
        yield from _left_out(node)
        # A class that is a kind of one of Python's own values, which say themselves what they are equal to.
        of_value = isinstance(node, ast.ClassDef) and any(last(dotted(base)) in _VALUES for base in node.bases)
        for owner, name, value in _given(node):
            known = functions.get(value.id) if isinstance(value, ast.Name) else value
            line = getattr(value, "lineno", 0)
            if name in _ALWAYS and outcome(known) is _ALWAYS[name]:
                what = f"`{owner}.{name}` holds for everything, so comparisons with it can't fail."
                yield Sign("test-weakened", line, what, (owner,))
            elif name == "__eq__" and isinstance(known, Function) and (kind := _only_type(known, owner)):
                what = f"`{owner}.__eq__` holds for every `{kind}`, whatever it is."
                yield Sign("test-weakened", line, what, (owner,))
            elif name == "__eq__" and isinstance(known, Function) and of_value and not _is_even(known):
                what = f"`{owner}` is equal to other values than the one that it is."
                yield Sign("test-weakened", line, what, (owner,))


def _left_out(node: ast.AST) -> Iterator[Sign]:
    """Fields of a dataclass that comparisons leave out."""
    for each in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(each, ast.AnnAssign) and isinstance(each.value, ast.Call):
            options = {keyword.arg: keyword.value for keyword in each.value.keywords}
            off = next((options[name] for name in ("compare", "eq") if name in options), None)
            if isinstance(off, ast.Constant) and off.value is False:
                name = f"{node.name}.{dotted(each.target)}" if isinstance(node, ast.ClassDef) else ""
                what = f"Comparisons leave out the field `{name}`."
                yield Sign("test-weakened", each.lineno, what, (dotted(each.target),))


def _given(node: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    """(class, method, its function) of what defines methods: classes, assignments, `setattr`."""
    match node:
        case ast.ClassDef():
            for each in node.body:
                if isinstance(each, Function):
                    yield node.name, each.name, each
                elif isinstance(each, ast.Assign):
                    yield node.name, dotted(each.targets[0]), each.value
        case ast.Assign(targets=[ast.Attribute(value=owner, attr=name)], value=value):
            yield dotted(owner), name, value
        case ast.Call(args=[owner, name, value]) if last(called(node)) == "setattr":
            yield dotted(owner), fold(name) or "", value
        case _:
            return


def _is_even(node: Function) -> bool:
    """Whether both sides are looked at in the same way: `self.lower() == other.lower()`, `super().__eq__(other)`,
    `str.__eq__(self, other)`."""
    names = [each.arg for each in node.args.args]
    returned = list(_returned(node))
    while returned:
        value = returned.pop()
        match value:
            case ast.BoolOp(op=ast.And(), values=values):
                returned += [each for each in values if called(each) not in ("isinstance", "type")]
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]) if len(names) == 2:
                if _named(left, names) != _named(right, names):
                    return False
            case ast.Call(func=ast.Attribute(attr="__eq__"), args=given) if "super()" in written(value):
                if [dotted(each) for each in given] != names[1:]:
                    return False
            case ast.Call(func=ast.Attribute(attr="__eq__", value=ast.Name()), args=given):
                if [dotted(each) for each in given] != names:
                    return False
            case ast.Constant() | ast.Name(id="NotImplemented"):
                continue
            case _:
                return False
    return True


def _named(node: ast.expr, names: list[str]) -> str:
    """An expression in which both parameters have one name."""
    return re.sub(rf"\b({names[0]}|{names[1]})\b", "□", written(node))


def _only_type(node: Function, owner: str) -> str:
    """The foreign type of which every value is equal; '' where the comparison looks any further."""
    match node.body[-1]:
        case ast.Return(value=ast.Call(args=[_, ast.Name(id=kind)]) as call) if called(call) == "isinstance":
            own = kind == owner or len(list(_returned(node))) > 1
            return "" if own else kind
        case _:
            return ""


def outcome(node: ast.AST | None) -> bool | None:
    """What a function always gives, as truth; None where that depends."""
    if isinstance(node, ast.Lambda):
        return truth(node.body)
    if not isinstance(node, Function):
        return None
    found = {truth(each) for each in _returned(node)}
    if not _ends(node.body):
        found.add(False)
    return found.pop() if len(found) == 1 else None


def _returned(node: Function) -> Iterator[ast.expr | None]:
    stack: list[ast.AST] = list(node.body)
    while stack:
        each = stack.pop()
        if isinstance(each, ast.Return):
            yield each.value
        elif not isinstance(each, Function | ast.Lambda | ast.ClassDef):
            stack.extend(children(each))


def _ends(body: list[ast.stmt]) -> bool:
    """Whether a body never runs off its end."""
    match body[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=then, orelse=other):
            return bool(other) and _ends(then) and _ends(other)
        case ast.With(body=inner) | ast.Try(body=inner):
            return _ends(inner)
        case _:
            return False


def truth(node: ast.expr | None) -> bool | None:
    """The truth of an expression, where it does not depend on anything."""
    match node:
        case None:
            return False
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=operator, values=values):
            decisive = isinstance(operator, ast.Or)
            found = [truth(each) for each in values]
            return decisive if decisive in found else None if None in found else not decisive
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return True if written(left) == written(right) else False if is_fixed(left) and is_fixed(right) else None
        case ast.Call(args=[_, ast.Name(id="object")]) if called(node) == "isinstance":
            return True
        case _:
            return None
