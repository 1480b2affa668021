"""From a department's rows to canonical records and problems. Pure: tables in, tables out."""
