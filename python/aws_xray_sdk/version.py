"""The version of this distribution, written into every segment document."""

VERSION = "0.1.0"
