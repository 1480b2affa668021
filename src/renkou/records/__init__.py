"""The office database (Django): people who work here, decisions, audit events."""
