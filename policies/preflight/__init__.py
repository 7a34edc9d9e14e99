"""Rules on what Azure would refuse in a deployment."""
