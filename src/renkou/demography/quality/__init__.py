"""How good data are, how complete deaths are, and ages made regular. Pure (NumPy, SciPy)."""
