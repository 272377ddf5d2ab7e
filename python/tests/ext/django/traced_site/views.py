"""Views: what the tests need to see happen in a request."""

import asyncio
import contextlib
import io

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render

from aws_xray_sdk.core import xray_recorder

from .models import Book


def _entity():
    entity = xray_recorder.current_subsegment() or xray_recorder.current_segment()
    return entity.name if entity else None


def shelf(request):
    """Three queries and a template that includes another."""
    Book.objects.filter(title='Dune').count()
    list(Book.objects.all())
    connection.cursor().execute('SELECT 1')
    return render(request, 'shelf.html', {'books': ['Dune']})


def plain(request):
    """Next to nothing."""
    return HttpResponse('plain')


def echo(request):
    """What the view sees of the trace."""
    segment = xray_recorder.current_segment()
    return JsonResponse({'trace_id': segment.trace_id, 'id': segment.id, 'name': segment.name})


def status(request, code):
    """Any status."""
    return HttpResponse(status=code)


def missing(request):
    """Not found, raised."""
    raise Http404('no such page')


def forbidden(request):
    """Forbidden, raised."""
    raise PermissionDenied('not yours')


def suspicious(request):
    """Bad request, raised."""
    raise SuspiciousOperation('odd')


def _deep(depth):
    if depth:
        return _deep(depth - 1)
    raise ValueError('raised by the view')


def broken(request):
    """Fails below more calls than a stack trace keeps."""
    return _deep(15)


def failing_query(request):
    """Fails in the database, and the view goes on."""
    with contextlib.suppress(Exception):
        connection.cursor().execute('SELECT nothing FROM nowhere')
    return HttpResponse('recovered')


def failing_template(request):
    """Fails while rendering."""
    return render(request, 'failing.html', {'fail': lambda: _deep(0)})


def _parts(fail=False):
    yield f'{_entity()} '
    with xray_recorder.in_subsegment('body'):
        yield f'{_entity()} '
        Book.objects.count()
        yield f'{_entity()} '
        if fail:
            _deep(0)
    yield f'{_entity()} '


async def _async_parts(fail=False):
    yield f'{_entity()} '
    async with xray_recorder.in_subsegment_async('body'):
        yield f'{_entity()} '
        await Book.objects.acount()
        yield f'{_entity()} '
        if fail:
            _deep(0)
    yield f'{_entity()} '


def stream(request):
    """A body made while it is sent."""
    return StreamingHttpResponse(_parts())


def broken_stream(request):
    """A body that fails after its status was sent."""
    return StreamingHttpResponse(_parts(fail=True))


def download(request):
    """A file."""
    return FileResponse(io.BytesIO(b'x' * 100_000), filename='x.bin')


async def async_shelf(request):
    """Three queries and a template, asynchronously."""
    await Book.objects.filter(title='Dune').acount()
    async for _ in Book.objects.all():
        pass
    # Both ways to leave the event loop.
    await sync_to_async(Book.objects.count, thread_sensitive=True)()
    return render(request, 'shelf.html', {'books': ['Dune']})


async def async_echo(request):
    """What an asynchronous view sees of the trace, also after it waited and in a thread of its own."""
    await asyncio.sleep(0)
    in_thread = await sync_to_async(_entity, thread_sensitive=False)()
    segment = xray_recorder.current_segment()
    return JsonResponse({'trace_id': segment.trace_id, 'id': segment.id, 'name': segment.name, 'in_thread': in_thread})


async def async_gather(request):
    """Nested subsegments in concurrent tasks."""

    async def work(number):
        async with xray_recorder.in_subsegment_async(f'work {number}'):
            await asyncio.sleep(0)
            async with xray_recorder.in_subsegment_async(f'inner {number}'):
                await asyncio.sleep(0)

    await asyncio.gather(*(work(number) for number in range(5)))
    return HttpResponse('gathered')


async def async_missing(request):
    """Not found, raised."""
    raise Http404('no such page')


async def async_broken(request):
    """Fails below more calls than a stack trace keeps."""
    await asyncio.sleep(0)
    return _deep(15)


async def async_forever(request):
    """Waits until the client goes away."""
    await asyncio.sleep(3600)


async def async_stream(request):
    """A body made asynchronously while it is sent."""
    return StreamingHttpResponse(_async_parts())


async def async_broken_stream(request):
    """A body that fails after its status was sent."""
    return StreamingHttpResponse(_async_parts(fail=True))


async def async_endless_stream(request):
    """A body that ends when the client goes away."""

    async def parts():
        while True:
            yield b'part '
            await asyncio.sleep(0.01)

    return StreamingHttpResponse(parts())


def parts(request):
    """A body in parts, the same for every request."""
    return StreamingHttpResponse(str(Book.objects.count() * 0) for _ in range(3))


async def async_parts(request):
    """A body in parts, the same for every request, made asynchronously."""

    async def parts():
        for _ in range(3):
            yield str(await Book.objects.acount() * 0)

    return StreamingHttpResponse(parts())


def jinja(request):
    """A template of the Jinja2 backend."""
    return render(request, 'shelf.jinja', {'books': ['Dune']}, using='jinja2')
