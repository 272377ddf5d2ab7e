"""Patching: libraries by name, modules of one's own by path."""

from __future__ import annotations

import importlib
import logging
import sys
import textwrap

import pytest

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import patch, patch_all, patcher

PACKAGE = {
    '__init__.py': """
        from .inner import inner_function

        def package_function():
            return 'package'
    """,
    'inner.py': """
        import os
        from functools import lru_cache, wraps
        from aws_xray_sdk.core import xray_recorder

        CONSTANT = 7

        def inner_function():
            return 'inner'

        def caller():
            return inner_function()

        @xray_recorder.capture('by hand')
        def decorated():
            return 'decorated'

        def generator():
            yield 1

        class Parent:
            def inherited(self):
                return 'inherited'

        class Child(Parent):
            def __init__(self):
                self.value = 1

            def method(self):
                return 'method'

            @classmethod
            def class_method(cls):
                return cls.__name__

            @staticmethod
            def static_method():
                return 'static'

            class Nested:
                def nested_method(self):
                    return 'nested'
    """,
    'ignored.py': """
        def ignored_function():
            return 'ignored'
    """,
    'below/__init__.py': """
        def below_function():
            return 'below'
    """,
}


@pytest.fixture(autouse=True)
def unpatched():
    """Nothing of a test's own stays known as patched."""
    before = set(patcher._PATCHED_MODULES)
    yield
    patcher._PATCHED_MODULES.clear()
    patcher._PATCHED_MODULES.update(before)


@pytest.fixture
def package(tmp_path, monkeypatch, request):
    """The name of a package in the working directory that nobody imported yet."""
    name = 'shop_' + ''.join(one if one.isalnum() else '_' for one in request.node.name)
    for path, source in PACKAGE.items():
        file = tmp_path / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    for module in [module for module in sys.modules if module.partition('.')[0] == name]:
        del sys.modules[module]


@pytest.fixture
def traced(global_recorder, daemon):
    """Calls something inside a segment and gives back the names of the subsegments that came of it."""

    def call(function, *arguments):
        daemon.clear()
        with global_recorder.in_segment('web'):
            result = function(*arguments)
        return result, [node.name for node in daemon.trace().walk()][1:]

    return call


def test_an_unknown_module_is_named():
    with pytest.raises(Exception, match='modules no_such_thing are currently not supported for patching'):
        patch(['no_such_thing'])


def test_a_relative_module_is_refused(package):
    with pytest.raises(Exception, match='relative packages not supported for patching: .shop'):
        patcher._external_module_patch('.shop', [])


def test_supported_names():
    assert {
        'botocore',
        'aiobotocore',
        'requests',
        'sqlite3',
        'mysql',
        'httplib',
        'pymongo',
        'pymysql',
        'psycopg2',
        'psycopg',
        'pg8000',
        'sqlalchemy_core',
        'httpx',
        'pynamodb',
    } <= set(patcher.SUPPORTED_MODULES)
    assert 'httplib' not in patcher.NO_DOUBLE_PATCH


def test_a_library_is_patched_once(monkeypatch):
    calls = []
    module = type(sys)('aws_xray_sdk.ext.requests')
    module.patch = lambda: calls.append('patched')
    monkeypatch.setitem(sys.modules, 'aws_xray_sdk.ext.requests', module)
    patcher._PATCHED_MODULES.discard('requests')
    patch(['requests'])
    patch(('requests',))
    assert calls == ['patched']
    assert 'requests' in patcher._PATCHED_MODULES


def test_a_library_that_cannot_be_patched(monkeypatch, caplog):
    module = type(sys)('aws_xray_sdk.ext.requests')

    def fail():
        raise ImportError('no requests here')

    module.patch = fail
    monkeypatch.setitem(sys.modules, 'aws_xray_sdk.ext.requests', module)
    patcher._PATCHED_MODULES.discard('requests')
    with pytest.raises(ImportError, match='no requests here'):
        patch(['requests'])
    patch(['requests'], raise_errors=False)
    assert 'requests' not in patcher._PATCHED_MODULES


@pytest.mark.parametrize(
    ('given', 'patched'),
    [('boto3', {'botocore'}), ('aioboto3', {'aiobotocore'}), ('pynamodb', {'botocore', 'pynamodb'})],
)
def test_what_stands_for_what(monkeypatch, given, patched):
    monkeypatch.setattr(patcher, '_patch_module', lambda module, raise_errors=True: seen.add(module))
    seen = set()
    patch([given])
    assert seen == patched


