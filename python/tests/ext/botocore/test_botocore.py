"""Calls of AWS services become subsegments. The services are a local server that answers what a test tells it to."""

from __future__ import annotations

import json
import socket

import botocore.client
import botocore.endpoint
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from aws_xray_sdk.ext.botocore import patch

JSON = {'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': 'REQ-1'}


@pytest.fixture
def recorder(global_recorder, monkeypatch):
    """The process-wide recorder, with the library patched until the test ends."""
    for cls, name in ((botocore.client.BaseClient, '_make_api_call'), (botocore.endpoint.Endpoint, 'prepare_request')):
        monkeypatch.setattr(cls, name, cls.__dict__[name])
    monkeypatch.delattr(botocore.client, '_xray_enabled', raising=False)
    patch()
    yield global_recorder
    vars(botocore.client).pop('_xray_enabled', None)


@pytest.fixture
def connect(server):
    """Makes clients of the local server."""

    def make(service, url=None, **options):
        session = botocore.session.Session()
        session.set_credentials('key', 'secret')
        config = Config(retries={'max_attempts': 0}, connect_timeout=5, read_timeout=5, proxies={}, **options)
        return session.create_client(service, region_name='eu-west-1', endpoint_url=url or server.url, config=config)

    return make


def answer(server, value, status=200, **headers):
    server.answers.append((status, {**JSON, **headers}, json.dumps(value).encode()))


def call_of(daemon):
    (call,) = daemon.trace().children
    return call


def test_one_call_is_one_subsegment(recorder, connect, server, daemon):
    client = connect('dynamodb')
    answer(server, {'Item': {'id': {'S': 'secret item'}}, 'ConsumedCapacity': {'CapacityUnits': 0.5}})
    with recorder.in_segment('web'):
        client.get_item(TableName='orders', Key={'id': {'S': 'secret key'}}, ConsistentRead=True)

    call = call_of(daemon)
    assert (call.name, call['namespace']) == ('dynamodb', 'aws')
    assert call['http']['response']['status'] == 200
    assert call['aws'] == {
        'operation': 'GetItem',
        'region': 'eu-west-1',
        'request_id': 'REQ-1',
        'table_name': 'orders',
        'consistent_read': True,
        'consumed_capacity': {'CapacityUnits': 0.5},
    }
    assert all(b'secret' not in datagram for datagram in daemon.datagrams())
    assert server.trace_headers() == [f'Root={call.trace_id};Parent={call.id};Sampled=1']


def test_object_store(recorder, connect, server, daemon):
    client = connect('s3', s3={'addressing_style': 'path'})
    server.answers.append((200, {'x-amz-request-id': 'REQ-2', 'x-amz-id-2': 'HOST-2', 'ETag': 'x'}, b'content'))
    with recorder.in_segment('web'):
        client.get_object(Bucket='photos', Key='a/b.jpg')['Body'].read()
    aws = call_of(daemon)['aws']
    assert aws == {
        'operation': 'GetObject',
        'region': 'eu-west-1',
        'request_id': 'REQ-2',
        'id_2': 'HOST-2',
        'bucket_name': 'photos',
        'key': 'a/b.jpg',
    }


def test_queue(recorder, connect, server, daemon):
    client = connect('sqs')
    answer(server, {'Messages': [{'Body': 'one'}, {'Body': 'two'}]})
    with recorder.in_segment('web'):
        client.receive_message(QueueUrl=f'{server.url}/1/jobs', MaxNumberOfMessages=5)
    aws = call_of(daemon)['aws']
    assert (aws['queue_url'], aws['max_number_of_messages'], aws['message_count']) == (f'{server.url}/1/jobs', 5, 2)


@pytest.mark.improvement('names of tables as a list')
def test_batch_names_its_tables(recorder, connect, server, daemon):
    client = connect('dynamodb')
    answer(server, {'Responses': {}})
    keys = {'Keys': [{'id': {'S': '1'}}]}
    with recorder.in_segment('web'):
        client.batch_get_item(RequestItems={'orders': keys, 'items': keys})
    assert sorted(call_of(daemon)['aws']['table_names']) == ['items', 'orders']


def test_refused_call(recorder, connect, server, daemon):
    client = connect('dynamodb')
    answer(server, {'__type': 'com.amazonaws#ResourceNotFoundException', 'message': 'no table'}, 400)
    with recorder.in_segment('web'), pytest.raises(ClientError):
        client.get_item(TableName='orders', Key={'id': {'S': '1'}})

    call = call_of(daemon)
    assert call['error'] is True
    assert call['http']['response']['status'] == 400
    assert call['aws']['request_id'] == 'REQ-1'
    (exception,) = call['cause']['exceptions']
    assert (exception['type'], exception['remote']) == ('ResourceNotFoundException', True)


@pytest.mark.improvement('D6')
def test_service_that_is_not_reached_is_a_fault(recorder, connect, daemon):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        client = connect('dynamodb', f'http://127.0.0.1:{unused.getsockname()[1]}')
        with recorder.in_segment('web'), pytest.raises(EndpointConnectionError):
            client.get_item(TableName='orders', Key={'id': {'S': '1'}})
    call = call_of(daemon)
    assert call['fault'] is True
    (exception,) = call['cause']['exceptions']
    assert (exception['type'], exception['remote']) == ('EndpointConnectionError', False)
    assert call['aws']['table_name'] == 'orders'


@pytest.mark.improvement('D6')
def test_call_with_wrong_parameters_is_a_fault(recorder, connect, server, daemon):
    client = connect('dynamodb')
    with recorder.in_segment('web'), pytest.raises(ParamValidationError):
        client.get_item(TableName='orders')
    assert call_of(daemon)['cause']['exceptions'][0]['type'] == 'ParamValidationError'


@pytest.mark.improvement('instrumentation outside a segment is silent')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR'])
def test_outside_a_segment_nothing_happens(recorder, connect, server, daemon, caplog, strategy):
    recorder.configure(context_missing=strategy)
    answer(server, {'TableNames': []})
    assert connect('dynamodb').list_tables()['TableNames'] == []
    assert server.trace_headers() == [None]
    assert [record for record in caplog.records if 'aws_xray_sdk' in record.name] == []


def test_calls_of_the_tracing_service_itself_are_left_out(recorder, connect, server, daemon):
    answer(server, {'SamplingRuleRecords': []})
    with recorder.in_segment('web'):
        connect('xray').get_sampling_rules()
    assert daemon.trace().children == []


def test_patching_twice_records_once(recorder, connect, server, daemon):
    patch()
    answer(server, {'TableNames': ['a', 'b']})
    with recorder.in_segment('web'):
        connect('dynamodb').list_tables()
    call = call_of(daemon)
    assert call.children == []
    assert call['aws']['table_count'] == 2
