"""The office on the web: views, forms, templates. Calls actions and record queries."""
