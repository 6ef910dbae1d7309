"""What came of it: the store, the staleness keys, the statistics."""
