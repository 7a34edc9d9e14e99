"""Previews the ``azure-py-*`` programs of a checkout of pulumi/examples: a test against programs that are not ours.

usage: examples.py CHECKOUT [--only NAME]... [--least N] [--prepare]

Each program that previews is deployed to the local Azure too and previewed again, which has to show only ``same``.

Each program is copied to ``build/examples`` and stays as it is there. It runs in an environment with the requirements
that it pins; programs with the same requirements share one. Its stack file is made of its template's defaults, and of
made-up values for what the template or the program asks for without a default. Exit status 1 where fewer than N
preview.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

BUILD = Path(__file__).resolve().parent.parent / "build" / "examples"
LEAST = 12  # of 17: four fail by themselves (three use what azuread 6 took away, one a name it never defines),
# and one asks Azure itself while it runs
SAME = "same"
TIME_LIMIT = 300  # seconds for one preview
REQUIRED = re.compile(r"\.require(?:_secret)?(?:_int|_bool|_float|_object)?\(\s*[\"']([\w-]+)[\"']")
ASKED = re.compile(r"\.get\(\s*[\"']([\w-]+)[\"']\s*\)(?!\s*or\b)")
MADE_UP = {
    "location": "westeurope",
    "username": "beheerder",
    "admin_username": "beheerder",
    "userObjectId": "11111111-2222-4333-8444-555555555555",
    "sshPublicKey": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 example",
    "publicKey": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 example",
}


@dataclass(frozen=True)
class Outcome:
    """How one program fared: resources and seconds where it previewed, else the reason."""

    name: str
    resources: int = 0
    seconds: float = 0.0
    reason: str = ""
    deployed: str = ""  # "same" where it was deployed and its next preview shows no change, else why not


def main() -> int:
    """Preview them all and print a table."""
    parser = argparse.ArgumentParser(description="Preview the azure-py-* programs of pulumi/examples.")
    parser.add_argument("checkout", type=Path, help="a checkout of github.com/pulumi/examples")
    parser.add_argument("--only", action="append", default=[], help="only this program; may be given more than once")
    parser.add_argument("--least", type=int, default=LEAST, help="how many have to preview")
    parser.add_argument("--prepare", action="store_true", help="only copy them and make the environments")
    options = parser.parse_args()
    programs = sorted(f.parent for f in options.checkout.glob("azure-py-*/Pulumi.yaml"))
    programs = [p for p in programs if not options.only or p.name in options.only]
    if not programs:
        print(f"{options.checkout}: there is no azure-py-* program in it; name a checkout.", file=sys.stderr)
        return 2
    outcomes = []
    for program in programs:
        outcome = one(program, prepare_only=options.prepare)
        outcomes.append(outcome)
        print(f"{outcome.name:32}{_figures(outcome)}", flush=True)
    good = sum(1 for o in outcomes if not o.reason)
    same = sum(1 for o in outcomes if o.deployed == SAME)
    said = "prepared" if options.prepare else f"preview; after `up --local`, {same} of them show only `same`"
    print(f"\n{good} of {len(outcomes)} {said}")
    return 0 if good >= min(options.least, len(programs)) else 1


def one(program: Path, *, prepare_only: bool) -> Outcome:
    """Copy, prepare and preview one program."""
    work = BUILD / program.name
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(program, work, ignore=shutil.ignore_patterns("venv", ".venv", "__pycache__"))
    try:
        env = environment(work / "requirements.txt")
    except subprocess.CalledProcessError as error:
        return Outcome(program.name, reason=f"its requirements cannot be installed: {_last_line(error.stderr)}")
    (work / "venv").symlink_to(env)
    settings(work)
    return Outcome(program.name) if prepare_only else preview(work, env)


def environment(requirements: Path) -> Path:
    """The virtual environment with these requirements, made where it is not there yet."""
    wanted = sorted({line.strip() for line in requirements.read_text().splitlines() if line.strip()})
    folder = BUILD / ("env-" + hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:12])
    ready = folder / ".ready"
    if not ready.exists():
        print(f"setting up {folder.name} for {', '.join(wanted)}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        quiet = ["-q", "--disable-pip-version-check", "--no-compile"]  # Python compiles what it imports
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin/pip"), "install", *quiet, "-r", str(requirements)],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        ready.touch()
    return folder


def settings(work: Path) -> None:
    """Write ``Pulumi.dev.yaml``: the template's defaults, and a value for what has none and is asked for."""
    yaml = YAML(typ="safe")
    project = yaml.load((work / "Pulumi.yaml").read_text())
    items = dict((project.get("template") or {}).get("config") or {})
    items |= {k: v for k, v in (project.get("config") or {}).items() if isinstance(v, dict)}
    config: dict[str, str] = {"azure-native:location": "westeurope"}
    for key, item in items.items():
        if "default" in item:
            config[key] = str(item["default"]).lower() if isinstance(item["default"], bool) else str(item["default"])
        elif "(optional)" not in str(item.get("description", "")):
            config[key] = made_up(key)
    for source in work.glob("*.py"):
        text = source.read_text()
        for key in REQUIRED.findall(text) + [key for key in ASKED.findall(text) if key in MADE_UP]:
            config.setdefault(key, made_up(key))
    full = {key if ":" in key else f"{project['name']}:{key}": value for key, value in config.items()}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in full.items()]
    (work / "Pulumi.dev.yaml").write_text("config:\n" + "\n".join(lines) + "\n")


