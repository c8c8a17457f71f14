"""Addresses of the ecosystem app, a module for each part."""
