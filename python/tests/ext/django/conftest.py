"""A Django project in this process, servers that run it, and databases."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator
from urllib.parse import urlsplit

import django
import pytest

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[3]
_DIRECTORY = tempfile.TemporaryDirectory(prefix='fluoro-django-')

# Models can only be imported once Django is set up, and test modules import them.
sys.path.insert(0, str(_HERE))
os.environ['DJANGO_SETTINGS_MODULE'] = 'traced_site.settings'
os.environ['TRACED_SITE_DATABASES'] = _DIRECTORY.name
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import AsyncClient, Client  # noqa: E402

_DRIVERS = {'postgresql': 'django.db.backends.postgresql', 'mysql': 'django.db.backends.mysql'}


@pytest.fixture(scope='session', autouse=True)
def tables() -> Iterator[None]:
    """The table of the project in its default database."""
    call_command('migrate', run_syncdb=True, verbosity=0)
    yield
    connections.close_all()
    _DIRECTORY.cleanup()


@pytest.fixture
def client(global_recorder: Any) -> Client:
    """Sends requests to the project through Django's WSGI handler."""
    return Client(raise_request_exception=False)


@pytest.fixture
def async_client(global_recorder: Any) -> AsyncClient:
    """Sends requests to the project through Django's ASGI handler."""
    return AsyncClient(raise_request_exception=False)


@pytest.fixture(scope='session')
def database_servers() -> Iterator[Dict[str, str]]:
    """Where PostgreSQL and MariaDB listen; started here unless the environment says where they are."""
    names = {'postgresql': 'FLUORO_TEST_POSTGRES_DSN', 'mysql': 'FLUORO_TEST_MYSQL_DSN'}
    if all(name in os.environ for name in names.values()):
        yield {vendor: os.environ[name] for vendor, name in names.items()}
        return
    specification = importlib.util.spec_from_file_location('databases', _REPOSITORY / 'tools' / 'databases.py')
    databases = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(databases)
    with databases.running() as environment:
        yield {vendor: environment[name] for vendor, name in names.items()}


@pytest.fixture(params=sorted(_DRIVERS))
def server_alias(request: pytest.FixtureRequest, database_servers: Dict[str, str]) -> Iterator[str]:
    """The alias of a database on a real server, named after its vendor, with the project's table in it."""
    from aws_xray_sdk.ext.django.db import patch_db

    vendor = request.param
    if vendor == 'mysql':
        import pymysql

        # Django asks for a recent mysqlclient, whose place PyMySQL takes.
        pymysql.version_info = (2, 2, 7, 'final', 0)
        pymysql.install_as_MySQLdb()
    dsn = urlsplit(database_servers[vendor])
    template = connections.databases['default']
    connections.databases[vendor] = {
        **template,
        'ENGINE': _DRIVERS[vendor],
        'NAME': dsn.path.lstrip('/'),
        'USER': dsn.username,
        'PASSWORD': dsn.password,
        'HOST': dsn.hostname,
        'PORT': str(dsn.port),
        'TEST': dict(template['TEST']),
        'OPTIONS': {},
    }
    connections[vendor].ensure_connection()
    patch_db()
    call_command('migrate', run_syncdb=True, database=vendor, verbosity=0)
    yield vendor
    connections[vendor].close()
    del connections[vendor]
    del connections.databases[vendor]


@pytest.fixture
def run_manage(run_program: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Runs a management command in a process of its own; fails unless it exits with 0."""

    def run(*arguments: str, **environment: str) -> Any:
        return run_program(
            f'''
            import sys
            sys.path.insert(0, {str(_HERE)!r})
            from django.core.management import execute_from_command_line
            execute_from_command_line(['manage.py', *{arguments!r}])
            ''',
            **{'DJANGO_SETTINGS_MODULE': 'traced_site.settings', 'TRACED_SITE_DATABASES': str(tmp_path)},
            **environment,
        )

    return run
