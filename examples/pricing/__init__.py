"""Pricing: a Flask service that prints price tags."""
