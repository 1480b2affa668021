"""Which records are the same person, and how sure that is. Pure: expressions and settings."""
