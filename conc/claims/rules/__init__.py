"""The rules: pure functions from evidence to a finding, a file for each part of the article."""
