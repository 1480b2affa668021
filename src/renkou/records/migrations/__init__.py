"""How the office database came to its present shape."""
