"""The security pack, as Pulumi starts it: one module a service beside this file."""

from kade.policies.kit import serve

serve("kade-security", package="kade.policies.security", description="Security of Azure resources, by BIO2")
