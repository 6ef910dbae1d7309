"""The article's kitchens: ten dishes under every model, and the tracer that watches them."""
