"""Flask: requests become segments, template rendering subsegments."""
