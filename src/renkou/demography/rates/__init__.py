"""Counts, rates, shares and ratios with intervals; fertility; decomposition. Pure (NumPy, SciPy)."""
