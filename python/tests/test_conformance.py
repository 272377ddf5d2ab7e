"""The language-neutral cases of ``conformance/``, through the package's public names; the Rust crates read them too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aws_xray_sdk import _engine
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.core.utils.search_pattern import wildcard_match
from aws_xray_sdk.ext.util import strip_url

_CONFORMANCE = Path(__file__).resolve().parents[2] / 'conformance'


def each_case(file: str) -> pytest.MarkDecorator:
    """Run a test once for each case of a file, under the case's reason."""
    cases = json.loads((_CONFORMANCE / file).read_text(encoding='utf-8'))['cases']
    return pytest.mark.parametrize('case', cases, ids=[case['reason'] for case in cases])


@each_case('trace_headers.json')
def test_trace_headers(case: dict[str, Any]) -> None:
    header = TraceHeader.from_header_str(case['header'])
    sampled = {'1': 1, '0': 0}.get(case.get('sampled'), case.get('sampled'))
    assert (header.root, header.parent, header.sampled) == (case.get('root'), case.get('parent'), sampled)
    assert (header.data or {}) == case.get('data', {})
    assert header.to_header_str() == case.get('written', '')


@each_case('names.json')
def test_names(case: dict[str, Any]) -> None:
    assert Subsegment(case['name'], 'local', Segment('parent')).name == case['cleaned']


@each_case('daemon_addresses.json')
def test_daemon_addresses(case: dict[str, Any]) -> None:
    if case.get('invalid'):
        with pytest.raises(InvalidDaemonAddressException):
            DaemonConfig(case['address'])
        return
    config = DaemonConfig(case['address'])
    assert [config.udp_ip, config.udp_port] == case['udp']
    assert [config.tcp_ip, config.tcp_port] == case['tcp']


@each_case('sql.json')
def test_sql(case: dict[str, Any]) -> None:
    assert _engine.sanitize_sql(case['sql']) == case['sanitized']


@each_case('urls.json')
def test_urls(case: dict[str, Any]) -> None:
    assert strip_url(case['url']) == case['stripped']


@each_case('wildcards.json')
def test_wildcards(case: dict[str, Any]) -> None:
    assert wildcard_match(case['pattern'], case['text']) is case['matches']
