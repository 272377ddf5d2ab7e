"""Template rendering as subsegments."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template, engines
from django.test import Client
from django.utils.safestring import SafeString

from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from support.daemon import FakeDaemon


def test_a_template_is_a_subsegment_and_an_included_one_is_below_it(client: Client, daemon: FakeDaemon) -> None:
    client.get('/shelf/')
    trace = daemon.trace()
    template = trace.find('shelf.html')
    assert template.parent is trace
    assert [child.name for child in template.children] == ['book.html']
    assert 'namespace' not in template.document or template['namespace'] == 'local'


@pytest.mark.improvement('the Jinja2 backend is not instrumented')
def test_a_jinja2_template_is_a_subsegment(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/jinja/').content == b'<ul><li>Dune</li></ul>'
    assert [child.name for child in daemon.trace().children] == ['shelf.jinja']


@pytest.mark.improvement('the Jinja2 backend is not instrumented')
def test_a_jinja2_template_without_a_name(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        engines['jinja2'].from_string('{{ 1 + 1 }}').render({})
    assert [child.name for child in daemon.trace().children] == ['template_render']


def test_a_template_without_a_name(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        assert Template('{{ book }}').render(Context({'book': 'Dune'})) == 'Dune'
    # What Django calls a template without a name.
    assert [child.name for child in daemon.trace().children] == ['unknown']


def test_a_safe_string_is_a_plain_name(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web') as segment:
        Template('x', name=SafeString('safe.html')).render(Context())
        assert type(segment.subsegments[0].name) is str
    assert [child.name for child in daemon.trace().children] == ['safe.html']


def test_a_failing_template_has_the_exception(client: Client, daemon: FakeDaemon) -> None:
    assert client.get('/failing_template/').status_code == 500
    trace = daemon.trace()
    template = trace.find('failing.html')
    assert template['fault'] and template['cause']['exceptions'][0]['type'] == 'ValueError'
    assert trace['fault']


@pytest.mark.improvement('row 10: raises SegmentNotFoundException')
@pytest.mark.parametrize('engine', ['django', 'jinja2'])
def test_outside_a_segment_a_template_just_renders(global_recorder: Any, engine: str, daemon: FakeDaemon) -> None:
    if engine == 'jinja2':
        # Upstream leaves this backend alone.
        Template('x').render(Context())
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    assert engines[engine].from_string('{{ book }}').render({'book': 'Dune'}) == 'Dune'
    Template('x').render(Context())
    assert daemon.documents() == []


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(global_recorder: Any) -> None:
    global_recorder.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    with pytest.raises(SegmentNotFoundException):
        Template('x').render(Context())


@pytest.mark.improvement('row 10: logs an error')
def test_outside_a_segment_nothing_is_logged(global_recorder: Any, caplog: pytest.LogCaptureFixture) -> None:
    global_recorder.configure(context_missing='LOG_ERROR')
    assert Template('x').render(Context()) == 'x'
    assert caplog.records == []


def test_patching_twice_traces_once(global_recorder: Any, daemon: FakeDaemon) -> None:
    from aws_xray_sdk.ext.django.templates import patch_template

    patch_template()
    patch_template()
    with global_recorder.in_segment('web'):
        Template('x', name='once.html').render(Context())
    assert [node.name for node in daemon.trace().walk()] == ['web', 'once.html']
