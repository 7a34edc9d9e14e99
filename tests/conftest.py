"""What holds for every test."""

import os
import signal
import sys

# A shell that starts us in the background has Ctrl-C ignored, and so would every program that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Containers often keep Python from writing what it has compiled; then each of the hundreds of programs that the tests
# start compiles all of Kade anew, which is a quarter of the time of a preview.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
