"""The experiments: what is measured, an explicit list, one file each."""
