"""Helpers that experiments share."""
