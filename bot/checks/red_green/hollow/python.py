"""Python sources without what changed in their functions. Pure: text in, text out; raises what `parse` raises."""

import ast
from collections.abc import Iterator, Mapping

from bot.checks.red_green.hollow.parts import Parts, Taken, taken
from bot.domain.syntax import Function, parse, undocumented

RAISES = 'raise AssertionError("a function that no test may run")'

_Places = ast.Module | ast.ClassDef


def python_without(old: str, new: str) -> Taken | None:
    before, after = parse(old), parse(new)
    olds = {_key(home, each): each for home, each in _statements(before, "") if isinstance(each, Function)}
    return taken(_parts(before), _parts(after), ast.unparse(ast.Module(list(_set_back(after, "", olds)), [])))


def python_parts(text: str) -> Parts:
    return _parts(parse(text))


def _set_back(place: _Places, home: str, olds: Mapping[str, Function]) -> Iterator[ast.stmt]:
    for node in place.body:
        match node:
            case ast.ClassDef(name=name, bases=bases, keywords=keywords, decorator_list=decorators):
                yield ast.ClassDef(name, bases, keywords, list(_set_back(node, f"{home}{name}.", olds)), decorators)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield olds.get(_key(home, node)) or _emptied(node)
            case _:
                yield node


def _emptied(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
    return ast.copy_location(type(node)(node.name, node.args, [ast.Pass()], node.decorator_list), node)


def _key(home: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """With its decorators, since a property and what sets it share a name."""
    return " ".join((f"{home}{node.name}", *map(ast.unparse, node.decorator_list)))


def raising(text: str) -> str:
    """The text with functions that all raise. Raises ValueError where a function stands on one line."""
    rows = text.encode().splitlines(keepends=True)  # as bytes, since text has more line breaks than Python has
    nodes = [node for _, node in _statements(parse(text), "") if isinstance(node, Function)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        first, after = (undocumented(node.body) or node.body)[0], not undocumented(node.body)
        if first.lineno == node.lineno:
            raise ValueError(f"{node.name} stands on one line")
        row = (first.end_lineno or first.lineno) if after else first.lineno - 1
        rows.insert(row, f"{' ' * first.col_offset}{RAISES}\n".encode())
    return b"".join(rows).decode()


def _parts(module: ast.Module) -> Parts:
    functions: dict[str, str] = {}
    constants: dict[str, str] = {}
    imports: dict[str, str] = {}
    classes: set[str] = set()
    others: set[str] = set()
    for home, node in _statements(module, ""):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                functions[_key(home, node)] = "\n".join(
                    ast.dump(each) for each in [node.args, *undocumented(node.body)]
                )
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if not _calls(value):
                constants[f"{home}{bound}"] = ast.dump(value)
            case ast.ClassDef(name=name):
                classes.add(name)
                others |= {f"{home}{name}.{ast.dump(each)}" for each in (*node.bases, *node.keywords)}
                others |= {f"{home}{name}.@{ast.dump(each)}" for each in node.decorator_list}
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                source = node.module if isinstance(node, ast.ImportFrom) else ""
                imports |= {each.asname or each.name: f"{source}.{each.name}" for each in names}
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                continue
            case _:
                others.add(home + ast.dump(node))
    return Parts(functions, constants, imports, frozenset(classes), frozenset(others))


def _calls(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _statements(place: _Places, home: str) -> Iterator[tuple[str, ast.stmt]]:
    """Those of a module and of its classes, with the name of what they belong to."""
    for node in place.body:
        yield home, node
        if isinstance(node, ast.ClassDef):
            yield from _statements(node, f"{home}{node.name}.")
