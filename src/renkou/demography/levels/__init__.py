"""What an area's own counts say of its rates, and how far: levels of small areas beside a standard. Pure."""
