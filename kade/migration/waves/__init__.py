"""When each application moves: the problem, an exact solver, and a check that does not use it."""
