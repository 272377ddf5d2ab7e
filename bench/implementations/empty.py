"""The hooks a tracer needs, doing nothing: what no tracer can go below."""

from typing import Any, Dict, List

from implementations import none


class Implementation(none.Implementation):
    """Empty middlewares, signal receivers, wrappers and trace configurations."""

    def django_settings(self) -> Dict[str, Any]:
        return {"MIDDLEWARE": ["implementations.empty.django_middleware"]}

    def instrument_django(self) -> None:
        from django.db.backends.utils import CursorWrapper
        from django.template import Template

        wrap(CursorWrapper, "execute")
        wrap(Template, "render")

    def instrument_flask_application(self, application: Any) -> None:
        from flask import before_render_template, template_rendered

        application.before_request(lambda: None)
        application.after_request(lambda response: response)
        application.teardown_request(lambda exception: None)
        before_render_template.connect(ignore, application)
        template_rendered.connect(ignore, application)

    def aiohttp_middlewares(self) -> List[Any]:
        from aiohttp import web

        @web.middleware
        async def middleware(request: Any, handler: Any) -> Any:
            return await handler(request)

        return [middleware]

    def aiohttp_trace_configs(self) -> List[Any]:
        from aiohttp import TraceConfig

        async def receiver(session: Any, context: Any, parameters: Any) -> None:
            """One of the three moments that upstream listens to."""

        config = TraceConfig()
        config.on_request_start.append(receiver)
        config.on_request_end.append(receiver)
        config.on_request_exception.append(receiver)
        return [config]


def django_middleware(get_response: Any) -> Any:
    """A middleware that only calls on."""
    return lambda request: get_response(request)


def ignore(sender: Any, **keywords: Any) -> None:
    """A signal's receiver."""


def wrap(owner: Any, name: str) -> None:
    """Put a function that only calls on around a method."""
    wrapped = getattr(owner, name)

    def wrapper(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return wrapped(self, *arguments, **keywords)

    setattr(owner, name, wrapper)
