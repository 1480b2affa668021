"""Areas beside each other: steadied rates, funnel plots, ranks with intervals, sex ratios watched. Pure."""
