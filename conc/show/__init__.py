"""What was measured, as strings for pages and terminals, and the MkDocs plugin."""
