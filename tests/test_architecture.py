"""The floor plan of the library is a staircase: a module imports from strictly lower steps only."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "toolkit" / "twoway"

#: The step of each module; a folder's entry holds for all modules in it that have none of their own.
#: A half step is a helper cut out of a module of the step above it.
STEPS: dict[str, float] = {
    "errors": 0,
    "cleaning": 0.5,
    "schema": 1,
    "definitions": 1,
    "windows": 0.5,
    "engine": 1,
    "tables": 1.5,
    "threads": 1.5,
    "text": 2,
    "codebooks": 2.2,
    "inference": 2,
    "links": 2,
    "openings": 2,
    "versions": 2.5,
    "interactions": 3,
    "coverage": 3.5,  # says what a corpus cannot show, so it lies below the corpus and above the interactions
    "corpus": 4,
    "readers": 4,
    "reading": 5,
    "samples": 5,
    "simulate": 5,
    "metrics.registry": 5,
    "metrics.marks": 4.5,
    "metrics.kinds": 4.5,
    "metrics.arcs": 4.8,
    "metrics.pairs": 5,
    "metrics.breadth_tables": 5,
    "metrics.attention_tables": 5,
    "metrics.episode_tables": 5,
    "metrics.outcome_tables": 5,
    "metrics.closure_tables": 5.2,
    "metrics.act_tables": 5.2,
    "metrics.reentry_tables": 5.2,
    "metrics.language_shares": 5.2,
    "metrics.pointer_tables": 5.2,
    "metrics.coded_tables": 4.8,
    "metrics.grouping": 4.8,
    "metrics.unit_marks": 4.8,
    "metrics.model_tables": 5,
    "metrics.content_tables": 5,
    "metrics.waits": 4.8,
    "metrics.bonds": 5,
    "metrics.trees": 5,
    "metrics.gap_tables": 5,
    "metrics.tone_tables": 5.2,
    "metrics.debate_tables": 5.3,
    "metrics.prepared": 5.5,
    "metrics.sums": 5,
    "metrics": 6,
    "figures": 6,  # takes tables, so that the results above can draw themselves
    "metrics.unseen": 6.1,
    "metrics.flags": 6.2,
    "metrics.evaluate": 6.2,
    "metrics.values": 6.4,
    "metrics.bounding": 6.2,
    "metrics.correcting": 6.2,
    "metrics.digits": 6.1,
    "metrics.reply_tables": 5,
    "metrics.voice_tables": 5,
    "metrics.variety_tables": 5,
    "metrics.care_tables": 5.2,
    "metrics.feeling_tables": 5,
    "metrics.style_tables": 5,
    "metrics.exchanges": 4.8,
    "metrics.catalog": 6.4,
    "metrics.scorecard": 6.5,
    "metrics.measure": 7,
    "codetable": 5,
    "handcoding": 5,
    "talks": 7.5,  # what all below asks of a talk first
    "strategy": 8,
    "silence": 8,
    "analysis": 8,
    "report": 9,
    "cli": 10,
    "__main__": 11,
}

#: Families of metrics stand beside each other; every other folder may import within itself, without loops.
FAMILIES = "metrics"

#: Packages that only some modules may import, so that each can be replaced, or left out, in one place.
OWNERS = {
    "matplotlib": {"figures", "report", "cli"},
    "seaborn": {"figures", "report", "cli"},
    "statsmodels": {"inference"},
    "nltk": {"text"},
    "duckdb": {"engine"},
    "pyspark": {"engine"},
    "polars": {
        "engine",
        "windows",
        "schema",
        "cleaning",
        "tables",
        "corpus",
        "text",
        "codebooks",
        "readers",
        "reading",
        "simulate",
    },
}

FILE_LINES = 300
FUNCTION_LINES = 40

#: What may stand at the top level of a module: nothing that does work when the module is imported.
DECLARATIONS = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.If,
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One imported name: the module it leads to, and the line that imports it."""

    target: str
    line: int
    is_door: bool


