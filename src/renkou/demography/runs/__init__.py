"""Whole runs: a scenario for a tree of areas, its trajectories, and the figures made of them."""
