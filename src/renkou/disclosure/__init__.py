"""What may be published of counts of people, and how it is perturbed. Pure (NumPy)."""
