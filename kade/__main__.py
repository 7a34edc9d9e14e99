"""``python -m kade`` is the ``kade`` command."""

from kade.cli.main import run

if __name__ == "__main__":
    run()
