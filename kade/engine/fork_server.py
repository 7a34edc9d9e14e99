"""The child's side of a process that is made ready once and then forked for every run that starts from there.

Imported by our two launchers (`bootstrap`, `pack_launcher`) in the program's or pack's own interpreter, so it imports
nothing of ours. `kade.engine.forker` is the other side, and tells what travels between the two. Linux only: elsewhere
libraries of the system do not stand a fork, and nothing names `SOCKET` in the environment.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import re
import select
import socket
import struct
import sys
import threading
import types

PARENT_PIPE = "KADE_PARENT_PIPE"  # the read end of a pipe whose other side is open as long as the engine lives
SOCKET = "KADE_FORK_SOCKET"  # where requests come from; its presence asks for a server
UNFIT = 3  # exit status of a server that cannot be one: the runs are then started one by one
HEADER = struct.Struct("!Q")  # the length of the JSON that follows


def end_with_parent():
    """End when the engine does, however it ends."""
    pipe = int(os.environ.get(PARENT_PIPE, "-1"))
    if pipe < 0:
        return

    def watch():
        try:
            os.read(pipe, 1)
        finally:
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def asked_to_serve():
    """Whether this process is to be forked rather than to run by itself."""
    return SOCKET in os.environ


def preload(modules):
    """Import what the forks will import; ``package.*`` stands for the package and the modules in it.

    Where one cannot be imported, the fork that needs it will tell. Gives what was asked of the packages that load their
    files one by one (see `lazy_packages`): all of it that the sources of the others speak of.
    """
    before = set(sys.modules)
    for module in modules:
        with contextlib.suppress(Exception):
            package = importlib.import_module(module.removesuffix(".*"))
            if module.endswith(".*"):
                for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                    if not found.ispkg and not found.name.endswith(".__main__"):
                        importlib.import_module(found.name)
    return _load_lazy_ones([sys.modules[name] for name in sys.modules.keys() - before] + [_named(modules)])


def _named(modules):
    return types.SimpleNamespace(**{str(at): sys.modules.get(name) for at, name in enumerate(modules)})


def _load_lazy_ones(holders):
    """Load the modules that others hold for later use, as azure-native's are by whoever imports them.

    Not those that a package holds of itself, which are all that it has.
    """
    found = []
    for holder in holders:
        own, words = f"{getattr(holder, '__name__', '')}.", None
        for value in list(vars(holder).values()):
            if not isinstance(value, types.ModuleType):
                continue
            with contextlib.suppress(Exception):
                if object.__getattribute__(value, "__name__").startswith(own):
                    continue
                names = getattr(value, "__kade_names__", None)  # loads it
                if names:
                    words = _words(holder) if words is None else words
                    found += [getattr(value, name) for name in words & names.keys()]
    return found


def _words(module):
    """The words in a module's source."""
    try:
        with open(module.__file__, encoding="utf-8") as source:  # noqa: PTH123 - as text, which is what a module has
            return set(re.findall(r"\w+", source.read()))
    except (AttributeError, OSError, TypeError, UnicodeDecodeError):
        return set()


def serve():
    """Fork for each request. Returns in the forked process only, with its arguments, its environment and folder set.

    The server itself ends when the engine closes its side.
    """
    link = socket.socket(fileno=int(os.environ.pop(SOCKET)))
    pipe = int(os.environ.pop(PARENT_PIPE))
    if threading.active_count() > 1:  # a thread is not forked, and may hold a lock
        sys.exit(UNFIT)
    gc.collect()
    gc.freeze()  # what is there now is shared with every fork as long as nobody writes to it
    children = {}  # pidfd -> pid
    while True:
        for ready in select.select([link, pipe, *children], [], [])[0]:
            if ready == pipe:
                os._exit(0)
            elif ready in children:
                _tell(link, _ended(ready, children.pop(ready)))
            else:
                arguments = _fork(link, pipe, children)
                if arguments is not None:
                    return arguments


def _fork(link, pipe, children):
    """Serve one request; gives its arguments in the fork, and None in the server."""
    header, fds, _flags, _address = socket.recv_fds(link, HEADER.size, 3)
    if not header:
        os._exit(0)
    request = json.loads(_read(link, HEADER.unpack(header)[0]))
    pid = os.fork()
    with contextlib.suppress(OSError):  # on both sides: whoever comes first
        os.setpgid(pid, pid or os.getpid())  # a group of its own, in which it can be ended with all that it starts
    if pid:
        for fd in fds:
            os.close(fd)
        children[os.pidfd_open(pid)] = pid
        _tell(link, {"pid": pid})
        return None
    out, err, parent = fds
    os.dup2(out, 1)
    os.dup2(err, 2)
    for fd in (out, err, pipe, *children):
        os.close(fd)
    link.close()
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ[PARENT_PIPE] = str(parent)
    os.chdir(request["cwd"])
    end_with_parent()
    return request["arguments"]


def _ended(pidfd, pid):
    _pid, status = os.waitpid(pid, 0)
    os.close(pidfd)
    return {"ended": pid, "status": os.waitstatus_to_exitcode(status)}


def _tell(link, what):
    link.sendall(json.dumps(what).encode() + b"\n")


def _read(link, count):
    found = bytearray()
    while len(found) < count:
        part = link.recv(count - len(found))
        if not part:
            os._exit(0)
        found += part
    return bytes(found)
