"""The residency pack, as Pulumi starts it."""

from kade.policies.kit import serve

serve("kade-residency", package="kade.policies.residency", description="Where data rests and is processed")
