"""What is assumed of years ahead, and what is known of a base: settings as frozen values. Pure."""
