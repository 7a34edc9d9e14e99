"""One stack through the Pulumi CLI, driven by Pulumi's Automation API: its plan, and the plan applied."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kade.approval.digest import steps_of
from kade.deploy.outcome import DeployError, Outcome
from kade.engine.plan import Diagnostic, PolicyResult, StackResult
from kade.engine.project import Project, load_stack
from kade.report.masking import SECRET

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent, Stack

_COLOUR: Final = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;]*m")  # Pulumi's own marks in messages, and the terminal's
INSTALL: Final = "https://www.pulumi.com/docs/install/"


def need_pulumi() -> None:
    """Raise `DeployError` where the CLI is not on PATH, with the way to install it."""
    if shutil.which("pulumi") is None:
        raise DeployError(
            "`kade up` without --local deploys through the Pulumi CLI, and `pulumi` is not on PATH. Install it"
            f" (curl -fsSL https://get.pulumi.com | sh; {INSTALL}), or rehearse with --local."
        )


@dataclass
class _Heard:
    """What the CLI's events said."""

    errors: list[str] = field(default_factory=list)
    policies: list[PolicyResult] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)

    def __call__(self, event: EngineEvent) -> None:
        said, rule, summary = event.diagnostic_event, event.policy_event, event.summary_event
        if said is not None and said.severity == "error":
            self.errors.append(_plain(f"{(said.urn or '').rsplit('::', 1)[-1]}: {said.message}".removeprefix(": ")))
        if rule is not None:
            self.policies.append(_policy(rule))
        if summary is not None:
            changes = {str(getattr(op, "value", op)): count for op, count in summary.resource_changes.items()}
            self.changes = {op: count for op, count in changes.items() if op != "same"}


class PulumiStack:
    """A stack of a project. ``packs`` are the folders of policy packs, which both a plan and an update meet."""

    def __init__(
        self,
        project: Project,
        name: str,
        *,
        packs: Sequence[Path] = (),
        config: Mapping[str, str] | None = None,
        plans: Path,
    ) -> None:
        self.project, self.name, self.packs = project, name, [str(pack) for pack in packs]
        self.config, self.plan_file = dict(config or {}), plans / f"{name}.pulumi.json"
        self._made: Stack | None = None

    @property
    def stack(self) -> Stack:
        """The CLI's stack; made where there is none, with the secrets provider that its settings name.

        Raises `DeployError`.
        """
        if self._made is None:
            from pulumi import automation

            settings = load_stack(self.project, self.name)
            options = automation.LocalWorkspaceOptions(
                secrets_provider=settings.secrets_provider or None,
                env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true"},
            )
            try:
                work = automation.LocalWorkspace(work_dir=str(self.project.root), **_given(options))
                _ = work.pulumi_version  # a CLI that has none would be found out only in the middle
                self._made = automation.Stack.create_or_select(self.name, work)
                for key, value in self.config.items():
                    self._made.set_config(key, automation.ConfigValue(value))
            except (automation.CommandError, automation.InvalidVersionError, OSError) as error:
                raise DeployError(f"{self.name}: {_reason(error)}") from error
        return self._made

    def plan(self) -> StackResult:
        """Preview, and save Pulumi's plan. What goes wrong is in the result. Raises `DeployError`."""
        from pulumi import automation

        heard, began, digest, error = _Heard(), time.perf_counter(), "", ""
        stack = self.stack
        self.plan_file.parent.mkdir(parents=True, exist_ok=True)
        try:
            digest = stack.preview(
                plan=str(self.plan_file), policy_packs=self.packs, on_event=heard, json=True, suppress_progress=True
            ).stdout
        except (automation.CommandError, RuntimeError) as failure:  # the latter where no summary was written
            error = heard.errors[0] if heard.errors else _reason(failure)
        if not heard.errors and any(p.verdict == "fail" and p.enforcement == "mandatory" for p in heard.policies):
            error = ""  # the rule that is broken says it
        body: Mapping[str, Any] = json.loads(digest) if digest else {}
        steps = steps_of(body)
        return StackResult(
            project=self.project.name,
            stack=self.name,
            steps=steps,
            diagnostics=[Diagnostic("error", text) for text in heard.errors],
            policies=heard.policies,
            had_state=any(step.old is not None for step in steps),
            duration=time.perf_counter() - began,
            error=error,
        )

    def apply(self, tell: Callable[[str], None] = lambda _line: None) -> Outcome:
        """Do what the saved plan says; Pulumi stops where it would have to do something else."""
        from pulumi import automation

        heard, began = _Heard(), time.perf_counter()
        tell(f"{self.name}: updating ...")
        try:
            done = self.stack.up(
                plan=str(self.plan_file),
                policy_packs=self.packs,
                on_event=heard,
                show_secrets=False,
                suppress_outputs=True,
                suppress_progress=True,
            )
        except automation.CommandError as failure:
            told = "\n".join(heard.errors) or _reason(failure)
            broken = [f"{p.rule}: {p.message}" for p in heard.policies if p.enforcement == "mandatory"]
            return Outcome(
                self.name, "failed", heard.changes, {}, "\n".join([told, *broken]), time.perf_counter() - began
            )
        outputs = {name: SECRET if value.secret else value.value for name, value in sorted(done.outputs.items())}
        return Outcome(self.name, "done", heard.changes, outputs, "", time.perf_counter() - began)


def _given(options: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(options).items() if value is not None}


def _policy(event: Any) -> PolicyResult:
    urn = event.resource_urn or ""
    return PolicyResult(
        pack=event.policy_pack_name,
        pack_version=event.policy_pack_version,
        rule=event.policy_name,
        urn=urn,
        type=urn.split("::")[2].rsplit("$", 1)[-1] if urn.count("::") > 2 else "",
        verdict="fail",
        enforcement=event.enforcement_level,
        message=_plain(event.message).strip(),
    )


def _reason(error: BaseException) -> str:
    """The lines of a failed command that say why; all of its standard error where none does."""
    text = _plain(str(error))
    stderr = text.partition(" stderr: ")[2] or text
    told = [line.strip().removeprefix("error: ") for line in stderr.splitlines() if line.strip().startswith("error:")]
    if "currently locked by" in stderr:
        _, _, locked = stderr.partition("error: ")
        return (
            f"{locked.strip()}\nIf that process is gone (see when the lock was made, and where), remove its lock with"
            " `pulumi cancel --stack STACK`; nothing of this stack was changed now."
        )
    return "\n".join(told) or stderr.strip() or type(error).__name__


def _plain(text: str) -> str:
    return _COLOUR.sub("", text).strip()
