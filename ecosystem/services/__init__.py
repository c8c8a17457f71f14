"""Changes to the ecosystem's rows, by noun."""
