"""Life tables, their intervals, old age, standardised rates. Pure (NumPy)."""
