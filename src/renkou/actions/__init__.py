"""One function per thing a person can do; joins the pure packages, engines and records."""
