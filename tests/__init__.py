"""What conc promises, one test file a module."""
