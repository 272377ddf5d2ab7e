"""What happens when Django starts, each time in a process of its own."""

from __future__ import annotations

import textwrap
from typing import Any, Callable

import pytest

RunProgram = Callable[..., Any]


@pytest.fixture
def start(run_program: RunProgram) -> Callable[..., str]:
    """Starts Django with given settings, runs source afterwards and returns what it prints."""

    def run(recorder: str, source: str, **environment: str) -> str:
        setup = f'''
        import logging
        logging.basicConfig(level='WARNING')
        import django
        from django.conf import settings
        settings.configure(
            INSTALLED_APPS=['aws_xray_sdk.ext.django'],
            DATABASES={{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}}},
            TEMPLATES=[{{'BACKEND': 'django.template.backends.django.DjangoTemplates'}}],
            XRAY_RECORDER={recorder},
        )
        '''
        completed = run_program(textwrap.dedent(setup) + textwrap.dedent(source), **environment)
        return completed.stdout + completed.stderr

    return run


_SHOW = '''
django.setup()
from aws_xray_sdk.core import xray_recorder as recorder
print(recorder.service, recorder.sampling, recorder.emitter.port, recorder.context.context_missing)
'''


def test_the_recorder_is_configured_from_the_settings(start: Callable[..., str]) -> None:
    recorder = {
        'AWS_XRAY_TRACING_NAME': 'shop',
        'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:3000',
        'SAMPLING': False,
        'AWS_XRAY_CONTEXT_MISSING': 'IGNORE_ERROR',
    }
    assert start(repr(recorder), _SHOW) == 'shop False 3000 IGNORE_ERROR\n'


def test_the_environment_wins(start: Callable[..., str]) -> None:
    environment = {
        'AWS_XRAY_TRACING_NAME': 'from-environment',
        'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:4000',
        'AWS_XRAY_CONTEXT_MISSING': 'RUNTIME_ERROR',
    }
    recorder = {'AWS_XRAY_TRACING_NAME': 'shop', 'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:3000'}
    assert start(repr(recorder), _SHOW, **environment) == 'from-environment True 4000 RUNTIME_ERROR\n'


_FAIL = '''
from aws_xray_sdk.core.exceptions.exceptions import SegmentNameMissingException
try:
    django.setup()
except SegmentNameMissingException as error:
    print(error)
'''


def test_a_missing_name_is_refused(start: Callable[..., str]) -> None:
    assert start('{}', _FAIL).strip()


@pytest.mark.improvement('says only that a name is required')
def test_a_missing_name_is_refused_with_advice(start: Callable[..., str]) -> None:
    message = start('{}', _FAIL)
    assert 'AWS_XRAY_TRACING_NAME' in message and 'XRAY_RECORDER' in message and 'environment' in message


@pytest.mark.improvement('B13')
def test_a_missing_name_is_no_matter_when_the_sdk_is_disabled(start: Callable[..., str]) -> None:
    source = '''
    django.setup()
    from django.db import connection
    from django.db.backends.utils import CursorWrapper
    from django.template import Template
    print(type(connection.cursor()) is CursorWrapper, CursorWrapper.execute.__module__, Template.render.__module__)
    '''
    assert start('{}', source, AWS_XRAY_SDK_ENABLED='false') == 'True django.db.backends.utils django.template.base\n'


def test_a_name_from_the_environment_is_enough(start: Callable[..., str]) -> None:
    assert start('{}', _SHOW, AWS_XRAY_TRACING_NAME='shop').startswith('shop ')


_INSTRUMENTED = '''
django.setup()
from aws_xray_sdk.core import xray_recorder
from django.db import connection
from django.template import Context, Template
with xray_recorder.in_segment('web', sampling=1) as segment:
    connection.cursor().execute('SELECT 1')
    Template('x', name='page').render(Context())
print([subsegment.name for subsegment in segment.subsegments])
connection.close()
'''


def test_queries_and_templates_are_instrumented(start: Callable[..., str]) -> None:
    assert start("{'AWS_XRAY_TRACING_NAME': 'shop'}", _INSTRUMENTED) == "['execute', 'page']\n"


