"""What is measured: a module an experiment, and the registry that lists them."""
