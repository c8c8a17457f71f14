"""Changes to the roadmap's rows, by noun."""
