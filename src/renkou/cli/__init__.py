"""The `renkou` command: each command parses its words and calls one action."""
