"""The estate file: what a municipality is, has and wants, in one strict model with its own JSON Schema.

``load`` reads it; every error names file, line, column and field. See docs/estate.md.
"""

from kade.estate.loader import find, load
from kade.estate.model import Estate
from kade.estate.problems import EstateError, Problem
from kade.estate.stacks import StackSpec, parse_stack_name

__all__ = ["Estate", "EstateError", "Problem", "StackSpec", "find", "load", "parse_stack_name"]
