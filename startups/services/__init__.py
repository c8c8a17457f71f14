"""Changes of several rows, by noun: lock the parent row, write, refresh what is derived, drop cached pages."""
