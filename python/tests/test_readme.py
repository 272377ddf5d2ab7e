"""What README shows works as it stands there: each example runs in a process of its own, over real HTTP and UDP."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from support.daemon import FakeDaemon, names

_README = Path(__file__).resolve().parents[2] / 'README.md'

RunExample = Callable[..., Any]


def examples(heading: str) -> 'list[str]':
    """The Python blocks below ``### heading``, in order."""
    section = _README.read_text(encoding='utf-8').split(f'### {heading}\n')[1].split('\n##')[0]
    return re.findall(r'```python\n(.*?)```', section, re.DOTALL)


@pytest.fixture
def run_example(run_program: Any, daemon: FakeDaemon) -> Iterator[RunExample]:
    """Runs a program whose ``{placeholders}`` are blocks of README, traced by ``daemon``."""

    def run(source: str, **environment: str) -> None:
        run_program(source, AWS_XRAY_DAEMON_ADDRESS=daemon.address, **environment)

    yield run


def embed(program: str, **blocks: str) -> str:
    """Puts blocks where ``program`` names them, with the indentation of that line."""

    def replacement(match: 're.Match[str]') -> str:
        return textwrap.indent(blocks[match.group(2)], match.group(1))

    return re.sub(r'^( *)<<(\w+)>>\n', replacement, textwrap.dedent(program), flags=re.MULTILINE)


REQUEST = '''
import threading, urllib.request

def get(port):
    request = urllib.request.Request(f'http://127.0.0.1:{port}/', headers={'X-Amzn-Trace-Id': 'Sampled=1'})
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.read()

def visit(server):
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    body = get(server.server_port)
    thread.join(20)
    server.server_close()
    return body
'''


def test_recorder(run_example: RunExample, daemon: FakeDaemon) -> None:
    (block,) = examples('Anywhere')
    definition = 'def compute(): ...\n'
    assert definition in block
    block = block.replace(definition, 'def compute(): return 7\n')
    run_example(
        embed(
            '''
        <<block>>
        with xray_recorder.in_segment('another'):
            assert compute() == 7
        ''',
            block='from aws_xray_sdk.core import xray_recorder\nxray_recorder.configure(sampling=False)\n' + block,
        )
    )
    job, another = daemon.traces()
    assert (job.name, job['annotations']) == ('nightly job', {'customer': 42})
    assert job.find('load prices')['metadata'] == {'default': {'rows': 1200}}
    assert names(another.children) == ['compute']


def test_django(run_example: RunExample, daemon: FakeDaemon) -> None:
    settings, view = examples('Django')
    run_example(
        embed(
            '''
        <<request>>
        from wsgiref.simple_server import WSGIRequestHandler, make_server
        <<settings>>
        INSTALLED_APPS[1:2] = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.messages']
        MIDDLEWARE[1:] = ['django.contrib.sessions.middleware.SessionMiddleware', *MIDDLEWARE[1:-1]]

        import django
        from aws_xray_sdk.core import xray_recorder
        from django.conf import settings
        from django.http import HttpResponse
        from django.urls import path

        def page(request):
            <<view>>
            return HttpResponse(segment.name)

        urlpatterns = [path('', page)]
        settings.configure(
            ALLOWED_HOSTS=['127.0.0.1'], ROOT_URLCONF=__name__, SECRET_KEY='test',
            MIDDLEWARE=MIDDLEWARE, INSTALLED_APPS=INSTALLED_APPS, XRAY_RECORDER=XRAY_RECORDER,
        )
        django.setup()
        from django.core.wsgi import get_wsgi_application

        WSGIRequestHandler.log_message = lambda *arguments: None
        assert visit(make_server('127.0.0.1', 0, get_wsgi_application())) == b'shop'
        ''',
            request=REQUEST,
            settings=settings,
            view=view,
        ),
        AWS_XRAY_TRACING_NAME='shop',
    )
    segment = daemon.trace()
    assert (segment.name, segment['http']['response']['status']) == ('shop', 200)


def test_flask(run_example: RunExample, daemon: FakeDaemon) -> None:
    (block,) = examples('Flask')
    run_example(
        embed(
            '''
        <<request>>
        from flask import Flask, render_template_string
        from werkzeug.serving import WSGIRequestHandler, make_server

        app = Flask(__name__)
        app.add_url_rule('/', 'page', lambda: render_template_string('{{ 6 * 7 }}'))
        <<block>>
        WSGIRequestHandler.log = lambda *arguments: None
        assert visit(make_server('127.0.0.1', 0, app)) == b'42'
        ''',
            request=REQUEST,
            block=block,
        )
    )
    segment = daemon.trace()
    assert (segment.name, segment['http']['response']['status'], len(segment.children)) == ('my_app_name', 200, 1)


@pytest.mark.improvement('row 3: a context made at import sees no segment on the loop of run_app')
def test_aiohttp(run_example: RunExample, daemon: FakeDaemon) -> None:
    server, client = examples('aiohttp')
    body = 'as session: ...\n'
    assert body in client
    client = client.replace(
        body, "as session: return await (await session.get(f'http://127.0.0.1:{port}/leaf')).text()\n"
    )
    run_example(
        embed(
            '''
        <<request>>
        import asyncio, functools, socket
        from aiohttp import ClientSession, web

        async def calling():
            <<client>>

        async def root(request):
            return web.Response(text=await calling())

        async def leaf(request):
            return web.Response(text='leaf')

        def visit_and_stop(loop):
            assert get(port) == b'leaf'
            loop.call_soon_threadsafe(stop)

        def stop():
            raise web.GracefulExit

        async def start_visitor(app):
            threading.Thread(target=visit_and_stop, args=[asyncio.get_running_loop()]).start()

        def run_app(app):
            app.add_routes([web.get('/', root), web.get('/leaf', leaf)])
            app.on_startup.append(start_visitor)
            original_run_app(app, sock=listening, print=None)

        listening = socket.create_server(('127.0.0.1', 0))
        port = listening.getsockname()[1]
        original_run_app, web.run_app = web.run_app, run_app
        <<server>>
        ''',
            request=REQUEST,
            server='from aws_xray_sdk.core import xray_recorder\n' + server,
            client=client,
        )
    )
    segment = daemon.trace()
    assert names(segment.walk()) == ['service_name', '127.0.0.1', 'service_name']
