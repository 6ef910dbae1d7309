"""The rules: pure functions from grounds to a ruling, a file for each part of the article."""
