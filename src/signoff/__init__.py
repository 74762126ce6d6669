"""A model registry that lives in a directory; every decision is a signed record."""
