"""Brings the documents of two programs into a form in which only real differences remain.

Subsegments that were sent on their own are put back below their parents, children are sorted by their start, and what
differs from run to run (ids, times, versions, ports, directories) is replaced by a placeholder of the same kind.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Tuple

Document = Dict[str, Any]

_IDENTITIES = ('id', 'trace_id', 'parent_id')
_TIMES = ('start_time', 'end_time')
_VERSIONS = ('sdk_version', 'runtime_version', 'database_version', 'driver_version')
_VOLATILE = (
    (re.compile(r'1-[0-9a-f]{8}-[0-9a-f]{24}'), '<trace id>'),
    (re.compile(r'\b(?!0{16})[0-9a-f]{16}\b'), '<id>'),
    (re.compile(r'127\.0\.0\.1:\d+'), '127.0.0.1:<port>'),
    (re.compile(r'localhost:\d+'), 'localhost:<port>'),
    (re.compile(r'0x[0-9a-f]+'), '<address>'),
)


class Difference(NamedTuple):
    """A place where two normalised values differ."""

    path: str
    upstream: Any
    here: Any


def normalise_text(text: str) -> str:
    """Replaces ids, ports and addresses in ``text``."""
    for pattern, placeholder in _VOLATILE:
        text = pattern.sub(placeholder, text)
    return text


def normalise(documents: Iterable[Document], program: str) -> List[Document]:
    """The trees that ``documents`` form, oldest first.

    :param program: the file name of the program: frames of other files depend on the installed libraries, so only the
        program's own are compared.
    """
    latest: Dict[str, Document] = {}
    for position, document in enumerate(documents):
        is_noop = set(document['id']) == {'0'}
        latest[f'{document["id"]} {position}' if is_noop else document['id']] = document
    known: Dict[str, Document] = {}
    for document in latest.values():
        known.update((node['id'], node) for node in _walk(document))
    roots = []
    for document in latest.values():
        parent = known.get(document.get('parent_id', ''))
        if document.get('type') == 'subsegment' and parent is not None:
            parent.setdefault('subsegments', []).append(document)
        else:
            roots.append(document)
    roots.sort(key=lambda root: root['start_time'])
    return [_normalise_node(root, program, nested=False) for root in roots]


def compare(upstream: Any, here: Any, path: str = '') -> Iterator[Difference]:
    """Every difference between two normalised values, with the path to it."""
    if isinstance(upstream, dict) and isinstance(here, dict):
        for key in sorted(set(upstream) | set(here)):
            yield from compare(upstream.get(key, '<absent>'), here.get(key, '<absent>'), f'{path}.{key}')
    elif isinstance(upstream, list) and isinstance(here, list):
        for key, left, right in _paired(upstream, here):
            yield from compare(left, right, f'{path}/{key}')
    elif upstream != here or type(upstream) is not type(here):
        yield Difference(path, upstream, here)


def _paired(upstream: List[Any], here: List[Any]) -> Iterator[Tuple[str, Any, Any]]:
    for position in range(max(len(upstream), len(here))):
        left = upstream[position] if position < len(upstream) else '<absent>'
        right = here[position] if position < len(here) else '<absent>'
        named = left if isinstance(left, dict) else right
        name = named.get('name', position) if isinstance(named, dict) else position
        yield str(name), left, right


def _walk(document: Document) -> Iterator[Document]:
    yield document
    for child in document.get('subsegments', ()):
        yield from _walk(child)


def _normalise_node(node: Document, program: str, nested: bool) -> Document:
    result: Document = {}
    for key, value in node.items():
        if key in _IDENTITIES:
            if not nested:
                result[key] = f'<{key}>' if set(str(value)) - set('10-') else value
        elif key in _TIMES:
            result[key] = '<time>'
        elif key == 'subsegments':
            children = sorted(value, key=lambda child: child['start_time'])
            result[key] = [_normalise_node(child, program, nested=True) for child in children]
        elif key == 'type' and nested:
            continue
        elif key == 'cause':
            result[key] = _normalise_cause(value, program)
        else:
            result[key] = _normalise_value(value)
    return result


def _normalise_cause(cause: Any, program: str) -> Any:
    if not isinstance(cause, dict):
        return '<id>'
    exceptions = []
    for exception in cause.get('exceptions', ()):
        # Innermost first, so that a stack that reaches further out differs in its last frames only.
        stack = [frame for frame in reversed(exception.get('stack', ())) if frame['path'] == program]
        exceptions.append({**exception, 'id': '<id>', 'stack': stack})
    return {**cause, 'working_directory': '<directory>', 'exceptions': exceptions}


def _normalise_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: '<version>' if key in _VERSIONS else _normalise_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_normalise_value(inner) for inner in value]
    return normalise_text(value) if isinstance(value, str) else value
