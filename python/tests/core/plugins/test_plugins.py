"""Plugins describe where the program runs; where they cannot, they say so and stay out of the way."""

from __future__ import annotations

import json
import logging
import socket

import pytest

from aws_xray_sdk.core.exceptions.exceptions import MissingPluginNames
from aws_xray_sdk.core.plugins import ec2_plugin, ecs_plugin, elasticbeanstalk_plugin
from aws_xray_sdk.core.plugins.utils import get_plugin_modules

IDENTITY = {
    'instanceId': 'i-0a1d026d92d4709cd',
    'availabilityZone': 'us-west-2b',
    'instanceType': 'm4.xlarge',
    'imageId': 'ami-03cca83dd001d4666',
    'accountId': '123456789012',
}


def test_modules_by_name():
    names = ('ElasticBeanstalkPlugin', 'EC2Plugin', 'ECSPlugin')
    assert get_plugin_modules(names) == (elasticbeanstalk_plugin, ec2_plugin, ecs_plugin)
    assert get_plugin_modules(('ec2_plugin',)) == (ec2_plugin,)


def test_no_names_is_a_mistake():
    with pytest.raises(MissingPluginNames):
        get_plugin_modules(())


def test_an_unknown_plugin_is_a_mistake():
    with pytest.raises(ImportError):
        get_plugin_modules(('no_such_plugin',))


def test_constants():
    assert (ec2_plugin.SERVICE_NAME, ec2_plugin.ORIGIN) == ('ec2', 'AWS::EC2::Instance')
    assert (ecs_plugin.SERVICE_NAME, ecs_plugin.ORIGIN) == ('ecs', 'AWS::ECS::Container')
    assert elasticbeanstalk_plugin.SERVICE_NAME == 'elastic_beanstalk'
    assert elasticbeanstalk_plugin.ORIGIN == 'AWS::ElasticBeanstalk::Environment'


def test_ecs():
    ecs_plugin.initialize()
    assert ecs_plugin.runtime_context['container'] == socket.gethostname()


def test_ecs_without_a_host_name(monkeypatch, caplog):
    def fail():
        raise OSError('no name')

    monkeypatch.setattr(socket, 'gethostname', fail)
    with caplog.at_level(logging.WARNING):
        ecs_plugin.initialize()
    assert not ecs_plugin.runtime_context
    assert caplog.records


def test_elastic_beanstalk(monkeypatch, tmp_path):
    description = {'environment_name': 'shop', 'version_label': 'v1', 'deployment_id': 32}
    path = tmp_path / 'environment.conf'
    path.write_text(json.dumps(description))
    monkeypatch.setattr(elasticbeanstalk_plugin, 'CONF_PATH', str(path))
    elasticbeanstalk_plugin.initialize()
    assert elasticbeanstalk_plugin.runtime_context == description


def test_elastic_beanstalk_elsewhere(monkeypatch, tmp_path, caplog):
    monkeypatch.setattr(elasticbeanstalk_plugin, 'CONF_PATH', str(tmp_path / 'nowhere'))
    with caplog.at_level(logging.WARNING):
        elasticbeanstalk_plugin.initialize()
    assert elasticbeanstalk_plugin.runtime_context is None
    assert caplog.records


def answer(calls, token='token'):
    """A metadata service for ``do_request`` that notes its calls; no token means version 1 only."""

    def do_request(url, headers=None, method='GET'):
        calls.append((url, headers, method))
        if url.endswith('api/token'):
            if token is None:
                raise OSError('404')
            return token
        return json.dumps(IDENTITY)

    return do_request


def test_ec2_with_a_token(monkeypatch):
    calls = []
    monkeypatch.setattr(ec2_plugin, 'do_request', answer(calls))
    ec2_plugin.initialize()
    assert ec2_plugin.runtime_context == {
        'instance_id': 'i-0a1d026d92d4709cd',
        'availability_zone': 'us-west-2b',
        'instance_type': 'm4.xlarge',
        'ami_id': 'ami-03cca83dd001d4666',
    }
    (token_url, token_headers, token_method), (url, headers, method) = calls
    assert (token_url, token_method) == ('http://169.254.169.254/latest/api/token', 'PUT')
    assert token_headers == {'X-aws-ec2-metadata-token-ttl-seconds': '60'}
    assert (url, method) == ('http://169.254.169.254/latest/dynamic/instance-identity/document', 'GET')
    assert headers == {'X-aws-ec2-metadata-token': 'token'}


def test_ec2_without_a_token(monkeypatch):
    monkeypatch.setattr(ec2_plugin, 'do_request', answer([], token=None))
    ec2_plugin.initialize()
    assert ec2_plugin.runtime_context['instance_id'] == 'i-0a1d026d92d4709cd'


def test_ec2_elsewhere(monkeypatch, caplog):
    def fail(*arguments, **keywords):
        raise OSError('no route')

    monkeypatch.setattr(ec2_plugin, 'do_request', fail)
    with caplog.at_level(logging.WARNING):
        ec2_plugin.initialize()
    assert ec2_plugin.runtime_context == {}
    assert caplog.records


def test_a_plugin_that_knows_nothing_adds_nothing(monkeypatch, recorder, daemon):
    monkeypatch.setattr(ec2_plugin, 'do_request', lambda **keywords: 1 / 0)
    recorder.configure(plugins=('EC2Plugin',))
    with recorder.in_segment('web'):
        pass
    document = daemon.document()
    assert 'origin' not in document
    assert 'ec2' not in document['aws']


def test_all_at_once(monkeypatch, tmp_path, recorder, daemon):
    path = tmp_path / 'environment.conf'
    path.write_text('{"environment_name": "shop", "deployment_id": 32}')
    monkeypatch.setattr(elasticbeanstalk_plugin, 'CONF_PATH', str(path))
    monkeypatch.setattr(ec2_plugin, 'do_request', answer([]))
    recorder.configure(plugins=('EC2Plugin', 'ECSPlugin', 'ElasticBeanstalkPlugin'))
    with recorder.in_segment('web'):
        pass
    document = daemon.document()
    assert document['origin'] == 'AWS::ElasticBeanstalk::Environment'
    assert document['aws']['ec2']['instance_id'] == 'i-0a1d026d92d4709cd'
    assert document['aws']['ecs']['container'] == socket.gethostname()
    assert document['aws']['elastic_beanstalk']['deployment_id'] == 32
    assert document['aws']['xray']['sdk'] == 'X-Ray for Python'
