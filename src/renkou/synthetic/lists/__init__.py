"""The departments' lists: one module each, from the city's truth to a file. Pure."""
