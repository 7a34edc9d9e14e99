"""Runs a policy pack as ``python -m pulumi.policy`` does, only faster, and tells which rule is at work.

Started by `kade.engine.packs` with the pack's own interpreter: ``pack_launcher.py <engine address> <pack dir>``. So it
imports nothing of ours, and runs on every Python that pulumi_policy runs on. As a server (see `fork_server`) it is
given ``{"preload": [modules]}``, and each of its forks the two arguments.

The SDK deserialises all properties again for every policy. Here a request is deserialised once, and the policies share
a copy-on-write view of it; once a rule has written to it the next one gets a fresh view, so that no rule sees what
another one wrote. A policy whose tags name the types that it reads (``type:azure-native:storage:StorageAccount``) runs
only for these, and one on the whole stack only where the stack has one of them; but one on a resource runs always where
the pack also has policies on the whole stack, which may need the inputs that it saw. Where the SDK is not of a form
that we know, nothing is changed and the pack runs as it is. `KADE_PACK_PLAIN` in the environment asks for that too.
"""

import copy
import json
import os
import runpy
import signal
import sys
import threading
import traceback

KNOWN_VERSIONS = ((1, 11), (2, 0))  # of pulumi_policy: from, up to and without
MARK = "kade-pack: "  # begins a line on standard error, or the details of a failed call, that is meant for us

_here = threading.local()
_at_work = {}  # thread id -> (policy, urn)


def main():
    """Watch for the end of the engine, make the SDK faster where it is known, and run the pack."""
    sys.path.pop(0)  # our own folder: a pack's `import secrets` must not find ours
    fork_server = _fork_server()
    if fork_server.asked_to_serve():
        fork_server.preload(json.loads(sys.argv[-1])["preload"])
        sys.argv[1:] = fork_server.serve()[-2:]
    else:
        fork_server.end_with_parent()
    if not os.environ.get("KADE_PACK_PLAIN"):
        try:
            _improve()
        except Exception:  # whatever is wrong, the pack has to run as it is
            print(MARK + "plain", file=sys.stderr)
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, _tell)
    sys.argv[0] = "pulumi.policy"
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)


def _fork_server():
    """The module beside this file, which the pack must not find under this name."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - links stay as they are
    import fork_server  # ty: ignore[import-not-found]

    del sys.path[0], sys.modules["fork_server"]
    return fork_server


def _tell(_number, _frame):
    """Say which rule each request is at: asked for when an answer does not come."""
    print(MARK + json.dumps({"at": list(_at_work.values())}), file=sys.stderr, flush=True)


def _improve():
    """Put the faster parts in the place of the SDK's. Raises where the SDK is not as expected."""
    import pulumi_policy.policy as sdk
    from pulumi_policy import proxy
    from pulumi_policy.version import VERSION

    number = tuple(int(part) for part in VERSION.split(".")[:2])
    if not KNOWN_VERSIONS[0] <= number < KNOWN_VERSIONS[1]:
        raise LookupError(VERSION)
    servicer = sdk._PolicyAnalyzerServicer
    parts = ("deserialize_properties", "unknown_checking_proxy", "json_format")
    originals = {name: getattr(sdk, name) for name in parts}
    views = _views(proxy)

    class Json:
        """Stands for ``google.protobuf.json_format``, whose one use in the SDK is the reading of a request."""

        def __getattr__(self, name):
            return getattr(originals["json_format"], name)

        @staticmethod
        def MessageToDict(message, *arguments, **options):  # noqa: N802 - the name is the SDK's
            if arguments or options or getattr(_here, "plain", None) is None:
                return originals["json_format"].MessageToDict(message, *arguments, **options)
            return _Message(message)

    def deserialize_properties(properties, proxy_secrets=False):
        if not isinstance(properties, _Message):
            return originals["deserialize_properties"](properties, proxy_secrets)
        if proxy_secrets:
            return originals["deserialize_properties"](to_plain(properties.message), proxy_secrets)
        found = _here.plain.get(id(properties.message))
        if found is None:
            made = originals["deserialize_properties"](to_plain(properties.message))
            found = _here.plain[id(properties.message)] = (properties.message, _Shared(made))
        return found[1]

    def unknown_checking_proxy(properties):
        if isinstance(properties, _Shared):
            if properties.view is None or properties.written:
                properties.written = []
                properties.view = views(properties, [], properties.written)
            return properties.view
        return originals["unknown_checking_proxy"](properties)

    for name, part in zip(parts, (deserialize_properties, unknown_checking_proxy, Json())):  # noqa: B905 - not every Python that runs packs has strict
        setattr(sdk, name, part)
    _improve_servicer(servicer, sdk)


