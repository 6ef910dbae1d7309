"""Invented results: of experiments, of what rules read, of traces and of tries."""
