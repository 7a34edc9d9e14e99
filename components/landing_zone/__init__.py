"""Governed subscriptions: management groups, policy assignments, logging, security, budgets, backup, identity."""
