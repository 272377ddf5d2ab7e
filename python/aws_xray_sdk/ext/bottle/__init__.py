"""Bottle: requests become segments, template rendering subsegments."""
