"""Loads of azure-native only the files that a program uses.

Each of its packages is a file for every resource and function, hundreds of them, and imports all of them at its start:
more time than a small program itself takes. Here a package gives a name from the file that exports it, when somebody
asks for it. Imported by `bootstrap` in the program's own interpreter, so it imports nothing of ours.
"""

import ast
import importlib
import importlib.machinery
import os
import re
import sys

SDK = "pulumi_azure_native."
NAMES = "__kade_names__"  # in a package that is loaded this way: the file of each name that it exports

_STAR = re.compile(r"from \.(\w+) import \*")
_MODULES = re.compile(r"from \. import (\w+)")


def install():
    """Load the packages of azure-native this way from now on."""
    sys.meta_path.insert(0, _Finder)


class _Finder:
    """Finds the packages below `SDK` as Python does, and has `_Loader` load them."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if not name.startswith(SDK):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        is_package = spec is not None and spec.submodule_search_locations is not None
        if is_package and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs an ``__init__.py`` without its imports of the package's own files, which `_later` makes when needed.

    Where a file does not say what it exports, all is loaded at once as it is written.
    """

    def exec_module(self, module):
        rest, names = [], {}
        for line in self.get_data(self.path).decode().splitlines():
            star, own = _STAR.fullmatch(line), _MODULES.fullmatch(line)
            if star:
                exported = _exported(os.path.join(os.path.dirname(self.path), star[1] + ".py"))  # noqa: PTH118, PTH120 - text is what a loader has
                if not exported:
                    super().exec_module(module)
                    return
                names.update(dict.fromkeys(exported, star[1]))
            elif own:
                names[own[1]] = ""
            rest.append("" if star or own else line)
        if names:
            _later(module, names)
        exec(compile("\n".join(rest), self.path, "exec"), module.__dict__)  # noqa: S102 - this is what loads a module


def _later(module, names):
    """Let a package give its names as they are asked for; one without a file is that of a file itself."""

    def give(name):
        if name not in names:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        file = names[name]
        found = importlib.import_module(f"{module.__name__}.{file or name}")
        if not file:
            return found
        # Importing it has put the file itself in the place of a function that is called as it is.
        module.__dict__.update({key: getattr(found, key) for key, where in names.items() if where == file})
        return module.__dict__[name]

    module.__dict__.update({NAMES: names, "__getattr__": give, "__dir__": lambda: sorted({*vars(module), *names})})


def _exported(file):
    """The names in a file's ``__all__``; none where it has none."""
    text = ""
    with open(file, encoding="utf-8") as lines:  # noqa: PTH123 - as above
        for line in lines:
            if text or line.startswith("__all__ = ["):
                text += line
                if "]" in line:
                    return ast.literal_eval(text.partition("=")[2].strip())
    return []