class _Message:
    """A protobuf message on its way to `deserialize_properties`."""

    def __init__(self, message):
        self.message = message


class _Shared(dict):
    """Deserialised properties that several policies look at; only views of it are given out.

    ``written`` is the view's own list of keys that a rule wrote, at any depth.
    """

    view = None
    written = ()


def to_plain(struct):
    """What ``json_format.MessageToDict`` makes of a protobuf Struct, in a third of the time."""
    return {key: _plain_value(value) for key, value in struct.fields.items()}


def _plain_value(value):
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return to_plain(value.struct_value)
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        return value.number_value
    if kind == "list_value":
        return [_plain_value(item) for item in value.list_value.values]
    return None


def _views(proxy):
    """A function that wraps plain data in lazy copy-on-write proxies of the SDK's own classes."""
    raise_if_unknown = proxy._raise_if_unknown
    missing = object()

    class View(proxy._DictProxy):
        def __init__(self, target, path, written):
            self._target, self._path, self._own, self._written = target, path, {}, written

        def __getitem__(self, key):
            if key == "__target":
                return bare(self)
            value = self._own.get(key, missing)
            if value is missing:
                value = self._target[key]
                if isinstance(value, (dict, list)):
                    value = self._own[key] = wrap(value, [*self._path, str(key)], self._written)
            return raise_if_unknown(key, value, self._path)

        def __setitem__(self, key, value):
            self._written.append(key)
            if key not in self._target and key not in self._own:
                self._target = {**self._target, key: value}  # keeps the order, and is ours from here on
            self._own[key] = value

        def __len__(self):
            return len(self._target)

        def __iter__(self):
            return iter(self._target)

    class ListView(proxy._ListProxy):
        def __init__(self, target, path, written):
            self._target, self._path, self._own, self._written = target, path, {}, written

        def __getitem__(self, key):
            if key == "__target":
                return bare(self)
            if isinstance(key, slice):
                return [self._at(index) for index in range(*key.indices(len(self._target)))]
            return raise_if_unknown(key, self._at(key), self._path)

        def _at(self, index):
            value = self._target[index]
            if isinstance(value, (dict, list)):
                index = index % len(self._target)
                if index not in self._own:
                    self._own[index] = wrap(value, [*self._path, str(index)], self._written)
                value = self._own[index]
            return value

        def __len__(self):
            return len(self._target)

    def wrap(value, path, written):
        return View(value, path, written) if isinstance(value, dict) else ListView(value, path, written)

    def bare(view):
        """The data of a view with what was written to it, as the SDK's serialisation asks for it."""
        if isinstance(view, View):
            return {key: bare(view._own.get(key, view._target[key])) for key in view._target}
        if isinstance(view, ListView):
            return [bare(view._own.get(index, value)) for index, value in enumerate(view._target)]
        return view

    return wrap


