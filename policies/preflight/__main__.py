"""The preflight pack, as Pulumi starts it."""

from kade.policies.kit import serve

serve("kade-preflight", package="kade.policies.preflight", description="What Azure would refuse in a deployment")
