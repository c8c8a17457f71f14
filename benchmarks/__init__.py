"""Benchmarks: ratios measured in one run, printed beside their goals. They are no tests."""
