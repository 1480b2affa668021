"""Words every room shares: errors, fields, id numbers, names, dates, areas. Pure."""
