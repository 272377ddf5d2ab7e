"""What a server does before its first request, when the environment asks for it."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.core.management import call_command
from django.db import connections

from aws_xray_sdk.core import xray_recorder


def preload():
    """Creates the table and sends a segment, so that forked workers inherit a recorder that was in use."""
    if 'TRACED_SITE_PRELOAD' in os.environ:
        # An ASGI server imports the application in its event loop, where Django refuses to use a database.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(_preload).result()


def _preload():
    call_command('migrate', run_syncdb=True, verbosity=0)
    connections.close_all()
    xray_recorder.begin_segment('preload')
    xray_recorder.end_segment()
