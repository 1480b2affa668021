"""Django settings and URLs. Imported by nobody; named by string."""
