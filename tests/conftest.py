"""What holds for every test."""

import signal

# A shell that starts us in the background has Ctrl-C ignored, and so would every program that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
