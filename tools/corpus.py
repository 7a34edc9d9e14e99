"""How often our verdicts are those of other tools' own tests: ``python -m tools.corpus DIR [--show RULE]``.

DIR holds ``psrule.jsonl`` and ``checkov_arm.jsonl``: one case a line, a resource, another tool's rule and its verdict.
A case counts where a rule of ours names the other's in ``psrule=`` or ``checkov=``. Prints the agreement by rule, then
what differs, with the deviations that our rules state; ``--show`` prints the resources of one rule that differ.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.check import CheckResult, run
from kade.policies.kit.rules import RULES

CORPORA = {"psrule": ("psrule.jsonl", "rule"), "checkov": ("checkov_arm.jsonl", "check_id")}
_GROUP = re.compile(r"/resourceGroups/(case-\d+)(/|$)", re.IGNORECASE)


@dataclass
class Case:
    """One case: the other tool's rule and verdict, and the resource group that marks its resource."""

    rule: str
    expected: str
    group: str
    resource: Mapping[str, Any] = field(repr=False)
    got: str = ""

    @property
    def agrees(self) -> bool:
        """Pass and not applicable count as the same; what is not evaluated agrees with nothing."""
        good = ("pass", "not_applicable")
        return self.got == self.expected or (self.got in good and self.expected in good)


def cases(path: Path, key: str) -> Iterator[Case]:
    """The cases of a corpus, each distinct resource in a resource group of its own."""
    groups: dict[str, tuple[str, dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        body = {**(entry.get("arm") or entry["resource"])}
        body.setdefault("type", entry["resource_type"])
        text = json.dumps(body, sort_keys=True)
        if text not in groups:
            group = f"case-{len(groups)}"
            made = json.loads(re.sub(r'(/resourceGroups/)[^/"\s]+', rf"\g<1>{group}", text, flags=re.IGNORECASE))
            if not _GROUP.search(str(made.get("id"))):
                made["id"] = _id(group, made["type"], str(made.get("name") or "unnamed"))
            groups[text] = (group, made)
        group, made = groups[text]
        yield Case(entry[key], entry["expected"], group, made)


def _id(group: str, type_: str, name: str) -> str:
    provider, *kinds = type_.split("/")
    names = (["parent"] * len(kinds) + name.split("/"))[-len(kinds) :]
    path = "/".join(f"{kind}/{part}" for kind, part in zip(kinds, names, strict=True))
    return f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{group}/providers/{provider}/{path}"


def judged(found: list[Case], tool: str) -> list[Case]:
    """The cases of rules that ours name, each with our verdict on its resource: the worst of all that name the rule."""
    distinct = {case.group: case.resource for case in found}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(list(distinct.values()), file)
        file.flush()
        results = run([Path(file.name)], input="arm", verdicts="all", exemptions=[]).results
    verdicts: dict[tuple[str, str], set[str]] = defaultdict(set)
    named: set[str] = set()
    for result in results:
        for other in result.equivalents.get(tool, ()):
            named.add(other)
            verdicts[other, _group(result)].add("pass" if result.verdict == "exempt" else result.verdict)
    for case in found:
        given = verdicts[case.rule, case.group]
        case.got = next((v for v in ("fail", "pass", "not_evaluated") if v in given), "not_applicable")
    return [case for case in found if case.rule in named]


def _group(result: CheckResult) -> str:
    found = _GROUP.search(result.resource)
    return found[1] if found else ""


def table(tool: str, found: list[Case], all_: list[Case]) -> None:
    """Print the agreement, rule by rule, the worst first."""
    deviations = [d for rule in RULES.values() for d in rule.deviations]
    by_rule: dict[str, list[Case]] = defaultdict(list)
    for case in found:
        by_rule[case.rule].append(case)
    agree = sum(case.agrees for case in found)
    share = agree / len(found) if found else 0.0
    print(
        f"{tool}: {len(by_rule)} of {len({c.rule for c in all_})} rules named, {len(found)} of {len(all_)} cases, "
        f"agreement {share:.3f}"
    )
    for rule, own in sorted(by_rule.items(), key=lambda item: (sum(c.agrees for c in item[1]) / len(item[1]), item[0])):
        differ = Counter(f"wanted {c.expected}, got {c.got}" for c in own if not c.agrees)
        reason = next((d.partition(": ")[2] for d in deviations if d.startswith(f"{rule}:")), "")
        said = "; ".join(f"{text} ({count})" for text, count in differ.items())
        said += f" [deviation: {reason}]" if said and reason else ""
        print(f"  {rule:55} {sum(c.agrees for c in own):3}/{len(own):<3} {said}".rstrip())


def main() -> int:
    """Print the tables. Exit status 2 where the folder does not hold the corpora."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", default="", metavar="RULE", help="print the resources of this rule that differ")
    options = parser.parse_args()
    for tool, (name, key) in CORPORA.items():
        path = options.folder / name
        if not path.is_file():
            print(f"{path}: not there; name the folder that holds {name}", file=sys.stderr)
            return 2
        all_ = list(cases(path, key))
        found = judged(all_, tool)
        if not options.show:
            table(tool, found, all_)
            continue
        for case in found:
            if case.rule == options.show and not case.agrees:
                print(f"--- wanted {case.expected}, got {case.got}")
                print(json.dumps(case.resource, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
