"""A population carried forward by age and sex: one area or thousands at once. Pure (NumPy)."""
