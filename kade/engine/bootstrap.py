# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH120 - pathlib would resolve links, and a program sees its own path
"""Runs a Pulumi program as Pulumi's own ``pulumi-language-python-exec`` does.

Started by `kade.engine.program` with the program's own interpreter: ``bootstrap.py <settings as JSON>``. So it imports
nothing of ours, and runs on every Python and SDK that the program runs on. As a server (see `fork_server`) it is given
``{"preload": [modules]}``, and each of its forks the settings of a program. Five things are changed in the SDK, each
only where it has the form that we know, and not at all with `KADE_PLAIN` in the environment:

- azure-native gives every resource a list of its types in old API versions, on which the SDK spends most of its time.
  The engine compares types without versions, so one alias for each type that is really another one is enough.
- in a preview of several stacks, some outputs of an earlier stack may be unknown. The SDK takes all outputs of a
  reference for unknown if one is; here each output is known or unknown by itself.
- every debug message of the SDK is a call to the engine that the program waits for, several for each resource. The
  engine shows none of them, so they are not sent.
- at its end the SDK waits for all outputs anew each time that some are there, which takes time by the square of their
  number. Here it waits once for all of them, or for the first that fails.
- for each resource it reads the source of every file on the stack, to tell the engine nothing but files and lines.

And of azure-native only those files are loaded that the program uses (see `lazy_packages`).
"""

import asyncio
import contextlib
import gc
import importlib
import json
import logging
import os
import re
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

MESSAGE_SHOWN = 32  # exit status: the error was logged already (Pulumi's own number)
NO_SDK = """It looks like the Pulumi SDK has not been installed. Have you run pip install?
If you are running in a virtualenv, you must run pip install -r requirements.txt from inside the virtualenv."""

_VERSION = re.compile(r"/v\d{8}[a-z0-9]*|(?<=[a-z])_[A-Za-z0-9]+_v\d{8}[a-z0-9]*(?=:)")


def main():
    """Run the program that the settings name; the exit status is Pulumi's."""
    sys.path.pop(0)  # our own folder: a program's `import secrets` or `import config` must not find ours
    fork_server, lazy_packages = _beside("fork_server"), _beside("lazy_packages")
    if not fork_server.asked_to_serve():
        fork_server.end_with_parent()
    settings = json.loads(sys.argv[1])
    try:
        import pulumi
        import pulumi.runtime
    except ImportError:
        print(f"{traceback.format_exc()}\n{NO_SDK}", file=sys.stderr)
        return 1
    if not os.environ.get("KADE_PLAIN"):
        lazy_packages.install()
        for improve in (_drop_old_types, _know_outputs_one_by_one, _keep_debugging_here, _wait_once, _read_no_source):
            with contextlib.suppress(AttributeError, TypeError):  # an SDK of another form: it runs as it is
                improve(pulumi)
    gc.set_threshold(100_000, 20, 50)  # a program makes objects to keep: looking for garbage among them only costs
    if fork_server.asked_to_serve():
        _know_types(pulumi, fork_server.preload(settings["preload"]))
        settings = json.loads(fork_server.serve()[-1])
    _configure(pulumi, settings)
    sys.argv = [settings["program"]]
    os.chdir(settings["pwd"])
    return _run(pulumi, settings)


