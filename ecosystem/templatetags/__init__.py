"""Tags of the ecosystem app."""