def test_patch_all_passes_over_what_is_missing(run_program):
    run_program(
        """
        import sys
        for missing in ('requests', 'httpx', 'pymongo', 'psycopg2'):
            sys.modules[missing] = None
        from aws_xray_sdk.core import patch_all, patcher
        patch_all()
        assert 'sqlite3' in patcher._PATCHED_MODULES
        assert not patcher._PATCHED_MODULES & {'httplib', 'requests', 'httpx', 'pymongo', 'psycopg2'}
        """
    )


def test_disabled_means_nothing_is_patched(package):
    global_sdk_config.set_sdk_enabled(False)
    patch([package, 'no_such_thing'])
    patch_all()
    assert package not in patcher._PATCHED_MODULES


def test_the_patcher_survives_a_reload(global_recorder):
    importlib.reload(patcher)
    assert patcher._PATCHED_MODULES == set()
    patcher.patch([])


@pytest.mark.parametrize('order', ['patched first', 'imported first'])
def test_functions_of_a_package(package, traced, order):
    if order == 'imported first':
        importlib.import_module(package)
    patch([package])
    module = importlib.import_module(package)
    inner = importlib.import_module(f'{package}.inner')
    assert traced(module.package_function) == ('package', ['package_function'])
    assert traced(inner.inner_function) == ('inner', ['inner_function'])
    assert traced(inner.caller) == ('inner', ['caller', 'inner_function'])
    below = importlib.import_module(f'{package}.below')
    assert traced(below.below_function) == ('below', ['below_function'])
    assert {package, f'{package}.inner', f'{package}.below'} <= patcher._PATCHED_MODULES


def test_a_single_module(package, traced):
    patch([f'{package}.inner'])
    inner = importlib.import_module(f'{package}.inner')
    assert traced(inner.inner_function) == ('inner', ['inner_function'])
    assert traced(importlib.import_module(package).package_function) == ('package', [])


def test_imported_names_are_patched_where_they_are_defined(package, traced):
    patch([package])
    inner = importlib.import_module(f'{package}.inner')
    assert not hasattr(inner.wraps, '__wrapped__')
    assert inner.CONSTANT == 7


def test_classes(package, traced):
    patch([package])
    inner = importlib.import_module(f'{package}.inner')
    child, names = traced(inner.Child)
    assert names == ['Child.__init__']
    assert traced(child.method) == ('method', ['method'])
    assert traced(child.inherited) == ('inherited', ['inherited'])
    assert traced(inner.Child.static_method) == ('static', ['static_method'])
    assert traced(child.static_method) == ('static', ['static_method'])
    assert traced(inner.Child.Nested().nested_method) == ('nested', ['nested_method'])


def test_class_methods_are_left_alone_with_a_warning(package, traced, caplog):
    with caplog.at_level(logging.WARNING):
        patch([package])
        inner = importlib.import_module(f'{package}.inner')
    assert 'Child.class_method' in caplog.text
    assert traced(inner.Child.class_method) == ('Child', [])


def test_what_is_decorated_already_is_recorded_once(package, traced):
    patch([package])
    inner = importlib.import_module(f'{package}.inner')
    result, names = traced(inner.decorated)
    assert result == 'decorated'
    assert 'by hand' in names


def test_ignored_modules(package, traced):
    patch([package], ignore_module_patterns=[rf'{package}\.ign.*'])
    ignored = importlib.import_module(f'{package}.ignored')
    assert traced(ignored.ignored_function) == ('ignored', [])
    inner = importlib.import_module(f'{package}.inner')
    assert traced(inner.inner_function) == ('inner', ['inner_function'])


def test_patching_twice_records_once(package, traced):
    patch([package])
    patch([package])
    inner = importlib.import_module(f'{package}.inner')
    assert traced(inner.inner_function) == ('inner', ['inner_function'])


def test_patched_functions_run_outside_a_segment(package, global_recorder):
    global_recorder.configure(context_missing='IGNORE_ERROR')
    patch([package])
    inner = importlib.import_module(f'{package}.inner')
    assert inner.caller() == 'inner'
    assert inner.Child().method() == 'method'


def test_errors_in_a_patched_modules_own_code_are_its_own(tmp_path, monkeypatch):
    (tmp_path / 'broken_shop.py').write_text('raise RuntimeError("broken shop")')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    patch(['broken_shop'])
    with pytest.raises(RuntimeError, match='broken shop'):
        importlib.import_module('broken_shop')


@pytest.mark.improvement('a program that asks for a missing patch starts all the same')
def test_a_library_without_a_patch_is_warned_of(caplog):
    patch(('pynamodb',), raise_errors=True)
    assert 'calls of pynamodb are not traced' in caplog.text
    assert 'pynamodb' not in patcher._PATCHED_MODULES
