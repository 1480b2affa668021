"""A fictional city with known truth, and the lists its offices keep. Pure: arrays in, arrays out."""
