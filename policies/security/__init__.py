"""Rules on the security of Azure resources: one module a service."""
