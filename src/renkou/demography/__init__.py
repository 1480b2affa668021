"""Rates, life tables, coverage and their uncertainty, from arrays of anybody's. Pure (NumPy, SciPy)."""
