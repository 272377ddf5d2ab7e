"""A path for every view, by its name."""

from django.urls import path

from . import views

_VIEWS = (
    views.shelf,
    views.plain,
    views.echo,
    views.missing,
    views.forbidden,
    views.suspicious,
    views.broken,
    views.failing_query,
    views.failing_template,
    views.stream,
    views.broken_stream,
    views.download,
    views.parts,
    views.async_parts,
    views.jinja,
    views.async_shelf,
    views.async_echo,
    views.async_gather,
    views.async_missing,
    views.async_broken,
    views.async_forever,
    views.async_stream,
    views.async_broken_stream,
    views.async_endless_stream,
)

urlpatterns = [path(f'{view.__name__}/', view) for view in _VIEWS]
urlpatterns += [
    path('status/<int:code>/', views.status),
    path('grüße/<path:rest>', views.plain),
]
