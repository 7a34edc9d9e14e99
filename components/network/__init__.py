"""The network of a municipality: address plan, hub, segments, spokes, private DNS, and what reaches what."""
