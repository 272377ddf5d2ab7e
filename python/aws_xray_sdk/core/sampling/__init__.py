"""Sampling: which requests are recorded."""
