"""Tracing for aiohttp: requests served are segments, requests made are subsegments."""
