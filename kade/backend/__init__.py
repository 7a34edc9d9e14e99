"""Where state is kept: whether that place is safe, how it is made, and how all state in it is copied and put back."""
