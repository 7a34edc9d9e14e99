"""The package ``random``: what it makes needs no cloud, so it is made for real.

Source: the resources' documentation of pulumi/pulumi-random (bridged from hashicorp/terraform-provider-random). Every
change of an input makes a new value. Values come from the system's source of randomness.
"""

# ruff: noqa: ARG002 - the signatures are those of `kade.engine.provider.Provider`
from __future__ import annotations

import base64
import secrets
import string
import uuid
from collections.abc import Callable

from kade.engine import diff as differences
from kade.engine.provider import Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_ADJECTIVES = "able apt bold brave calm clear cool deep fair fast firm glad kind light mild neat quick sharp sound warm"
_ADVERBS = "boldly calmly clearly deeply duly easily fairly firmly gladly greatly kindly neatly nicely openly partly"
_ANIMALS = "adder badger bison crane dove eagle egret ferret finch gull hare heron lark lynx mole newt otter seal stoat"
_random = secrets.SystemRandom()


class Random:
    """The provider of the package ``random``."""

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """Only the types that can be made, with what they need."""
        kind = _kind(type_)
        if kind not in _KINDS:
            return Checked(new, [Failure("", f"{type_} is not made here.")])
        needed, _ = _KINDS[kind]
        return Checked(new, [Failure(key, f'missing required property "{key}"') for key in needed if key not in new])

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """Every change is a new value."""
        return differences.anew(old_inputs, new)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Make a value; in a preview it is unknown."""
        kind = _kind(type_)
        outputs = _DEFAULTS.get(kind, {}) | inputs
        secret = frozenset({"result", "bcryptHash"}) if kind == "RandomPassword" else frozenset()
        secret |= frozenset({"base64", "hex"}) if kind == "RandomBytes" else frozenset()
        if preview:
            return Made(UNKNOWN, outputs, secret)
        id_, made = _KINDS[kind][1](outputs)
        return Made(id_, outputs | made, secret)

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """Never needed: every change is a replacement."""
        return Made(id_, old_outputs | new)

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """A value is only forgotten."""

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """A value that stands elsewhere is not known."""
        raise ProviderError(f"{type_} cannot be read or imported here.")

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """The package has no functions."""
        raise ProviderError(f"the package random has no function {token}.")


def _kind(type_: str) -> str:
    return type_.rsplit(":", 1)[-1]


def _text(args: Tree) -> tuple[str, Tree]:
    classes = [
        (args["lower"], string.ascii_lowercase, args["minLower"]),
        (args["upper"], string.ascii_uppercase, args["minUpper"]),
        (args["numeric"], string.digits, args["minNumeric"]),
        (args["special"], args.get("overrideSpecial") or _SPECIAL, args["minSpecial"]),
    ]
    every = "".join(letters for wanted, letters, _ in classes if wanted)
    length = int(args["length"])
    least = sum(int(minimum) for _, _, minimum in classes)
    if not every or least > length:
        raise ProviderError(f"a text of {length} characters cannot hold the {least} that the minimums ask for.")
    made = [_random.choice(letters) for _, letters, minimum in classes for _ in range(int(minimum))]
    made += [_random.choice(every) for _ in range(length - len(made))]
    _random.shuffle(made)
    return "".join(made), {"result": "".join(made)}


def _password(args: Tree) -> tuple[str, Tree]:
    _, made = _text(args)
    return "none", made  # the id would show it


def _pet(args: Tree) -> tuple[str, Tree]:
    length = int(args["length"])
    words = [_random.choice(_ADVERBS.split()) for _ in range(length - 2)]
    words += [_random.choice(_ADJECTIVES.split())] if length > 1 else []
    words.append(_random.choice(_ANIMALS.split()))
    prefix = [args["prefix"]] if args.get("prefix") else []
    return str(args["separator"]).join([*prefix, *words]), {}


def _id(args: Tree) -> tuple[str, Tree]:
    data = secrets.token_bytes(int(args["byteLength"]))
    prefix = args.get("prefix") or ""
    url = base64.urlsafe_b64encode(data).decode().rstrip("=")
    return url, {
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(data).decode(),
        "hex": prefix + data.hex(),
        "dec": f"{prefix}{int.from_bytes(data, 'big')}",
    }


def _integer(args: Tree) -> tuple[str, Tree]:
    low, high = int(args["min"]), int(args["max"])
    if low > high:
        raise ProviderError(f"the minimum {low} is above the maximum {high}.")
    number = _random.randint(low, high)
    return str(number), {"result": number}


def _uuid(_args: Tree) -> tuple[str, Tree]:
    made = str(uuid.uuid4())
    return made, {"result": made}


def _shuffle(args: Tree) -> tuple[str, Tree]:
    inputs = list(args["inputs"])
    count = int(args.get("resultCount") or len(inputs))
    made: list[object] = []
    while inputs and len(made) < count:
        made += _random.sample(inputs, len(inputs))
    return "-", {"result": made[:count]}


def _bytes(args: Tree) -> tuple[str, Tree]:
    data = secrets.token_bytes(int(args["length"]))
    return "none", {"base64": base64.b64encode(data).decode(), "hex": data.hex()}


_TEXT_DEFAULTS: Tree = {
    **dict.fromkeys(("lower", "upper", "numeric", "special"), True),
    **dict.fromkeys(("minLower", "minUpper", "minNumeric", "minSpecial"), 0),
}
_DEFAULTS: dict[str, Tree] = {
    "RandomString": _TEXT_DEFAULTS,
    "RandomPassword": _TEXT_DEFAULTS,
    "RandomPet": {"length": 2, "separator": "-"},
}
_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Tree], tuple[str, Tree]]]] = {
    "RandomString": (("length",), _text),
    "RandomPassword": (("length",), _password),
    "RandomPet": ((), _pet),
    "RandomId": (("byteLength",), _id),
    "RandomInteger": (("min", "max"), _integer),
    "RandomUuid": ((), _uuid),
    "RandomShuffle": (("inputs",), _shuffle),
    "RandomBytes": (("length",), _bytes),
}
