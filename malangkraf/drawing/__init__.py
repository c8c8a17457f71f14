"""Drawings made on the server as SVG strings: pure functions, no Django."""
