"""The code that the pages show, that a reader copies, and that conc times."""
