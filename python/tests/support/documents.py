"""Reads trace documents the way the X-Ray service would, and refuses what the service would refuse.

A document is a segment, or a subsegment that was sent on its own. :func:`read_traces` validates each against
``segment_schema.json``, joins them into trees and raises :class:`InvalidTrace` where a parent is missing, an id is
used twice or two traces are mixed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

from jsonschema import Draft202012Validator

Document = Dict[str, Any]

_SCHEMA = json.loads((Path(__file__).parent / 'segment_schema.json').read_text(encoding='utf-8'))
_VALIDATOR = Draft202012Validator(_SCHEMA)
_FLAGS = ('fault', 'error', 'throttle', 'in_progress')


class InvalidTrace(AssertionError):
    """The documents do not form traces that the X-Ray service would accept."""


@dataclass
class Node:
    """A segment or subsegment with its children, wherever they were sent."""

    document: Document
    trace_id: str
    parent: Optional[Node] = field(default=None, repr=False)
    children: List[Node] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The name in the document."""
        return self.document['name']

    @property
    def id(self) -> str:
        """The id in the document."""
        return self.document['id']

    @property
    def in_progress(self) -> bool:
        """Whether the document is a preview that a complete one will replace."""
        return self.document.get('in_progress', False)

    def __getitem__(self, key: str) -> Any:
        return self.document[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The field ``key`` of the document, or ``default``."""
        return self.document.get(key, default)

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: str) -> Node:
        """The only node called ``name`` at or below this one."""
        found = [node for node in self.walk() if node.name == name]
        if len(found) != 1:
            raise InvalidTrace(f'{len(found)} nodes are called {name!r} in\n{self.render()}')
        return found[0]

    def render(self, indent: str = '') -> str:
        """The tree as text: one line a node, children indented, flags in brackets."""
        namespace = self.document.get('namespace', 'local')
        flags = [flag for flag in _FLAGS if self.document.get(flag)]
        line = indent + self.name
        line += f' ({namespace})' if namespace != 'local' else ''
        line += f' [{" ".join(flags)}]' if flags else ''
        return '\n'.join([line] + [child.render(indent + '  ') for child in self.children])


def parse_document(text: str) -> Document:
    """Parses JSON text strictly: ``NaN`` and ``Infinity`` are not JSON, a key may stand only once."""

    def refuse_constant(constant: str) -> None:
        raise InvalidTrace(f'{constant} is not JSON: {text[:200]}')

    def refuse_duplicates(pairs: List[Any]) -> Document:
        parsed = dict(pairs)
        if len(parsed) != len(pairs):
            raise InvalidTrace(f'a key stands twice in {[key for key, _ in pairs]}')
        return parsed

    return json.loads(text, parse_constant=refuse_constant, object_pairs_hook=refuse_duplicates)


def validate_document(document: Document) -> None:
    """Raises :class:`InvalidTrace` naming every place where ``document`` breaks the schema."""
    errors = [error for top in _VALIDATOR.iter_errors(document) for error in (top.context or [top])]
    if errors:
        places = '\n'.join(f'  {error.json_path}: {error.message}' for error in errors)
        raise InvalidTrace(f'invalid document:\n{places}\n{json.dumps(document)[:2000]}')


def read_traces(documents: Iterable[Document], external_parents: Iterable[str] = ()) -> List[Node]:
    """Joins valid ``documents`` into trees and returns their roots, oldest first.

    :param external_parents: ids of parents that another process sends (or never sends, as on Lambda), so that a
        subsegment below one of them is a root here.
    """
    nodes: Dict[str, Node] = {}
    tops: List[Node] = []
    for document in documents:
        validate_document(document)
        top = Node(document, document['trace_id'])
        preview = nodes.get(top.id)
        if preview is not None and preview.in_progress and preview in tops:
            if preview.trace_id != top.trace_id:
                raise InvalidTrace(f'{top.id} moved from trace {preview.trace_id} to {top.trace_id}')
            tops.remove(preview)
            for node in preview.walk():
                del nodes[node.id]
        tops.append(top)
        _add_nested(top, nodes)
    roots = [top for top in tops if not _attach(top, nodes, set(external_parents))]
    for node in list(nodes.values()):
        node.children.sort(key=lambda child: child['start_time'])
    return sorted(roots, key=lambda root: root['start_time'])


def _add_nested(node: Node, nodes: Dict[str, Node]) -> None:
    if node.id in nodes:
        raise InvalidTrace(f'id {node.id} of {node.name!r} is also the id of {nodes[node.id].name!r}')
    nodes[node.id] = node
    for document in node.document.get('subsegments', ()):
        if document.get('trace_id', node.trace_id) != node.trace_id:
            raise InvalidTrace(f'{document["name"]!r} of trace {document["trace_id"]} is inside {node.trace_id}')
        if document.get('parent_id', node.id) != node.id:
            raise InvalidTrace(f'{document["name"]!r} is inside {node.name!r}, its parent_id says otherwise')
        child = Node(document, node.trace_id, parent=node)
        node.children.append(child)
        _add_nested(child, nodes)


def _attach(top: Node, nodes: Dict[str, Node], external_parents: Iterable[str]) -> bool:
    """Hangs a document below its parent; whether there was one among the documents."""
    parent_id = top.get('parent_id')
    parent = nodes.get(parent_id)
    if parent is None:
        if top.get('type') == 'subsegment' and parent_id not in external_parents:
            raise InvalidTrace(f'the parent {parent_id} of {top.name!r} never arrived')
        return False
    if parent.trace_id != top.trace_id:
        raise InvalidTrace(f'{top.name!r} of trace {top.trace_id} is below {parent.name!r} of {parent.trace_id}')
    top.parent = parent
    parent.children.append(top)
    return True


def render_traces(roots: Iterable[Node]) -> str:
    """Every tree as text, one after the other."""
    return '\n'.join(root.render() for root in roots)
