"""Sampling by rules that the application brings itself."""
