"""Where this package means to differ from aws-xray-sdk 2.15.0, and why.

A place is ``<program>:<path>``, as the differential test prints it; ``*`` stands for any text. An entry that no longer
matches anything fails the test too, so the list stays true.
"""

from __future__ import annotations

from typing import Dict

INTENDED: Dict[str, str] = {
    'aiohttp_shop:document/shop.http.request.url': 'query strings may hold secrets and are cut from URLs',
    'asynchronous:document/failing.subsegments/fail.cause.exceptions/0.stack/2': (
        "the tracer's own frames do not count against max_trace_back, so the stack reaches further out"
    ),
    'django_shop:document/shop.fault': 'Http404 raised by a view is an error (4xx), not a fault',
    'flask_shop:document/shop.cause.exceptions/0.stack/0': 'the stack of an unhandled exception reaches the view',
    'flask_shop:document/shop.subsegments/shop.name': (
        'a template rendered from text has no name; upstream names it after the application'
    ),
    'names_and_values:document/bytes.metadata.default.bytes': (
        'bytes that are text are written as text, not as a list of numbers'
    ),
    'names_and_values:document/enum.metadata.default.enum': 'an enumeration member is written as its value, not as {}',
    'names_and_values:document/generator.metadata.default.generator': "a generator is the program's: it is not drained",
    "names_and_values:document/web.subsegments/quo'te.name": 'the service refuses a segment over a quote in a name',
    'names_and_values:document/web.subsegments/list[[]0].name': 'the service refuses a segment over brackets in a name',
    'sqlite_queries:document/web.subsegments/:memory:.sql.sanitized_query': (
        'the statement is recorded, its literals replaced, for every driver'
    ),
}