class _Policies(list):
    """The pack's policies; while a request is analysed, only those that read its type, each noted as at work."""

    def __init__(self, policies, kind_of):
        super().__init__(policies)
        self._by_types = {}
        self._types = [_types_of(policy) for policy in self]
        self._kind = kind_of
        self._stacked = any(kind_of(policy) == "stack" for policy in self)

    def __iter__(self):
        request = getattr(_here, "request", None)
        if request is None:
            yield from super().__iter__()
            return
        types, urn = request
        chosen = self._by_types.get(types)
        if chosen is None:
            chosen = self._by_types[types] = self._reading(types, stack=not urn)
        thread = threading.get_ident()
        for policy in chosen:
            _at_work[thread] = (policy.name, urn)
            yield policy

    def _reading(self, types, stack):
        everyone = list(super().__iter__())
        pairs = zip(everyone, self._types)  # noqa: B905 - not every Python that runs packs has strict
        chosen = [policy for policy, own in pairs if not own or "*" in own or own & types]
        on_resources = [p for p in everyone if self._kind(p) == "resource"]
        if not stack and self._stacked and not any(p in chosen for p in on_resources):
            chosen += on_resources[:1]
        return chosen


class _StackResource:
    """A resource of a request on the whole stack, read from protobuf once: the SDK reads it again for every policy."""

    def __init__(self, message):
        self.message = message
        self.type, self.urn, self.name, self.parent = message.type, message.urn, message.name, message.parent
        self.properties = message.properties
        self.dependencies = list(message.dependencies)
        self.propertyDependencies = {key: _Urns(list(v.urns)) for key, v in message.propertyDependencies.items()}
        self.provider = message.provider  # kept, so that its properties are known again
        self.options = None


class _Urns:
    def __init__(self, urns):
        self.urns = urns


class _StackRequest:
    """A request on the whole stack, as the SDK's servicer looks at it."""

    def __init__(self, message):
        self.resources = [_StackResource(resource) for resource in message.resources]


def _types_of(policy):
    return frozenset(tag[len("type:") :] for tag in policy.tags or () if tag.startswith("type:"))


def bare_type(token):
    """A type token without the API version in its module: ``azure-native:network/v20230201:Subnet``."""
    parts = token.split(":")
    if len(parts) == 3:
        parts[1] = parts[1].split("/v", 1)[0]
    return ":".join(parts)


def _improve_servicer(servicer, sdk):
    start = servicer.__init__
    calls = {name: getattr(servicer, name) for name in ("Analyze", "AnalyzeStack", "Remediate")}

    options_of, provider_of = servicer._get_resource_options, servicer._get_provider_resource

    def _get_resource_options(self, request):
        if not isinstance(request, _StackResource):
            return options_of(self, request)
        if request.options is None:
            request.options = options_of(self, request.message)
        return copy.copy(request.options)

    def _get_provider_resource(self, request):
        return provider_of(self, request.message if isinstance(request, _StackResource) else request)

    def kind_of(policy):
        return "stack" if isinstance(policy, sdk.StackValidationPolicy) else "resource"

    def __init__(self, *arguments, **options):  # noqa: N807 - it takes the place of the class's own
        start(self, *arguments, **options)
        self._PolicyAnalyzerServicer__policies = _Policies(self._PolicyAnalyzerServicer__policies, kind_of)

    def wrapped(name):
        def call(self, request, context):
            urn = getattr(request, "urn", "")
            stack = _StackRequest(request) if name == "AnalyzeStack" else None
            types = frozenset(bare_type(r.type) for r in (stack.resources if stack else [request]))
            _here.request, _here.plain = (types, urn), {}
            try:
                return calls[name](self, stack or request, context)
            except BaseException as error:  # SystemExit too, which would leave the call without an answer
                told = {
                    "rule": _at_work.get(threading.get_ident(), ("", ""))[0],
                    "error": f"{type(error).__name__}: {error}"[:400],  # details travel in a header of 8 KiB
                    "traceback": traceback.format_exc()[-1500:],
                }
                context.abort(sdk.grpc.StatusCode.ABORTED, MARK + json.dumps(told))
            finally:
                _here.request = _here.plain = None
                _at_work.pop(threading.get_ident(), None)

        return call

    servicer.__init__ = __init__
    servicer._get_resource_options = _get_resource_options
    servicer._get_provider_resource = _get_provider_resource
    for name in calls:
        setattr(servicer, name, wrapped(name))


if __name__ == "__main__":
    main()
