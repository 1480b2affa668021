"""Rates ahead: mortality, fertility and migration of years to come, from what is known. Pure."""
