"""The catalogue of indicators, and its figures from the counts of an edition. Pure (NumPy)."""
