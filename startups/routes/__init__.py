"""Addresses of the directory, a module for each part."""
