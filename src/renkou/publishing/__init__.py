"""Charts, workbooks and pages from tables. Pure: tables in, documents out."""
