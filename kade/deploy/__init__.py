"""Deploys stacks through the Pulumi CLI: in order, each plan saved, approved and applied, and stopped at a failure."""