def made_up(key: str) -> str:
    """A value for a key without a default: a fitting one where it is known, else one that passes for a password."""
    return MADE_UP.get(key, "Voorbeeld-2026!")


def preview(work: Path, env: Path) -> Outcome:
    """Preview one prepared program with the command itself; deploy it, and preview it again."""
    started = time.monotonic()
    done = kade(work, env, "preview", "--format", "json", "--no-policies")
    seconds = time.monotonic() - started
    if done.returncode != 0:
        return Outcome(work.name, seconds=seconds, reason=_last_line(done.stderr) or f"status {done.returncode}")
    return Outcome(work.name, len(json.loads(done.stdout)["steps"]), seconds, deployed=deploy(work, env))


def deploy(work: Path, env: Path) -> str:
    """`SAME` where the program, deployed to the local Azure, previews without a change; else what was said."""
    done = kade(work, env, "up", "--local", "--yes", "--no-policies")
    if done.returncode != 0:
        refusals = [line.strip() for line in (done.stdout + done.stderr).splitlines() if "cannot" in line]
        return (refusals or [_last_line(done.stderr) or f"status {done.returncode}"])[0]
    again = kade(work, env, "preview", "--format", "json", "--no-policies")
    steps = json.loads(again.stdout)["steps"] if again.returncode == 0 else []
    changes = [step for step in steps if step["op"] not in ("same", "read")]
    changed = [f"{step['op']} {step['urn'].rpartition('::')[2]}" for step in changes]
    return ", ".join(changed) or (SAME if steps else _last_line(again.stderr))


def kade(work: Path, env: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one command of Kade on the program's stack."""
    # a Pulumi.yaml without a virtualenv leaves the interpreter to Pulumi's own variable
    variables = {**os.environ, "PULUMI_PYTHON_CMD": str(env / "bin/python"), "PULUMI_CONFIG_PASSPHRASE": "voorbeeld"}
    line = [str(Path(sys.executable).with_name("kade")), command, str(work), "--stack", "dev", *options]
    try:
        return subprocess.run(line, capture_output=True, text=True, timeout=TIME_LIMIT, env=variables)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(line, 1, "", f"no answer within {TIME_LIMIT} s")


def _figures(outcome: Outcome) -> str:
    if outcome.reason:
        return f"no   {outcome.reason}"
    if not outcome.resources:
        return "yes"
    return f"yes  {outcome.resources:3} resources  {outcome.seconds:5.1f} s  then {outcome.deployed}"


def _last_line(text: str | None) -> str:
    lines = [line for line in (text or "").strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


if __name__ == "__main__":
    sys.exit(main())
