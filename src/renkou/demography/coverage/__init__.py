"""How many people the lists miss or hold wrongly. Pure (NumPy, SciPy)."""
