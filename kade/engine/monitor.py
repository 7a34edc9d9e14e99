"""The resource monitor: what a Pulumi program talks to, served over gRPC.

Only features that are done are offered, so that an SDK says itself what else it cannot do here. Source of the
protocol: ``proto/pulumi/resource.proto`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from kade.engine import transforms, urns, wire
from kade.engine.builtin import STACK_REFERENCE, Builtin
from kade.engine.callbacks import Callbacks, Hook, ProgramHooks
from kade.engine.errors import EngineError
from kade.engine.goal import ReadGoal
from kade.engine.plan import Resource
from kade.engine.planner import Planner
from kade.engine.provider import ProviderError
from kade.engine.registration import Family, own_package, position, read_goal
from kade.engine.session import Session, Stopped
from kade.engine.values import UNKNOWN, ResourceRef, Secret, Value, has_secret, has_unknown, plain

_empty: Any = empty_pb2

FEATURES: Final = {
    "secrets": "SECRETS",
    "resourceReferences": "RESOURCE_REFERENCES",
    "outputValues": "OUTPUT_VALUES",
    "aliasSpecs": "ALIAS_SPECS",
    "deletedWith": "DELETED_WITH",
    "replaceWith": "REPLACE_WITH",
    "replacementTrigger": "REPLACEMENT_TRIGGER",
    "transforms": "TRANSFORMS",
    "invokeTransforms": "INVOKE_TRANSFORMS",
    "parameterization": "PARAMETERIZATION",
    "resourceHooks": "RESOURCE_HOOKS",
    "errorHooks": "ERROR_HOOKS",
}
_GET_RESOURCE = "pulumi:pulumi:getResource"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """One program's monitor. ``finish`` is called once, when the program has registered everything."""

    def __init__(
        self,
        session: Session,
        planner: Planner,
        *,
        builtin: Builtin,
        folder: Path,
        root: Path,
        organization: str,
        config: Mapping[str, str],
        secret_keys: frozenset[str],
        parallel: int,
        finish: Callable[[], None],
    ) -> None:
        self.session, self.planner, self._folder, self._finish = session, planner, folder, finish
        self._organization, self._config, self._secret_keys = organization, config, secret_keys
        self._parallel, self._builtin, self._root = parallel, builtin, root
        self.family = Family()
        self.callbacks = Callbacks()
        self.hooks = ProgramHooks(
            self.callbacks, dry_run=session.dry_run, warn=lambda text, urn: session.say("warning", text, urn)
        )
        session.hooks = self.hooks
        self._packages: dict[str, tuple[str, str, str]] = {}
        self._invoke_transforms: list[Any] = []

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURES)

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        known = resource_pb2.ResourceMonitorFeature
        names = [f"RESOURCE_MONITOR_FEATURE_{name}" for name in FEATURES.values()]
        return resource_pb2.DeploymentInfo(
            project=self.session.project,
            stack=self.session.stack,
            organization=self._organization,
            config=self._config,
            configSecretKeys=sorted(self._secret_keys),
            dryRun=self.session.dry_run,
            parallel=self._parallel,
            supportedFeatures=[known.Value(name) for name in names if name in known.keys()],  # noqa: SIM118 - an enum
        )

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            if request.remote:
                raise ProviderError(
                    f"{request.type} is a component of another package's plugin, which does not run here;"
                    " use the Pulumi CLI, or the package's Python classes."
                )
            if getattr(request, "state_migrations", None):
                raise ProviderError("state migrations are not done here; use the Pulumi CLI.")
            own = list(request.transforms)
            package = self._package(request.packageRef if hasattr(request, "packageRef") else "")
            goal, providers = read_goal(
                request, self.family, self.callbacks, self._default_provider, package, self._folder, self._root
            )
            with self.session.lock:
                self._go_on()
                resource = self.planner.register(goal)
                self.family.goals[resource.urn] = goal
                self.family.parents[resource.urn] = goal.parent
                self.family.transforms[resource.urn] = own
                if not goal.custom:
                    self.family.providers[resource.urn] = providers
            return self._registered(request, resource)
        return None

    def _registered(self, request: Any, resource: Resource) -> Any:
        outputs = resource.outputs if resource.custom else {}
        if not request.supportsPartialValues:
            outputs = {key: value for key, value in outputs.items() if not has_unknown(value)}
        id_ = resource.id
        if id_ is UNKNOWN:
            id_ = wire.UNKNOWN_TEXT if urns.is_provider(resource.type) else ""
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn,
            id=str(id_ or ""),
            object=wire.encode(outputs, secrets=request.acceptSecrets, resources=request.acceptResources),
        )

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            outputs = wire.decode(request.outputs, folder=self._folder)
            with self.session.lock:
                self._go_on()
                self.planner.outputs(request.urn, outputs)
        return _empty.Empty()

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            reference = self.family.provider(request.provider, {}, request.parent, urns.package_of(request.type))
            if not reference:
                package = self._package(request.packageRef if hasattr(request, "packageRef") else "")
                found = package or (own_package(request.type), request.version, request.pluginDownloadURL)
                reference = self._default_provider(*found)
            goal = ReadGoal(
                type=request.type,
                name=request.name,
                id=UNKNOWN if request.id == wire.UNKNOWN_TEXT else request.id,
                inputs=wire.decode(request.properties, folder=self._folder),
                parent=request.parent,
                provider=reference,
                dependencies=sorted(request.dependencies),
                additional_secret_outputs=list(request.additionalSecretOutputs),
                source_position=position(request, self._root),
            )
            if goal.type == STACK_REFERENCE:
                self._builtin.outputs_of(goal.inputs.get("name", UNKNOWN))  # may wait for it: not with the lock held
            with self.session.lock:
                self._go_on()
                resource = self.planner.read(goal)
                self.family.parents[resource.urn] = goal.parent
            properties = wire.encode(resource.outputs, secrets=request.acceptSecrets, resources=request.acceptResources)
            response: Any = resource_pb2.ReadResourceResponse(urn=resource.urn, properties=properties)
            if hasattr(response, "id"):  # newer SDKs take the id from here; empty says that it is unknown
                response.id = "" if resource.id is UNKNOWN else str(resource.id)
            return response
        return None

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            options = resource_pb2.TransformInvokeOptions(
                provider=request.provider, version=request.version, plugin_download_url=request.pluginDownloadURL
            )
            args, options = transforms.transform_invoke(
                self.callbacks, self._invoke_transforms, request.tok, request.args, options
            )
            values = wire.decode(args, folder=self._folder)
            if request.tok == _GET_RESOURCE:
                return _answer(wire.encode(self._resource(values["urn"])))
            reference = options.provider
            if not reference:
                package = self._package(request.packageRef if hasattr(request, "packageRef") else "")
                found = package or (urns.package_of(request.tok), options.version, options.plugin_download_url)
                reference = self._default_provider(*found)
            if not self.session.registry.is_configured(reference):
                return _answer(wire.encode({}))
            provider = self.session.registry.get(reference, request.tok)
            answer = provider.invoke(request.tok, plain(values), preview=self.session.dry_run)
            if has_secret(values):
                answer = {key: value if isinstance(value, Secret) else Secret(value) for key, value in answer.items()}
            return _answer(wire.encode(answer, resources=request.acceptResources))
        return None

    def _resource(self, urn: Value) -> dict[str, Value]:
        found = self.planner.news.get(str(urn))
        if found is None:
            raise ProviderError(f"unknown resource {urn}")
        return {"urn": found.urn, "id": found.id, "state": found.outputs}

    def Call(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            args = wire.decode(request.args, folder=self._folder)
            owner = args.get("__self__")
            about = f" of {owner.urn}" if isinstance(owner, ResourceRef) else ""
            raise ProviderError(f"the method {request.tok}{about} runs in a plugin, which does not run here.")
        return provider_pb2.CallResponse()

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        name, version = request.name, request.version
        if request.HasField("parameterization"):
            name, version = request.parameterization.name, request.parameterization.version
        reference = f"{name}@{version}"
        self._packages[reference] = (name, version, request.download_url)
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def RegisterStackTransform(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        self.family.stack_transforms.append(request)
        return _empty.Empty()

    def RegisterStackInvokeTransform(self, request: Any, context: Any) -> Any:  # noqa: ARG002, D102, N802
        self._invoke_transforms.append(request)
        return _empty.Empty()

    def RegisterResourceHook(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        if request.name in self.hooks.hooks:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, f"a hook named {request.name!r} is registered already")
        ignore = bool(getattr(request, "ignore_errors", False))
        self.hooks.hooks[request.name] = Hook(request.callback, request.on_dry_run, ignore)
        return _empty.Empty()

    def RegisterErrorHook(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        if request.name in self.hooks.error_hooks:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, f"a hook named {request.name!r} is registered already")
        self.hooks.error_hooks[request.name] = Hook(request.callback)
        return _empty.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: D102, N802
        with self._refusals(context, request):
            self._finish()
        return _empty.Empty()

    def _default_provider(self, package: str, version: str, url: str) -> str:
        with self.session.lock:
            self._go_on()
            return self.planner.default_provider(package, version, url)

    def _package(self, reference: str) -> tuple[str, str, str] | None:
        if not reference:
            return None
        if reference not in self._packages:
            raise ProviderError(f"unknown provider package '{reference}'")
        return self._packages[reference]

    def _go_on(self) -> None:
        if self.session.stopped:
            raise Stopped

    def _refusals(self, context: Any, request: Any) -> _Refusals:
        return _Refusals(self.session, context, request)


def _answer(values: Any) -> Any:
    made: Any = resource_pb2.ResourceInvokeResponse()
    getattr(made, "return").CopyFrom(values)
    return made


class _Refusals:
    """Turns what is refused into an error of the run, and into an answer that ends the program."""

    def __init__(self, session: Session, context: Any, request: Any) -> None:
        self._session, self._context, self._request = session, context, request

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        if isinstance(error, Stopped):
            self._context.abort(grpc.StatusCode.UNAVAILABLE, "the run was stopped")
        if not isinstance(error, ProviderError | EngineError | wire.WireError | OSError):
            return
        if hasattr(self._request, "tok"):  # a program may expect that a function fails
            self._context.abort(
                grpc.StatusCode.UNKNOWN, f"invocation of {self._request.tok} returned an error: {error}"
            )
        name = getattr(self._request, "name", "")
        self._session.say("error", f"{name}: {error}" if name else str(error))
        self._session.failed = self._session.stopped = True
        self._context.abort(grpc.StatusCode.UNAVAILABLE, "the run was stopped")
