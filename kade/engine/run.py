"""One stack's run: preview, update, destroy. The program and the policy packs run in processes of their own.

What is wrong with the call (project, configuration, state, lock) raises `EngineError`. What goes wrong in the run
(the program, a provider's refusal, a pack) is in the result, as `StackResult.error` and its diagnostics.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from kade.engine import deletes, state
from kade.engine.builtin import Builtin
from kade.engine.config import Config, resolve_config
from kade.engine.errors import EngineError, StateWriteError
from kade.engine.generic import Generic
from kade.engine.job import Job, secrets_of
from kade.engine.ledger import Ledger
from kade.engine.lock import locked
from kade.engine.mask import Mask
from kade.engine.monitor import Monitor
from kade.engine.pack_setting import Setting
from kade.engine.packs import PackRunner
from kade.engine.plan import PolicyResult, StackResult
from kade.engine.planner import Planner
from kade.engine.policies import PackPolicies
from kade.engine.process import ended_with_us
from kade.engine.program import MESSAGE_SHOWN, Launch
from kade.engine.project import Project, load_stack
from kade.engine.random_provider import Random
from kade.engine.registry import Registry
from kade.engine.saving import Saver
from kade.engine.server import Server
from kade.engine.session import Event, Session, Stopped
from kade.engine.state_model import Deployment
from kade.engine.tls_provider import Tls
from kade.engine.urns import STACK_TYPE

OnEvent = Callable[[Event], None]

_LAST_STEP = 10.0  # seconds that a step which is under way gets when the run is interrupted


def preview(project: Project, stack: str, *, on_event: OnEvent = lambda _event: None, **options: Any) -> StackResult:
    """What an update would do. ``options`` are the fields of `Job`."""
    with ended_with_us():
        return run_preview(Job(project, stack, **options), on_event)


def update(project: Project, stack: str, *, on_event: OnEvent = lambda _event: None, **options: Any) -> StackResult:
    """Bring the stack to what its program says; the state is written after every step."""
    with ended_with_us():
        return run_update(Job(project, stack, **options), on_event)


def destroy(
    project: Project, stack: str, *, dry_run: bool = False, on_event: OnEvent = lambda _event: None, **options: Any
) -> StackResult:
    """Delete everything in the state. The program does not run. ``dry_run`` shows what it would do."""
    return run_destroy(Job(project, stack, **options), on_event, dry_run=dry_run)


def run_preview(job: Job, on_event: OnEvent) -> StackResult:
    """See `preview`; the caller ends the processes of a run that was interrupted."""
    return _Run(job, on_event, dry_run=True).with_program()


def run_update(job: Job, on_event: OnEvent) -> StackResult:
    """See `update`; the caller ends the processes of a run that was interrupted."""
    if job.state is None:
        raise EngineError("an update needs a state file to write to.")
    with locked(job.state, job.tell):
        return _Run(job, on_event, dry_run=False).with_program()


def run_destroy(job: Job, on_event: OnEvent, *, dry_run: bool) -> StackResult:
    """See `destroy`."""
    if job.state is None:
        raise EngineError("destroying needs the state file of what stands.")
    with locked(job.state, job.tell):
        return _Run(job, on_event, dry_run=dry_run).without_program()


class _Run:
    def __init__(self, job: Job, on_event: OnEvent, *, dry_run: bool) -> None:
        self.job, self.dry_run = job, dry_run
        self.began = time.perf_counter()
        self.timings: dict[str, float] = {}
        settings = job.settings or load_stack(job.project, job.stack)
        self.secrets = job.secrets or secrets_of(job, settings)
        config = resolve_config(job.project, settings, self.secrets.decrypt_config)
        self.config = Config({**config.values, **job.config}, config.secret_keys)
        self.mask = Mask()
        self.mask.add(self.config.values[key] for key in self.config.secret_keys)
        self.before = state.load(job.state, self.secrets) if job.state else state.empty()
        self.had_state = bool(self.before.resources)
        self.saver = Saver(job.state, self.before, self.secrets) if job.state and not dry_run else None
        builtin = Builtin(job.references)
        providers = {"random": Random(), "tls": Tls(), **job.providers, "pulumi": builtin}
        self.builtin = builtin
        self.session = Session(
            project=job.project.name,
            stack=job.stack,
            dry_run=dry_run,
            ledger=Ledger(self.before, self.saver.journal if self.saver else None),
            registry=Registry(providers, Generic()),
            config=self.config.shown(),
            mask=self.mask,
            on_event=on_event,
            permit=(lambda _step: "") if dry_run else job.permit,
        )
        self.session.registry.begin(self.before.resources, dry_run=dry_run)
        self.planner = Planner(self.session)
        self._finished = threading.Event()
        self._phase("read")

    def _phase(self, name: str) -> None:
        now = time.perf_counter()
        self.timings[name] = now - self.began - sum(self.timings.values())

    def with_program(self) -> StackResult:
        """Run the program, and give what came of it. After Ctrl-C the step that is being done is still booked."""
        try:
            return self._with_program()
        except StateWriteError:
            raise  # what was done is kept elsewhere by now
        except BaseException:
            self.session.stopped = True
            if self.session.lock.acquire(timeout=_LAST_STEP):
                self._save()
            raise

    def _with_program(self) -> StackResult:
        self._mention_the_state()
        with ExitStack() as stack:
            server = stack.enter_context(Server(self._logged))
            packs = self._start_packs(stack, server.address)
            monitor = Monitor(
                self.session,
                self.planner,
                builtin=self.builtin,
                folder=self.job.project.working_directory,
                root=self.job.project.root,
                organization=self.job.organization,
                config=self.config.values,
                secret_keys=self.config.secret_keys,
                parallel=self.job.parallel,
                finish=self._finish,
            )
            stack.callback(monitor.callbacks.close)
            server.serve(monitor)
            if not self.session.failed:
                self._run_program(server.address)
            self._phase("program")
            if packs is not None and not self.session.stopped:
                self._ask_packs(packs)
            policies = self._verdicts(packs)  # while the packs still run: a run that stopped half-way has some too
            self._phase("policies")
        return self._result(policies)

    def without_program(self) -> StackResult:
        self._mention_the_state()
        for resource in self.session.ledger.base:
            if resource.type.startswith("pulumi:providers:"):
                self.session.registry.configure(resource)
        try:
            with self.session.lock:
                deletes.destroy(self.planner)
        except Stopped:
            pass
        self._phase("delete")
        return self._result([])

    def _mention_the_state(self) -> None:
        for operation in self.before.pending_operations:
            self.session.say(
                "warning",
                f"an earlier run was cut off while it was {operation.type} this; it is not taken for done.",
                operation.resource.urn,
            )
        if self.job.project.refresh:
            self.session.say(
                "warning",
                f"{self.job.project.file} asks for a refresh before every run, which is not done here:"
                " the state is taken as it is.",
            )

    def _start_packs(self, stack: ExitStack, address: str) -> PackRunner | None:
        if not self.job.packs:
            return None
        setting = Setting(
            project=self.job.project.name,
            stack=self.job.stack,
            organization=self.job.organization,
            config=self.config,
            engine_address=address,
            dry_run=self.dry_run,
        )
        packs = PackRunner.start(
            self.job.packs,
            setting,
            configuration=self.job.pack_config,
            on_line=lambda pack, line: self.session.say("info", f"{pack}: {line}", later=True),
            mask=self.mask,
            preload=self.job.pack_preload,
            forkers=self.job.forkers,
        )
        stack.callback(packs.close)
        self.session.policies = PackPolicies(packs, self.session)
        return packs

    def _run_program(self, address: str) -> None:
        job = self.job
        launch = Launch(
            job.project,
            job.stack,
            self.config,
            self.dry_run,
            job.parallel,
            job.organization,
            job.environment,
            job.preload,
        )
        child = launch.start(address, lambda _stream, line: self.session.say("info", line, later=True), job.forkers)
        try:
            status = child.wait(job.time_limit)
        except EngineError as error:
            self.session.say("error", str(error))
            self.session.stopped = True
            return
        finally:
            child.stop()
        if self.session.stopped:
            return
        if status not in (0, MESSAGE_SHOWN):
            how = f"was ended by signal {-status}" if status < 0 else f"exited with non-zero exit code: {status}"
            self.session.say("error", f"the program {how}")
        elif status == MESSAGE_SHOWN:
            self.session.failed = True
        else:
            self._finish()
        if status:
            self.session.stopped = True

    def _finish(self) -> None:
        """The program has registered everything: delete what it did not. Called once or twice, works once."""
        with self.session.lock:
            if self._finished.is_set() or self.session.stopped:
                return
            self._finished.set()
            try:
                if not self.session.failed or self.dry_run:
                    deletes.finish(self.planner)
            except Stopped:
                return

    def _ask_packs(self, packs: PackRunner) -> None:
        try:
            packs.analyze_stack(list(self.planner.news.values()))
        except EngineError as error:
            self.session.say("error", str(error))

    def _verdicts(self, packs: PackRunner | None) -> list[PolicyResult]:
        try:
            return packs.results() if packs is not None else []
        except EngineError as error:
            self.session.say("error", str(error))
            return []

    def _logged(self, severity: str, message: str, urn: str) -> None:
        if severity == "debug" or (severity == "error" and self.session.stopped):
            return  # what a program says about a monitor that is gone is noise: why was said already
        self.session.say(severity, message, urn, later=True)

    def _result(self, policies: list[PolicyResult]) -> StackResult:
        session = self.session
        with session.lock:
            self.planner.finish_outputs()
            self._save()
        diagnostics = session.said()
        errors = [d for d in diagnostics if d.severity == "error"]
        error = ""
        if errors:
            name = errors[0].urn.rsplit("::", 1)[-1]
            lines = errors[0].message.strip().splitlines()
            error = f"{name}: {lines[0]}" if name else lines[-1] if lines[0].startswith("Program failed") else lines[0]
        elif session.failed:
            error = "the run failed."
        stack_urn = f"urn:pulumi:{self.job.stack}::{self.job.project.name}::{STACK_TYPE}::"
        root = next((r for r in self.planner.news.values() if r.urn.startswith(stack_urn)), None)
        self._phase("end")
        return StackResult(
            project=self.job.project.name,
            stack=self.job.stack,
            steps=session.steps,
            diagnostics=diagnostics,
            policies=policies,
            config=dict(session.config),
            outputs=dict(root.outputs) if root else {},
            had_state=self.had_state,
            timings=self.timings,
            duration=time.perf_counter() - self.began,
            error=error,
        )

    def _save(self) -> None:
        if self.saver is not None:
            self.saver.save(self.session.ledger.deployment())


def outputs_of(deployment: Deployment) -> Mapping[str, Any] | None:
    """The outputs of the stack that a state is of; None where nothing stands."""
    root = next((r for r in deployment.resources if r.type == STACK_TYPE and not r.delete), None)
    return root.outputs if root else None
