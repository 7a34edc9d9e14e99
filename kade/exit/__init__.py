"""How an application leaves: what has to go with it, in which order it is deleted, and its program without Kade."""
