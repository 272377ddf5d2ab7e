#!/usr/bin/env python3
"""Fails when a crate depends on something that ARCHITECTURE.md does not allow.

Reads ``cargo metadata`` of the workspace and checks two things:

- between the workspace's crates, only the arrows below exist;
- the pure crates reach no Python binding, async runtime, web framework or database, not even
  through other packages.

Tests may use the testkit, so dependencies that are only for development may point to it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

ARROWS: dict[str, set[str]] = {
    "fluoro-wire": set(),
    "fluoro-sampling": {"fluoro-wire"},
    "fluoro-core": {"fluoro-sampling", "fluoro-wire"},
    "fluoro": {"fluoro-core", "fluoro-sampling", "fluoro-wire"},
    "fluoro-python": {"fluoro-core", "fluoro-sampling", "fluoro-wire"},
    "fluoro-store": {"fluoro-wire"},
    "fluoro-agent": {"fluoro-store", "fluoro-sampling", "fluoro-wire"},
    "fluoro-testkit": {"fluoro-wire"},
}
"""What each crate may use; arrows are transitive, so a crate may name what it reaches."""

PURE = ("fluoro-wire", "fluoro-sampling", "fluoro-core")
"""Crates that must stay free of everything in ``HEAVY``."""

HEAVY = {
    "actix-web", "async-std", "axum", "clickhouse", "diesel", "duckdb", "fjall", "hyper", "poem",
    "pyo3", "pyo3-ffi", "redb", "reqwest", "rocket", "rocksdb", "rusqlite", "sea-orm", "smol",
    "sqlx", "tokio", "tokio-postgres", "tonic", "tower", "warp",
}  # fmt: skip
"""Python bindings, async runtimes, web frameworks and databases."""


def read_metadata() -> dict[str, Any]:
    """Returns what cargo knows about the workspace and everything it depends on."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def wrong_arrows(metadata: dict[str, Any]) -> Iterator[str]:
    """Yields a complaint for each edge between workspace crates that is not allowed."""
    members = {p["name"]: p for p in metadata["packages"] if p["id"] in metadata["workspace_members"]}
    for name, package in sorted(members.items()):
        if name not in ARROWS:
            yield f"{name}: not in the list of crates; add its arrows to tools/check_dependencies.py"
            continue
        for dependency in package["dependencies"]:
            target = dependency["name"]
            is_for_tests = dependency["kind"] == "dev" and target == "fluoro-testkit"
            if target in members and target not in ARROWS[name] and not is_for_tests:
                yield f"{name} -> {target}: this arrow is not in the design"


def heavy_dependencies(metadata: dict[str, Any]) -> Iterator[str]:
    """Yields a complaint for each heavy package that a pure crate reaches, with the way to it."""
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    edges = {node["id"]: list(runtime_dependencies(node)) for node in metadata["resolve"]["nodes"]}
    for start in metadata["workspace_members"]:
        if names[start] in PURE:
            for way in ways_to_heavy(start, names, edges):
                yield " -> ".join(way) + ": too heavy for a pure crate"


def runtime_dependencies(node: dict[str, Any]) -> Iterator[str]:
    """Yields the packages that a package is linked with."""
    for dependency in node["deps"]:
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            yield dependency["pkg"]


def ways_to_heavy(start: str, names: dict[str, str], edges: dict[str, list[str]]) -> Iterator[list[str]]:
    """Yields one way from ``start`` to each heavy package that it reaches."""
    seen = {start}
    rest = [[start]]
    while rest:
        way = rest.pop()
        if names[way[-1]] in HEAVY:
            yield [names[package] for package in way]
            continue
        for package in edges[way[-1]]:
            if package not in seen:
                seen.add(package)
                rest.append([*way, package])


def main() -> int:
    """Prints every complaint; returns the exit status."""
    metadata = read_metadata()
    complaints = [*wrong_arrows(metadata), *heavy_dependencies(metadata)]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if not complaints:
        print(f"dependencies of {len(metadata['workspace_members'])} crates are as designed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
