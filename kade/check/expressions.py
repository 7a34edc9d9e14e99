"""Expressions in ARM templates, ``[concat(parameters('name'), '-x')]``: a recursive descent over a function table.

Grammar (Azure documentation, "Template syntax and expressions", 2026-11): a string that starts with ``[`` and not with
``[[`` and ends with ``]`` is an expression; literals are 'text' (a quote is doubled) and integers; then come calls,
``.member`` and ``[index]``. What cannot be evaluated is `UNKNOWN`, and what is made of it is too, unless a function
can tell without it. Text is never executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kade.policies.kit import UNKNOWN

Function = Callable[["Scope", Sequence[Any]], Any]


class ExpressionError(ValueError):
    """An expression that is not one; the message has the expression and the position."""


@dataclass
class Scope:
    """What an expression can see. ``parameter`` and ``variable`` give the value by lower-case name or `UNKNOWN`."""

    functions: Mapping[str, Function]
    parameter: Callable[[str], Any]
    variable: Callable[[str], Any]
    copies: Mapping[str, int]  # the index of each copy loop that is at work, by lower-case name; "" is the innermost
    context: Mapping[str, Any]  # subscription, resource group and deployment, as far as they are given


_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_][\w]*)|(?P<mark>[()\[\],.?]))"
)
_DEEPEST: Final = 100  # Azure itself allows far less; this only keeps Python's stack whole


def is_expression(value: object) -> bool:
    """Whether a value of a template is an expression."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


def evaluate(value: str, scope: Scope) -> Any:
    """The value of an expression, `UNKNOWN` where it cannot be told. Raises `ExpressionError` for a mistake in it."""
    parser = _Parser(value, scope)
    found = parser.expression(0)
    parser.end()
    return found


class _Parser:
    """Parses and evaluates in one pass: template expressions are short, and each is read once per copy."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.tokens = list(self._lex(text[1:-1]))
        self.at = 0

    def _lex(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if found is None:
                raise ExpressionError(f"{self.text}: cannot be read from character {position + 2}")
            kind = found.lastgroup or ""
            tokens.append((kind, found[kind]))
            position = found.end()
        return tokens

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self, mark: str = "") -> tuple[str, str]:
        token = self._peek()
        if mark and token[1] != mark:
            raise ExpressionError(f"{self.text}: {mark} expected, found {token[1] or 'the end'}")
        self.at += 1
        return token

    def end(self) -> None:
        if self._peek()[0] != "end":
            raise ExpressionError(f"{self.text}: nothing more expected, found {self._peek()[1]}")

    def expression(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ExpressionError(f"{self.text[:80]} …: nested more than {_DEEPEST} deep")
        kind, token = self._take()
        if kind == "text":
            value: Any = token[1:-1].replace("''", "'")
        elif kind == "number":
            value = int(token)
        elif kind == "name":
            value = self._call(token, depth)
        else:
            raise ExpressionError(f"{self.text}: a value expected, found {token or 'the end'}")
        return self._members(value, depth)

    def _call(self, name: str, depth: int) -> Any:
        while self._peek()[1] == ".":  # a function of the template's own: namespace.name(...)
            self._take()
            name = f"{name}.{self._take()[1]}"
        self._take("(")
        arguments: list[Any] = []
        while self._peek()[1] != ")":
            arguments.append(self.expression(depth + 1))
            if self._peek()[1] != ")":
                self._take(",")
        self._take(")")
        function = self.scope.functions.get(name.lower())
        if function is None:
            return UNKNOWN
        try:
            return function(self.scope, arguments)
        except (TypeError, ValueError, IndexError, KeyError, ArithmeticError, AttributeError):
            return UNKNOWN  # wrong arguments: Azure refuses the template, which is not for a rule to say

    def _members(self, value: Any, depth: int) -> Any:
        while self._peek()[1] in (".", "[", "?"):
            mark = self._take()[1]
            if mark == "?":  # safe dereference: absent gives null
                mark = self._take()[1]
            if mark == ".":
                key: Any = self._take()[1]
            else:
                key = self.expression(depth + 1)
                self._take("]")
            value = member(value, key)
        return value


def member(value: Any, key: Any) -> Any:
    """A member of an object in any letter case, or an item of a list; `UNKNOWN` where there is none."""
    if isinstance(value, Mapping) and isinstance(key, str):
        if key in value:
            return value[key]
        low = key.lower()
        return next((v for k, v in value.items() if isinstance(k, str) and k.lower() == low), UNKNOWN)
    if isinstance(value, (list, str)) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return UNKNOWN
