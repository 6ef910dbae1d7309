"""Measure Python's concurrency models on this machine, judge what is claimed of them, show it."""

__version__ = "0.1.0"
