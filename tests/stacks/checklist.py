"""What the checklists share: layers of a preview as a user asks for it, and the search for what carries a clause.

A checklist is YAML beside its test: by point of an issue, rows of the clause, the kind of the resource, its name (a
pattern), a path into its inputs, and what stands there (a pattern for a text, else the value itself).
"""

import json
import re
from functools import reduce
from pathlib import Path

from ruamel.yaml import YAML


def table(name):
    """The rows of a checklist by point, and as one list of tuples that begin with their point."""
    by_point = YAML(typ="safe", pure=True).load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))
    return by_point, [(point, *row) for point, rows in by_point.items() for row in rows]


def layers_of(digest, layers):
    """What the JSON report of a whole preview says of some layers."""
    stacks = {name for name in digest["stacks"] if name.split(".")[2].partition("-")[0] in layers}
    assert stacks
    steps = [step for step in digest["steps"] if step["urn"].split(":")[2] in stacks]
    results = [item for item in digest["policies"]["results"] if item["stack"] in stacks]
    return {"stacks": {n: digest["stacks"][n] for n in stacks}, "steps": steps, "policies": {"results": results}}


class Made:
    """What a preview or a program makes: kind, name, inputs (of a stack its outputs)."""

    def __init__(self, items, digest=None):
        self.items, self.digest = items, digest

    @classmethod
    def previewed(cls, whole, *layers):
        """From the JSON report of a whole preview, for some layers."""
        digest = layers_of(whole, layers)
        states = [step["newState"] for step in digest["steps"]]
        return cls([_item(state) for state in states], digest)

    def find(self, kind, name="", path="", wanted=""):
        """Names of the resources of a kind whose name, and whose value at the path, are as wanted."""
        return [
            n
            for k, n, inputs in self.items
            if k == kind and re.search(name, n) and (not path or matches(at(inputs, path), wanted))
        ]

    def carries(self, kind, name, path, wanted):
        """Fail with what is there instead where no resource carries a clause."""
        there = [at(inputs, path) for k, n, inputs in self.items if k == kind and re.search(name, n)]
        assert self.find(kind, name, path, wanted), f"no {kind} {name} with {path} {wanted!r}: {there[:3]}"

    def breaks_no_mandatory_rule(self, least):
        """Fail where a mandatory rule does, or where fewer verdicts than ``least`` were given."""
        assert self.digest is not None
        results = self.digest["policies"]["results"]
        assert len(results) > least
        assert [r for r in results if r["verdict"] == "fail" and r["enforcement"] == "mandatory"] == []


def at(inputs, path):
    """What stands at a path with dots, numbers for places in lists; None where there is nothing."""

    def step(value, key):
        if isinstance(value, list):
            return value[int(key)] if key.isdecimal() and int(key) < len(value) else None
        return value.get(key) if isinstance(value, dict) else None

    return reduce(step, path.split("."), inputs)


def matches(value, wanted):
    """Whether a value is as wanted: a text is a pattern for it, or for its JSON; anything else is compared."""
    if isinstance(wanted, str | re.Pattern):
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        return value is not None and re.search(wanted, text)
    return value == wanted


def _item(state):
    kind = state["type"].rsplit(":", 1)[-1]
    return kind, state["urn"].rsplit("::", 1)[-1], state.get("outputs" if kind == "Stack" else "inputs", {})
