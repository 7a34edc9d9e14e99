"""The one program of the project: it finds the estate that the stack's name tells of, and runs its layer.

A stack is called ``<estate>.<environment>.<layer>``, with ``-<part>`` behind it in the layers that have a stack for
each service or application. The configuration ``kade:estate`` names another folder or file than ``estates/<estate>``.
"""

from __future__ import annotations

import pulumi

from kade.components.arguments import ArgumentError
from kade.components.naming import NamingError
from kade.components.network.ranges import AddressError
from kade.components.network.segments import FlowError
from kade.estate import EstateError
from kade.stacks.common import StackError
from kade.stacks.entry import run_stack

try:
    run_stack(pulumi.get_stack(), pulumi.get_root_directory(), pulumi.Config("kade").get("estate"))
except (AddressError, ArgumentError, EstateError, FlowError, NamingError, StackError) as error:
    # What is wrong is in the estate, and its message says where: a trace through our code would only hide it.
    raise pulumi.RunError(str(error)) from None
