"""From inventory to plan: what happens to each application, and when."""
