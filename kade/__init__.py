"""Kade: cloud migration infrastructure-as-code for Dutch municipalities."""
