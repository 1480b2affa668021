"""What planners ask of a projection: schools, maternity, working ages, care, turning years. Pure."""
