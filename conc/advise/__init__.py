"""What to do with a function of one's own: decisions from what was measured, without words."""
