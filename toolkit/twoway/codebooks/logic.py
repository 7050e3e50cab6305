"""The language rules are written in: `thanks and not (question or link)`, `words(plain) >= 8`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import polars as pl

from ..errors import FormatError

__all__ = ["CALLS", "Rule"]

#: What may be asked of a rule of one sentence: in how many sentences it holds, and so on.
CALLS = ("words", "sentences", "every", "first", "last", "matches")

#: Those that are answered by a number.
COUNTS = ("words", "sentences", "matches")

_SIGNS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


@dataclass(frozen=True)
class Rule:
    """One rule, read but not yet applied.

    Attributes
    ----------
    text
        As it stands in the codebook.
    where
        File and entry, for errors.

    Examples
    --------
    >>> rule = Rule("thanks and not words(plain) >= 8", "mine.toml, label 'kind'")
    >>> sorted(rule.names), sorted(rule.calls)
    (['thanks'], [('words', 'plain')])
    """

    text: str
    where: str

    @cached_property
    def tree(self) -> ast.expr:
        """The rule as a tree; FormatError where it cannot be read."""
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except SyntaxError as error:
            at = f" near '{self.text.strip()[max((error.offset or 1) - 12, 0) :][:24]}'"
            raise FormatError(self._wrong("cannot be read" + at)) from None

    @cached_property
    def names(self) -> frozenset[str]:
        """Names it asks for by themselves."""
        return frozenset(name for kind, name in self._asked() if kind == "")

    @cached_property
    def calls(self) -> frozenset[tuple[str, str]]:
        """What it asks of other rules: pairs such as `("words", "plain")`."""
        return frozenset((kind, name) for kind, name in self._asked() if kind)

    def check_condition(self, counts: Collection[str]) -> None:
        """Refuse a rule that gives a number where yes or no is asked for.

        Parameters
        ----------
        counts
            Names that stand for numbers.

        Raises
        ------
        FormatError
            Naming the part that has to be compared with something.
        """
        part = _number_in(self.tree, counts)
        if part is not None:
            what = f"takes '{ast.unparse(part)}', a number, for yes or no"
            raise FormatError(self._wrong(what) + f" Compare it: {ast.unparse(part)} >= 1.")

    def _asked(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []

        def note(kind: str, name: str) -> pl.Expr:
            found.append((kind, name))
            return pl.lit(value=True)

        self._walk(self.tree, note)
        return found

    def expression(self, look_up: Callable[[str, str], pl.Expr]) -> pl.Expr:
        """Turn it into a Polars expression.

        Parameters
        ----------
        look_up
            Takes the call (empty for none) and the name, gives the expression.
        """
        found = self._walk(self.tree, look_up)
        return found if isinstance(found, pl.Expr) else pl.lit(found)

    def _walk(self, node: ast.AST, look_up: Callable[[str, str], Any]) -> Any:
        if isinstance(node, ast.BoolOp):
            joined = operator.and_ if isinstance(node.op, ast.And) else operator.or_
            return reduce(joined, [self._walk(value, look_up) for value in node.values])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self._walk(node.operand, look_up)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SIGNS:
            sides = [self._walk(side, look_up) for side in (node.left, node.comparators[0])]
            return _SIGNS[type(node.ops[0])](*sides)
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            # What holds counts one, what does not counts nothing: `2 * insult + complaint >= 2`.
            left, right = (self._walk(side, look_up).cast(pl.Float64) for side in (node.left, node.right))
            return _SIGNS[type(node.op)](left, right)
        if isinstance(node, ast.Name):
            return look_up("", node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
            return pl.lit(node.value)
        return self._call(node, look_up)

    def _call(self, node: ast.AST, look_up: Callable[[str, str], Any]) -> Any:
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords
        if not is_call or len(node.args) != 1 or not isinstance(node.args[0], ast.Name):  # type: ignore[attr-defined]
            raise FormatError(
                self._wrong("holds '" + ast.unparse(node) + "', which is no part of the language of rules")
            )
        kind = node.func.id  # type: ignore[attr-defined]
        if kind not in CALLS:
            raise FormatError(self._wrong("asks for '" + kind + "(...)', which is not one of " + ", ".join(CALLS)))
        return look_up(kind, node.args[0].id)  # type: ignore[attr-defined]

    def _wrong(self, what: str) -> str:
        return (
            f"The rule '{self.text.strip()}' {what}. It stands in {self.where}. A rule joins names by and, or, not and"
            f" brackets, adds up with + - *, and compares numbers: {', '.join(f'{call}(name)' for call in CALLS)} >= 2."
        )


def _number_in(node: ast.AST, counts: Collection[str]) -> ast.AST | None:
    """Find the part of a rule that is a number where yes or no is asked for."""
    if isinstance(node, ast.BoolOp):
        return next((part for value in node.values if (part := _number_in(value, counts)) is not None), None)
    if isinstance(node, ast.UnaryOp):
        return _number_in(node.operand, counts)
    is_number = (
        isinstance(node, ast.BinOp)
        or (isinstance(node, ast.Name) and node.id in counts)
        or (isinstance(node, ast.Constant) and not isinstance(node.value, bool))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in COUNTS)
    )
    return node if is_number else None


def in_order(rules: Mapping[str, Rule]) -> list[str]:
    """List rules so that each stands after those it names.

    Raises
    ------
    FormatError
        If rules name one another in a circle.
    """
    done: list[str] = []
    waiting = dict(rules)
    while waiting:
        ready = [name for name, rule in waiting.items() if not rule.names & (set(waiting) - {name}) - set(done)]
        ready = [name for name in ready if name not in waiting[name].names]
        if not ready:
            name, rule = next(iter(waiting.items()))
            msg = (
                f"The rule '{name}' rests on itself, or on rules that rest on it. It stands in {rule.where}."
                " Write one of them without the other."
            )
            raise FormatError(msg)
        done += ready
        waiting = {name: rule for name, rule in waiting.items() if name not in ready}
    return done
