"""The only code that opens files and connections: DuckDB, Spark, Splink, workbooks."""
