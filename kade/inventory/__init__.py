"""Reads what engineers have of their applications and servers into one model, and keeps every row."""
