"""Virtual desktops as Pulumi components."""
