"""The figures that the project promises to reach, one script each: ``make bench`` runs them all."""
