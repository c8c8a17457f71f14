"""The demonstration directory: invented entries, each marked as a sample, and their removal."""
