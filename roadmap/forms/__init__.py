"""Forms of the work room, by noun."""
