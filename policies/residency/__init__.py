"""Rules on where data rests and is processed."""
