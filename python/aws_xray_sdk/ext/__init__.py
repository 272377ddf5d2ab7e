"""Adapters to frameworks and libraries, one folder each."""
