"""Taking over what stands: from an export of Azure to entries of the estate file, and to imports."""
