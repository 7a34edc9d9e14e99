"""What many resources are compared by, made once for all resources of a run. No rules of its own.

A rule on one resource that looks for its like among ten thousand others has to find it in an index, not by reading all
of them again. What cannot be read of another resource is left out of the index: only what is certain is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from kade.policies.kit import Resource, Stack

T = TypeVar("T")


def once(make: Callable[[Stack], T]) -> Callable[[Resource], T]:
    """The function's answer for the stack of a resource, kept as long as the stack is."""
    kept: WeakKeyDictionary[Stack, T] = WeakKeyDictionary()

    def of(resource: Resource) -> T:
        stack = resource.stack or Stack([resource])
        if stack not in kept:
            kept[stack] = make(stack)
        return kept[stack]

    return of