@dataclass(frozen=True)
class Module:
    """A module of the library, by its dotted name inside the package ("" is the package itself)."""

    name: str
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.source, filename=str(self.path))))

    @property
    def is_door(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def folder(self) -> str:
        """First part of the name: the folder at the top level, or the module itself."""
        return self.name.split(".")[0]

    def at(self, line: int) -> str:
        return f"{self.path.relative_to(PACKAGE.parent)}:{line}"


def name_of(path: Path, package: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_package(package: Path) -> dict[str, Module]:
    return {name_of(path, package): Module(name_of(path, package), path) for path in sorted(package.rglob("*.py"))}


MODULES = read_package(PACKAGE)


def step_of(name: str) -> float | None:
    """Step of the longest entry that covers the name; None where no entry does."""
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((STEPS[prefix] for prefix in prefixes if prefix in STEPS), None)


def links(module: Module) -> Iterator[Link]:
    """Follow the relative imports of a module, also those inside functions."""
    here = module.name.split(".") if module.name else []
    package = here if module.is_door else here[:-1]
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                deeper = ".".join([*base, alias.name])
                target = deeper if deeper in MODULES else ".".join(base)
                yield Link(target, node.lineno, target in MODULES and MODULES[target].is_door)


def absolute_imports(module: Module) -> Iterator[tuple[str, int]]:
    """Names of other packages that a module imports, each with its line."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module, node.lineno


def is_inside(module: Module, link: Link) -> bool:
    """Whether a link stays in one folder that is not the folder of metric families."""
    return module.folder == link.target.split(".")[0] != FAMILIES


def unplaced(module: Module) -> Iterator[str]:
    if module.name and step_of(module.name) is None:
        yield (
            f"{module.at(1)} has no step. Add '{module.folder}' to STEPS in tests/test_architecture.py: one step above "
            "the highest module it imports, and below every module that imports it."
        )


def climbing(module: Module) -> Iterator[str]:
    """Imports that do not go down; a door may import anything in or below its own folder."""
    own = step_of(module.name)
    for link in links(module):
        other = step_of(link.target)
        if module.name and own is not None and other is not None and not is_inside(module, link):
            is_own_content = module.is_door and link.target.startswith(f"{module.name}.")
            if other >= own and not is_own_content:
                yield f"{module.at(link.line)} (step {own}) imports {link.target} (step {other})"


def through_doors(module: Module) -> Iterator[str]:
    if not module.is_door:
        for link in links(module):
            if link.is_door:
                door = link.target or "twoway"
                yield f"{module.at(link.line)} imports from the door '{door}'; name the module behind it"


def lost_links(module: Module) -> Iterator[str]:
    yield from (f"{module.at(link.line)} imports {link.target}" for link in links(module) if link.target not in MODULES)


def own_name(module: Module) -> Iterator[str]:
    for name, line in absolute_imports(module):
        if name.split(".")[0] == "twoway":
            yield f"{module.at(line)} imports {name} by its full name; write a relative import"


def not_the_owner(module: Module) -> Iterator[str]:
    for name, line in absolute_imports(module):
        owners = OWNERS.get(name.split(".")[0])
        if owners is not None and module.folder not in owners:
            yield f"{module.at(line)} imports {name}, which only {sorted(owners)} may"


def careless(module: Module) -> Iterator[str]:
    """Statements that a library has no place for."""
    for node in module.nodes:
        if isinstance(node, ast.Assert):
            yield f"{module.at(node.lineno)} asserts; raise an error that says what to do"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{module.at(node.lineno)} prints; return the text, or use click.echo in cli.py"
        elif isinstance(node, ast.ExceptHandler) and is_broad(node):
            yield f"{module.at(node.lineno)} catches everything; name the errors it can handle"


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}) for kind in caught
    )


def working_on_import(module: Module) -> Iterator[str]:
    for node in ast.parse(module.source).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, DECLARATIONS) and not is_docstring:
            yield f"{module.at(node.lineno)} does work when it is imported; move it into a function"


def too_long(module: Module) -> Iterator[str]:
    n_lines = len(module.source.splitlines())
    if n_lines > FILE_LINES:
        yield f"{module.at(1)} has {n_lines} lines, {FILE_LINES} are allowed; split it by what its parts are for"
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > FUNCTION_LINES:
            yield f"{module.at(node.lineno)} {node.name} has {body_lines(node)} lines, {FUNCTION_LINES} are allowed"


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        total -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return total


RULES: dict[str, Callable[[Module], Iterator[str]]] = {
    "every module has a step": unplaced,
    "imports only go down the stairs": climbing,
    "nothing inside imports a door": through_doors,
    "relative imports lead somewhere": lost_links,
    "no module names its own package": own_name,
    "a package is imported by its owners only": not_the_owner,
    "no assert, no print, no catch-all": careless,
    "no work at import": working_on_import,
    "files and functions are short": too_long,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_library_keeps_the_rule(rule):
    broken = [words for module in MODULES.values() for words in RULES[rule](module)]
    assert not broken, f"{rule}:\n" + "\n".join(broken)


def test_no_modules_import_each_other_in_a_loop():
    below = {name: {link.target for link in links(module)} - {name} for name, module in MODULES.items() if name}
    while free := {name for name, targets in below.items() if not targets & below.keys()}:
        below = {name: targets for name, targets in below.items() if name not in free}
    assert not below, f"these modules import each other in a loop, or depend on one: {sorted(below)}"


#: For each rule, a file that breaks it and what the file says.
BREACHES = {
    unplaced: ("newcomer.py", ""),
    climbing: ("errors.py", "from .schema import POSTS"),
    through_doors: ("readers/base.py", "from ..text import tokens"),
    lost_links: ("errors.py", "from .nowhere import nothing"),
    own_name: ("cli.py", "from twoway import read"),
    not_the_owner: ("readers/base.py", "def draw():\n    import seaborn"),
    careless: ("errors.py", "try:\n    pass\nexcept (ValueError, Exception):\n    pass"),
    working_on_import: ("errors.py", "for number in range(3):\n    pass"),
    too_long: ("errors.py", "def long():\n" + "    pass\n" * FUNCTION_LINES),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.__name__)
def test_a_rule_notices_a_breach(rule, tmp_path, monkeypatch):
    file, source = BREACHES[rule]
    for name, content in {"schema.py": "", "text/__init__.py": "", file: source}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    monkeypatch.setitem(globals(), "MODULES", read_package(tmp_path))
    broken = [words for module in MODULES.values() for words in rule(module)]
    assert len(broken) == 1
    assert broken[0].startswith(f"{tmp_path.name}/{file}:")