def test_instrumenting_can_be_turned_off(start: Callable[..., str]) -> None:
    assert start("{'AWS_XRAY_TRACING_NAME': 'shop', 'AUTO_INSTRUMENT': False}", _INSTRUMENTED) == '[]\n'


def test_getting_ready_twice_changes_nothing(start: Callable[..., str]) -> None:
    source = _INSTRUMENTED.replace(
        'django.setup()\n',
        '''
django.setup()
from django.apps import apps
apps.get_app_config('django').ready()
apps.get_app_config('django').ready()
''',
    )
    assert start("{'AWS_XRAY_TRACING_NAME': 'shop'}", source) == "['execute', 'page']\n"


_PATCHED = '''
django.setup()
import sqlite3
from aws_xray_sdk.core import xray_recorder
with xray_recorder.in_segment('web', sampling=1) as segment:
    connection = sqlite3.connect(':memory:')
    connection.cursor().execute('SELECT 1')
    connection.close()
print([subsegment.name for subsegment in segment.subsegments])
'''


def test_modules_are_patched(start: Callable[..., str]) -> None:
    recorder = {
        'AWS_XRAY_TRACING_NAME': 'shop',
        'SAMPLING': False,
        'PATCH_MODULES': ['sqlite3'],
        'AUTO_PATCH_PARENT_SEGMENT_NAME': 'patching',
    }
    assert start(repr(recorder), _PATCHED) == "[':memory:']\n"


def test_modules_of_the_application_are_patched(start: Callable[..., str]) -> None:
    source = '''
    import pathlib
    pathlib.Path('wares.py').write_text('def sell(): return 1')
    pathlib.Path('spares.py').write_text('def sell(): return 1')
    django.setup()
    import sys
    sys.path.insert(0, '')
    from aws_xray_sdk.core import xray_recorder
    import spares, wares
    with xray_recorder.in_segment('web', sampling=1) as segment:
        wares.sell()
        spares.sell()
    print([subsegment.name for subsegment in segment.subsegments])
    '''
    recorder = {
        'AWS_XRAY_TRACING_NAME': 'shop',
        'PATCH_MODULES': ['wares', 'spares'],
        'IGNORE_MODULE_PATTERNS': ['^spares$'],
    }
    assert start(repr(recorder), source) == "['sell']\n"


def test_a_module_that_cannot_be_patched_is_told(start: Callable[..., str]) -> None:
    source = '''
    try:
        django.setup()
    except Exception as error:
        print(error)
    '''
    recorder = {'AWS_XRAY_TRACING_NAME': 'shop', 'PATCH_MODULES': ['no_such_module']}
    assert start(repr(recorder), source) == 'modules no_such_module are currently not supported for patching\n'


@pytest.mark.improvement('silently ignored')
def test_a_misspelt_setting_is_told(start: Callable[..., str]) -> None:
    output = start("{'AWS_XRAY_TRACING_NAME': 'shop', 'SAMPLING_RULE': 1}", 'django.setup()')
    assert 'SAMPLING_RULE' in output and 'SAMPLING_RULES' in output


@pytest.mark.improvement('C1')
def test_starting_loads_neither_botocore_nor_wrapt(start: Callable[..., str]) -> None:
    source = '''
    django.setup()
    import aws_xray_sdk.ext.django.middleware
    import sys
    print(sorted({name.partition('.')[0] for name in sys.modules} & {'botocore', 'wrapt', 'jinja2'}))
    '''
    assert start("{'AWS_XRAY_TRACING_NAME': 'shop'}", source) == '[]\n'


@pytest.mark.improvement('row 29')
def test_nothing_is_traced_when_the_sdk_is_disabled(start: Callable[..., str]) -> None:
    source = (
        _INSTRUMENTED
        + '''
from django.http import HttpResponse
from django.test import RequestFactory
from aws_xray_sdk.ext.django.middleware import XRayMiddleware
response = XRayMiddleware(lambda request: HttpResponse())(RequestFactory().get('/'))
print(response.headers)
'''
    )
    output = start("{'AWS_XRAY_TRACING_NAME': 'shop'}", source, AWS_XRAY_SDK_ENABLED='false')
    assert output == "[]\n{'Content-Type': 'text/html; charset=utf-8'}\n"
