"""Template rendering becomes subsegments, named after the template."""

from __future__ import annotations

from typing import Any

import flask.templating
import pytest
from flask import Flask, render_template, render_template_string, stream_template
from jinja2 import DictLoader

from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

TEMPLATES = {
    'page.html': 'Hello {{ name }}{% include "mail/footer.txt" %}',
    'mail/footer.txt': '!',
    'broken.html': '{{ 1 / 0 }}',
    'outer.html': '[{{ inner() }}]',
    'list.html': '{% for number in numbers %}{{ number }},{% endfor %}',
}


@pytest.fixture
def shop(app: Flask) -> Flask:
    """``app`` with templates."""
    app.jinja_loader = DictLoader(TEMPLATES)
    return app


def names(document: Any) -> Any:
    return [subsegment['name'] for subsegment in document.get('subsegments', ())]


@pytest.mark.improvement('D3')
def test_named_after_the_template(shop, client, daemon):
    shop.get('/')(lambda: render_template('page.html', name='Ann'))
    assert client.get('/').body == b'Hello Ann!'
    assert names(daemon.document()) == ['page.html']


@pytest.mark.improvement('D3')
def test_template_from_a_list(shop, client, daemon):
    shop.get('/')(lambda: render_template(['missing.html', 'mail/footer.txt']))
    assert client.get('/').body == b'!'
    assert names(daemon.document()) == ['mail/footer.txt']


@pytest.mark.improvement('D3')
def test_template_from_a_string(shop, client, daemon):
    shop.get('/')(lambda: render_template_string('{{ 6 * 7 }}'))
    assert client.get('/').body == b'42'
    assert names(daemon.document()) == ['template_render']


@pytest.mark.improvement('D3')
def test_template_that_renders_another(shop, client, daemon):
    shop.get('/')(lambda: render_template('outer.html', inner=lambda: render_template('page.html', name='Bo')))
    assert client.get('/').body == b'[Hello Bo!]'
    (outer,) = daemon.document()['subsegments']
    assert outer['name'] == 'outer.html'
    assert names(outer) == ['page.html']


@pytest.mark.improvement('D3')
def test_subsegments_of_the_template_are_inside_it(shop, client, daemon, recorder):
    def query():
        with recorder.in_subsegment('query'):
            return 'rows'

    shop.get('/')(lambda: render_template('outer.html', inner=query))
    client.get('/')
    (outer,) = daemon.document()['subsegments']
    assert (outer['name'], names(outer)) == ('outer.html', ['query'])


@pytest.mark.improvement('D3')
def test_failing_template(shop, client, daemon):
    shop.get('/')(lambda: render_template('broken.html'))
    assert client.get('/').status == 500
    segment = daemon.document()
    (template,) = segment['subsegments']
    assert (template['name'], template['fault']) == ('broken.html', True)
    (exception,) = template['cause']['exceptions']
    assert exception['type'] == 'ZeroDivisionError'
    assert segment['cause'] == exception['id']


@pytest.mark.improvement('D3')
def test_streamed_template(shop, client, daemon, recorder):
    def numbers():
        for number in range(3):
            with recorder.in_subsegment(f'number-{number}'):
                pass
            yield number

    shop.get('/')(lambda: stream_template('list.html', numbers=numbers()))
    assert client.get('/').body == b'0,1,2,'
    (segment,) = daemon.wait_for_documents(1)
    (template,) = segment['subsegments']
    assert template['name'] == 'list.html'
    assert names(template) == ['number-0', 'number-1', 'number-2']
    assert template['end_time'] >= template['subsegments'][-1]['end_time']


@pytest.mark.improvement('B4')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR', 'IGNORE_ERROR'])
def test_rendering_outside_requests_is_left_alone(shop, daemon, recorder, caplog, strategy):
    recorder.configure(context_missing=strategy)
    with shop.app_context():
        assert render_template('page.html', name='mail') == 'Hello mail!'
        assert render_template_string('{{ 1 }}') == '1'
        assert ''.join(stream_template('list.html', numbers=[1, 2])) == '1,2,'
    assert daemon.documents() == []
    assert caplog.records == []


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(shop, recorder):
    recorder.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    with shop.app_context():
        with pytest.raises(SegmentNotFoundException):
            render_template('page.html', name='mail')
        with pytest.raises(SegmentNotFoundException):
            ''.join(stream_template('list.html', numbers=[1, 2]))


@pytest.mark.improvement('D3')
def test_rendering_in_a_segment_opened_by_hand(shop, daemon, recorder):
    with recorder.in_segment('mailer'), shop.app_context():
        render_template('page.html', name='mail')
    assert names(daemon.document()) == ['page.html']


def test_unsampled_request_renders(shop, client, daemon):
    shop.get('/')(lambda: render_template('page.html', name='Ann'))
    assert client.get('/', {'X-Amzn-Trace-Id': 'Sampled=0'}).body == b'Hello Ann!'
    assert daemon.documents() == []


@pytest.mark.improvement('D3')
def test_applications_with_recorders_of_their_own(shop, serve, daemon, lenient_daemon):
    other_recorder = AsyncAWSXRayRecorder()
    other_recorder.configure(service='other', sampling=False, context=Context(), daemon_address=lenient_daemon.address)
    other = Flask('other')
    other.jinja_loader = DictLoader(TEMPLATES)
    XRayMiddleware(other, other_recorder)
    for application in (shop, other):
        application.get('/')(lambda: render_template('page.html', name='Ann'))

    assert serve(shop).get('/').body == serve(other).get('/').body == b'Hello Ann!'

    assert names(daemon.document()) == names(lenient_daemon.document()) == ['page.html']


@pytest.mark.parametrize(
    'order',
    [
        pytest.param(('app', 'template', 'context'), marks=pytest.mark.improvement('D3')),
        ('template', 'context', 'app'),
    ],
)
def test_every_signature_of_the_private_function(recorder, daemon, monkeypatch, order):
    def render(*arguments):
        given = dict(zip(order, arguments))
        return given['template'].render(given['context'])

    monkeypatch.setattr(flask.templating, '_render', render)
    app = Flask('shop')
    app.jinja_loader = DictLoader(TEMPLATES)
    XRayMiddleware(app, recorder)
    with recorder.in_segment('web'), app.app_context():
        values = {'app': app, 'template': app.jinja_env.get_template('page.html'), 'context': {'name': 'Cy'}}
        assert flask.templating._render(*[values[name] for name in order]) == 'Hello Cy!'
    assert names(daemon.document()) == ['page.html']
