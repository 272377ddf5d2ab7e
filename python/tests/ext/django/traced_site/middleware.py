"""Middleware below the one under test."""

from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse
from django.utils.decorators import sync_and_async_middleware


def _refuse(request):
    if 'HTTP_X_FAULTY_MIDDLEWARE' in request.META:
        raise LookupError('raised by middleware')


@sync_and_async_middleware
def FaultyMiddleware(get_response):  # noqa: N802, it is used like a class
    """Raises when the request asks for it."""
    if iscoroutinefunction(get_response):

        async def middleware(request):
            _refuse(request)
            return await get_response(request)
    else:

        def middleware(request):
            _refuse(request)
            return get_response(request)

    return middleware


class SynchronousMiddleware:
    """Can only run synchronously, so under ASGI what is below it runs in threads."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)


class ApologizingMiddleware(SynchronousMiddleware):
    """Answers exceptions with a page of its own."""

    def process_exception(self, request, exception):
        """A page with status 200."""
        return HttpResponse('sorry')
