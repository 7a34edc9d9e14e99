"""One policy pack as a running process, and the calls to it."""

from __future__ import annotations

import json
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine import pack_launcher
from kade.engine.errors import PackError, ProcessError
from kade.engine.forker import Forker, Forkers
from kade.engine.mask import Mask
from kade.engine.pack_info import PackFile, Rule, configuration_request, configured, rules_of
from kade.engine.pack_setting import Setting
from kade.engine.process import Child

_SERVICE: Final = "/pulumirpc.Analyzer/"
_OPTIONS: Final = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_BOOTSTRAP: Final = "import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
_EMPTY: Any = getattr(empty_pb2, "Empty")  # noqa: B009 - made at run time, where no type checker sees it

OnLine = Callable[[str, str], None]  # the pack's name, and a line that it wrote


class PackProcess:
    """A pack that was started. It gets ready on its own; every call waits for that. Errors are `PackError`."""

    def __init__(
        self,
        file: PackFile,
        setting: Setting,
        configuration: Mapping[str, Any],
        mask: Mask,
        on_line: OnLine,
        forker: Forker | None = None,
    ) -> None:
        self.file, self.setting, self._configuration = file, setting, configuration
        self.name, self.version = file.folder.name, file.version
        self.rules: dict[str, Rule] = {}
        self._mask, self._on_line = mask, on_line
        self._port: queue.Queue[str] = queue.Queue()
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        self._asking = threading.Lock()
        self._failure: PackError | None = None
        self._has: dict[tuple[bool, str], bool] = {}
        self._channel: grpc.Channel | None = None
        try:
            self._child = Child(
                [file.python, "-u", "-c", _BOOTSTRAP, _launcher(), setting.engine_address, file.program],
                name=f"the policy pack {self.name}",
                cwd=file.folder,
                env=setting.environment(),
                on_stdout=self._stdout,
                on_stderr=self._stderr,
                forker=forker,
            )
        except ProcessError as error:
            raise PackError(str(error)) from error
        self._deadline = time.monotonic() + setting.limits.start
        self._starter = threading.Thread(target=self._start, name=f"start of {self.name}", daemon=True)
        self._starter.start()

    def ready(self) -> None:
        """Wait until the pack has told its rules and taken its configuration."""
        self._starter.join()
        if self._failure:
            raise self._failure

    def has(self, type_: str, *, remediation: bool = False) -> bool:
        """Whether a rule has something to do with a resource of a type, or to remediate on it."""
        self.ready()
        asked = (remediation, type_)
        if asked not in self._has:
            self._has[asked] = self._look_up(*asked)
        return self._has[asked]

    def has_on_stack(self, types: Collection[str]) -> bool:
        """Whether a rule on the whole stack has something to do with one that has resources of these types."""
        self.ready()
        on_stack = [r for r in self.rules.values() if r.on_stack and r.level != "disabled"]
        return any(not r.types or any(r.names(type_) for type_ in types) for r in on_stack)

    def _look_up(self, remediation: bool, type_: str) -> bool:
        rules = self.rules.values()
        on_stack = any(r.on_stack and r.level != "disabled" for r in rules)
        if remediation:
            return any(r.reads(type_) and r.level == "remediate" for r in rules)
        # A pack with rules on the stack may remember the inputs that its rules on resources were given.
        return any(r.reads(type_) or (on_stack and r.on_resource) for r in rules)

    def analyze(self, request: bytes, urn: str) -> pb.AnalyzeResponse:
        """The answer on one resource; the request is a serialised ``AnalyzeRequest``."""
        return self._call("Analyze", request, pb.AnalyzeResponse, self.setting.limits.resource, urn)

    def remediate(self, request: bytes, urn: str) -> pb.RemediateResponse:
        """What the pack would change about a resource."""
        return self._call("Remediate", request, pb.RemediateResponse, self.setting.limits.resource, urn)

    def analyze_stack(self, request: bytes) -> pb.AnalyzeResponse:
        """The answer on the whole stack; the request is a serialised ``AnalyzeStackRequest``."""
        return self._call("AnalyzeStack", request, pb.AnalyzeResponse, self.setting.limits.stack, "the stack")

    def stop(self) -> None:
        """End the process. A call that still waits fails."""
        if self._channel:
            self._channel.close()
        self._child.stop()

    def _stdout(self, line: str) -> None:
        if self._channel is None and line.strip().isdigit():
            self._port.put(line.strip())
        else:
            self._on_line(self.name, self._mask(line))

    def _stderr(self, line: str) -> None:
        if line.startswith(pack_launcher.MARK + "{"):
            self._told.put(json.loads(line.removeprefix(pack_launcher.MARK)))
        elif not line.startswith(pack_launcher.MARK):
            self._on_line(self.name, self._mask(line))

    def _start(self) -> None:
        try:
            self._connect()
            self._introduce()
        except PackError as error:
            self._failure = error
        except Exception as error:  # a fault of ours in this thread would leave everybody waiting
            self._failure = PackError(f"{self.file.folder}: the policy pack could not be prepared: {error!r}.")

    def _connect(self) -> None:
        while True:
            try:
                port = self._port.get(timeout=0.05)
                break
            except queue.Empty:
                if self._child.poll() is not None:
                    raise self._ended("before it was ready") from None
                if time.monotonic() > self._deadline:
                    limit = self.setting.limits.start
                    raise PackError(
                        f"{self.file.folder}: the policy pack was not ready within {limit:g} s; look at what its"
                        " program does before it makes the PolicyPack."
                    ) from None
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)

    def _introduce(self) -> None:
        setting, where = self.setting, "its start"
        folder = str(self.file.folder)
        handshake = pb.AnalyzerHandshakeRequest(
            engine_address=setting.engine_address, root_directory=folder, program_directory=folder
        )
        stack = pb.AnalyzerStackConfigureRequest(
            stack=setting.stack,
            project=setting.project,
            organization=setting.organization,
            dry_run=setting.dry_run,
            config_secret_keys=sorted(setting.config.secret_keys),
            config=setting.config.values,
            tags=setting.tags,
        )
        left = max(self._deadline - time.monotonic(), 1)
        self._optional("Handshake", handshake, pb.AnalyzerHandshakeResponse, left)
        self._optional("ConfigureStack", stack, pb.AnalyzerStackConfigureResponse, left)
        nothing = _EMPTY().SerializeToString()
        info = self._invoke("GetAnalyzerInfo", nothing, pb.AnalyzerInfo, left, where)
        self.name, self.version = info.name or self.name, self.file.version or info.version
        rules = configured(self.name, rules_of(info), self._configuration.get(self.name, {}))
        if info.supportsConfig:
            request = configuration_request(self.name, rules).SerializeToString()
            self._invoke("Configure", request, _EMPTY, left, where)
        self.rules = rules

    def _optional(self, method: str, request: Any, answer: Any, limit: float) -> None:
        """A call that an older SDK does not know."""
        try:
            self._raw(method, request.SerializeToString(), answer, limit)
        except grpc.RpcError as error:
            call: Any = error
            if call.code() != grpc.StatusCode.UNIMPLEMENTED:
                raise self._failed(call, limit, "its start") from error

    def _call(self, method: str, request: bytes, answer: Any, limit: float, urn: str) -> Any:
        self.ready()
        return self._invoke(method, request, answer, limit, urn)

    def _invoke(self, method: str, request: bytes, answer: Any, limit: float, where: str) -> Any:
        try:
            return self._raw(method, request, answer, limit)
        except grpc.RpcError as error:
            raise self._failed(error, limit, where) from error

    def _raw(self, method: str, request: bytes, answer: Any, limit: float) -> Any:
        if self._channel is None:
            raise PackError(f"the policy pack {self.name} is not running.")
        call = self._channel.unary_unary(_SERVICE + method, None, answer.FromString)
        return call(request, timeout=limit)

    def _failed(self, error: Any, limit: float, where: str) -> PackError:
        """Why a call failed, naming the rule wherever it can be known."""
        code, details = error.code(), error.details() or ""
        if details.startswith(pack_launcher.MARK):
            told = json.loads(details.removeprefix(pack_launcher.MARK))
            for line in told["traceback"].splitlines():
                self._on_line(self.name, self._mask(line))
            what = self._mask(told["error"])
            return PackError(f"the rule {told['rule']} of the policy pack {self.name} failed on {where}: {what}.")
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            rule = self._rule_at(where)
            who = f"the rule {rule} of the policy pack {self.name}" if rule else f"the policy pack {self.name}"
            return PackError(f"{who} gave no answer within {limit:g} s on {where}; it was ended.")
        if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
            for _ in range(100):
                if self._child.poll() is not None:
                    return self._ended(f"on {where}")
                time.sleep(0.02)
        details = self._mask(details.removeprefix("Exception calling application: "))
        return PackError(f"the policy pack {self.name} failed on {where}: {details}.")

    def _rule_at(self, urn: str) -> str:
        """The rule that the pack says it is at on this resource; empty where it cannot say."""
        if self.setting.plain or not hasattr(signal, "SIGUSR1"):
            return ""
        with self._asking:
            self._child.ask(signal.SIGUSR1)
            try:
                told = self._told.get(timeout=2)
            except queue.Empty:
                return ""
        at = [rule for rule, where in told["at"] if where == urn or not where]
        return at[0] if at else ""

    def _ended(self, when: str) -> PackError:
        status = self._child.wait(5)
        how = f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"
        said = [line for line in self._child.tail if line.strip() and not line.startswith(pack_launcher.MARK)]
        last = f": {self._mask(said[-1].strip())}" if said else ""
        return PackError(f"{self.file.folder}: the policy pack {how} {when}{last}.")


def forker_of(file: PackFile, setting: Setting, preload: Sequence[str], forkers: Forkers) -> Forker | None:
    """A process with the pack's interpreter in which the SDK and ``preload`` are there; it serves every such pack."""
    shared = setting.shared()
    modules = ["pulumi", "pulumi_policy", *preload]

    def start(forker: Forker) -> None:
        words = [file.python, "-u", "-c", _BOOTSTRAP, _launcher(), json.dumps({"preload": modules})]
        forker.start(words, cwd=file.folder, env=shared)

    key = ("packs", file.python, tuple(modules), tuple(sorted(shared.items())))
    return forkers.get(key, "the start of the policy packs", start)


def _launcher() -> Path:
    return Path(sys.modules[pack_launcher.__name__].__file__ or "")
