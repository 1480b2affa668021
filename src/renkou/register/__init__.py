"""From linked records to the tables of an edition. Pure: Ibis expressions."""
