"""Takes over what stands: gives the resources of a stack the ids under which `imports.yaml` lists them."""

from __future__ import annotations

import pulumi

from kade.estate import Estate
from kade.estate.imports import read_imports


def take_over(estate: Estate, stack: str) -> None:
    """Have Pulumi import, in place of create, each resource of this stack that the estate's imports name.

    An import stays harmless when it has been done: Pulumi compares the id with the one in its state. Pulumi refuses an
    import whose properties differ from the program's, so those are kept as they stand until the file says otherwise.
    """
    wanted = read_imports(estate.folder).get(stack) if estate.folder else None
    if not wanted:
        return

    def with_id(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        found = wanted.get((args.type_, args.name))
        if found is None:
            return None
        kept = pulumi.ResourceOptions(import_=found.id, ignore_changes=list(found.keep))
        options = pulumi.ResourceOptions.merge(args.opts, kept)
        return pulumi.ResourceTransformationResult(props=args.props, opts=options)

    pulumi.runtime.register_stack_transformation(with_id)
