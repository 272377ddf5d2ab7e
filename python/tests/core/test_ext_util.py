"""``ext.util``: headers, names and URLs."""

from __future__ import annotations

import re

import pytest
import wrapt
from hypothesis import given
from hypothesis import strategies as st

from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.ext import util

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'


class Settings:
    """The part of a recorder that the helpers look at."""

    def __init__(self, **settings):
        self.service = 'shop'
        self.dynamic_naming = None
        self.sampling = True
        self.__dict__.update(settings)


class FixedSampler:
    def __init__(self, decision):
        self.decision = decision

    def should_trace(self, request):
        return self.decision


@pytest.mark.parametrize(
    ('camel', 'snake'),
    [
        ('Bucket', 'bucket'),
        ('TableName', 'table_name'),
        ('ACLName', 'acl_name'),
        ('QueueURL', 'queue_url'),
        ('getHTTPResponse', 'get_http_response'),
        ('S3Key2Name', 's3_key2_name'),
        ('already_snake', 'already_snake'),
        ('Foo_Bar', 'foo__bar'),
        ('', ''),
    ],
)
def test_snake_case(camel, snake):
    assert util.to_snake_case(camel) == snake


@given(st.text(alphabet='abXYZ019_- ', max_size=12))
def test_snake_case_only_inserts_underscores(name):
    snake = util.to_snake_case(name)
    assert snake == snake.lower()
    assert re.sub('_', '', snake) == re.sub('_', '', name).lower()


@pytest.mark.parametrize(
    ('url', 'host'),
    [
        ('http://shop.example/list', 'shop.example'),
        ('https://user:word@Shop.Example:8443/?q#f', 'shop.example'),
        ('http://[::1]:80/', '::1'),
        ('shop.example/list', 'UNKNOWN HOST'),
        ('', 'UNKNOWN HOST'),
        (None, 'UNKNOWN HOST'),
    ],
)
def test_host_of_a_url(url, host):
    assert util.get_hostname(url) == host


@pytest.mark.improvement('B8')
@pytest.mark.parametrize(('url', 'host'), [(b'http://shop.example/', 'shop.example'), ('http://[::1', 'UNKNOWN HOST')])
def test_host_of_an_odd_url(url, host):
    assert util.get_hostname(url) == host


@pytest.mark.parametrize(
    ('url', 'stripped'),
    [
        ('http://shop.example/list', 'http://shop.example/list'),
        ('http://shop.example/list?token=secret&a=?', 'http://shop.example/list'),
        ('/list?page=2', '/list'),
        ('http://shop.example//user@home/', 'http://shop.example//user@home/'),
        ('', ''),
        (None, None),
    ],
)
def test_query_is_stripped(url, stripped):
    assert util.strip_url(url) == stripped


@pytest.mark.improvement('S7')
@pytest.mark.parametrize(
    ('url', 'stripped'),
    [
        ('https://user:word@shop.example/list', 'https://shop.example/list'),
        ('https://user:w@rd@shop.example?x=1', 'https://shop.example'),
        ('//user@shop.example/list', '//shop.example/list'),
        ('https://shop.example/#token=secret', 'https://shop.example/'),
        (b'https://user:word@shop.example/?x', 'https://shop.example/'),
    ],
)
def test_secrets_are_stripped(url, stripped):
    assert util.strip_url(url) == stripped


def test_header_of_a_request():
    header = util.construct_xray_header({'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=1'})
    assert (header.root, header.parent, header.sampled) == (ROOT, PARENT, 1)


def test_header_in_a_wsgi_environment():
    assert util.construct_xray_header({'HTTP_X_AMZN_TRACE_ID': f'Root={ROOT}'}).root == ROOT


def test_request_without_header():
    header = util.construct_xray_header({})
    assert (header.root, header.parent, header.sampled) == (None, None, None)


@pytest.mark.parametrize(
    ('sampled', 'sampling', 'rules', 'decision'),
    [
        (1, True, False, 1),
        (0, True, True, 0),
        (None, False, False, 1),
        ('?', False, False, 1),
        ('?', True, 'rule name', 'rule name'),
        (None, True, True, True),
        (None, True, False, 0),
        (None, True, None, 0),
    ],
)
def test_sampling_decision(sampled, sampling, rules, decision):
    recorder = Settings(sampling=sampling, sampler=FixedSampler(rules))
    assert util.calculate_sampling_decision(TraceHeader(sampled=sampled), recorder, {}) == decision


def test_segment_name_is_the_service():
    assert util.calculate_segment_name('shop.example', Settings()) == 'shop'


def test_segment_name_by_host():
    class Upper:
        def get_name(self, host):
            return host.upper()

    assert util.calculate_segment_name('a.test', Settings(dynamic_naming=Upper())) == 'A.TEST'


@pytest.mark.parametrize(
    ('asked', 'expected'),
    [(None, f'Root={ROOT}'), (1, f'Root={ROOT}'), ('?', f'Root={ROOT};Sampled=1')],
)
def test_response_header(asked, expected):
    segment = Segment('web', traceid=ROOT)
    origin = TraceHeader(root=ROOT, sampled=asked)
    assert util.prepare_response_header(origin, segment) == expected


def test_response_header_without_request_header():
    assert util.prepare_response_header(None, Segment('web', traceid=ROOT)) == f'Root={ROOT}'


def test_header_injected_for_a_segment():
    segment = Segment('web', traceid=ROOT)
    headers = {'Accept': '*/*'}
    util.inject_trace_header(headers, segment)
    assert headers == {'Accept': '*/*', 'X-Amzn-Trace-Id': f'Root={ROOT};Parent={segment.id};Sampled=1'}


def test_header_injected_for_a_subsegment_passes_unknown_fields_on():
    segment = Segment('web', traceid=ROOT)
    segment.save_origin_trace_header(TraceHeader.from_header_str(f'Root={ROOT};Lineage=a:1;Sampled=1'))
    subsegment = Subsegment('call', 'remote', segment)
    headers = {}
    util.inject_trace_header(headers, subsegment)
    assert headers['X-Amzn-Trace-Id'].startswith(f'Root={ROOT};Parent={subsegment.id};Sampled=1')
    assert 'Lineage=a:1' in headers['X-Amzn-Trace-Id']


def test_nothing_injected_without_an_entity():
    headers = {}
    util.inject_trace_header(headers, None)
    assert headers == {}


@pytest.mark.improvement('methods wrapped with wrapt 2')
def test_unwrap_puts_the_original_back():
    class Library:
        def call(self):
            return 'plain'

    original = Library.call
    wrapt.wrap_function_wrapper(Library, 'call', lambda wrapped, instance, args, kwargs: 'wrapped')
    assert Library().call() == 'wrapped'
    util.unwrap(Library, 'call')
    assert Library.call is original
    util.unwrap(Library, 'call')
    util.unwrap(Library, 'missing')
    assert Library.call is original


@pytest.mark.improvement('C1')
def test_importing_it_loads_no_wrapt(run_program):
    run_program(
        """
        import sys
        import aws_xray_sdk.ext.util
        assert 'wrapt' not in sys.modules
        """
    )