def _beside(name):
    """A module beside this file, which the program must not find under this name."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    found = importlib.import_module(name)
    del sys.path[0], sys.modules[name]
    return found


def _configure(pulumi, settings):
    runtime = pulumi.runtime
    config = runtime.get_config_env()
    if hasattr(runtime, "set_all_config") and hasattr(runtime, "get_config_secret_keys_env"):
        runtime.set_all_config(config, runtime.get_config_secret_keys_env())
    else:
        for key, value in config.items():
            runtime.set_config(key, value)
    known = {key: settings[key] for key in ("monitor", "engine", "project", "stack", "parallel", "dry_run")}
    try:
        made = runtime.Settings(**known, organization=settings["organization"], root_directory=settings["root"])
    except TypeError:  # an older SDK
        try:
            made = runtime.Settings(**known, organization=settings["organization"])
        except TypeError:
            made = runtime.Settings(**known)
    runtime.configure(made)


def _run(pulumi, settings):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(settings["parallel"], 1) * 4)
    loop.set_default_executor(executor)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a run that fails leaves tasks behind, and that is fine
    program = os.path.abspath(settings["program"])
    status = 1
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _program(pulumi, program)))
        status = 0
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        status = MESSAGE_SHOWN
    except Exception:
        pulumi.log.error("Program failed with an unhandled exception:\n" + _short_trace(program))
        status = MESSAGE_SHOWN
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return status


def _program(pulumi, program):
    if os.path.isdir(program) and not os.path.exists(os.path.join(program, "__main__.py")):
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{program}`")
        sys.exit(MESSAGE_SHOWN)
    runpy.run_path(program, run_name="__main__")


def _short_trace(program):
    """The current exception's traceback from the program's own file on."""
    main_file = os.path.join(program, "__main__.py") if os.path.isdir(program) else program
    frames = traceback.extract_tb(sys.exc_info()[2])
    for index, frame in enumerate(frames):
        if os.path.abspath(frame[0]) == main_file:
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


def _drop_old_types(pulumi):
    """Keep one alias of each type that is not only another API version of the resource's own."""
    options = pulumi.ResourceOptions
    original = options.merge
    bare = vars(pulumi.Alias(type_="package:module:Name"))

    def only_type(alias):
        """Whether an alias names another type, and nothing else."""
        values = getattr(alias, "__dict__", {})
        return (
            values.keys() == bare.keys()
            and isinstance(values["type_"], str)
            and all(value is bare[key] for key, value in values.items() if key != "type_")
        )

    def fewer(aliases, own):
        kept, seen = [], {own}
        for alias in aliases:
            if only_type(alias) and alias.type_.startswith("azure-native"):
                kind = _VERSION.sub("", alias.type_)
                if kind in seen:
                    continue
                seen.add(kind)
            kept.append(alias)
        return kept

    def merge(opts1=None, opts2=None):
        aliases = getattr(opts2, "aliases", None)
        if isinstance(aliases, list) and aliases:
            resource = sys._getframe(1).f_locals.get("__self__")
            own = getattr(type(resource), "pulumi_type", "") or ""
            setattr(opts2, "aliases", fewer(aliases, _VERSION.sub("", own)))  # noqa: B010 - None has it not
        return original(opts1, opts2)

    options.merge = staticmethod(merge)


def _know_outputs_one_by_one(pulumi):
    """Let `StackReference.get_output` look at the one output only."""
    reference = pulumi.StackReference
    secret = reference._StackReference__is_secret_name

    def output(self, name, find):
        def one(both):
            key, outputs = both
            if not isinstance(outputs, dict):
                return outputs
            return find(outputs, key)

        value = pulumi.Output.all(pulumi.Output.from_input(name), self.outputs).apply(one, True)
        return pulumi.Output(
            value.resources(), value.future(True), value.is_known(), asyncio.ensure_future(secret(self, name))
        )

    reference.get_output = lambda self, name: output(self, name, lambda outputs, key: outputs.get(key))
    reference.require_output = lambda self, name: output(self, name, lambda outputs, key: outputs[key])


def _keep_debugging_here(pulumi):
    """Send no debug messages."""
    if callable(pulumi.log.debug):
        pulumi.log.debug = lambda *_arguments, **_options: None


def _wait_once(_pulumi):
    """Wait for all outputs at once at the end of a program."""
    module = vars(sys.modules["pulumi.runtime.stack"])
    if module.get("asyncio") is not asyncio:
        return

    class Asyncio:
        """Stands for ``asyncio`` in that module, whose one use of ``wait`` is the one that is meant."""

        def __getattr__(self, name):
            return getattr(asyncio, name)

        @staticmethod
        def wait(tasks, *, timeout=None, return_when=asyncio.ALL_COMPLETED):
            if return_when == asyncio.FIRST_COMPLETED:
                return_when = asyncio.FIRST_EXCEPTION
            return asyncio.wait(tasks, timeout=timeout, return_when=return_when)

    module["asyncio"] = Asyncio()


def _read_no_source(_pulumi):
    """Look only at the frames of the stack."""
    module = vars(sys.modules["pulumi.runtime.resource"])
    if module.get("traceback") is not traceback:
        return

    class Traceback:
        """Stands for ``traceback`` in that module, which asks of each frame its file, its line and its name."""

        def __getattr__(self, name):
            return getattr(traceback, name)

        @staticmethod
        def extract_stack():
            found = [(frame.f_code, line) for frame, line in traceback.walk_stack(sys._getframe(1))]
            return [traceback.FrameSummary(c.co_filename, n, c.co_name, lookup_line=False) for c, n in reversed(found)]

    module["traceback"] = Traceback()


def _know_types(pulumi, used):
    """Have the SDK work out the types of the properties of these classes, which it keeps for each."""
    with contextlib.suppress(Exception):  # an SDK of another form: it does so when it needs them
        from pulumi import _types

        for kind in used:
            if isinstance(kind, type) and issubclass(kind, pulumi.CustomResource):
                _types.resource_types(kind)
                module = vars(sys.modules[kind.__module__])
                kind = module.get(f"{kind.__name__}InitArgs") or module.get(f"{kind.__name__}Args")
            if isinstance(kind, type) and _types.is_input_type(kind):
                _types.input_type_types(kind)


if __name__ == "__main__":
    sys.exit(main())
