"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if 'TRACED_SITE_PRELOAD' in os.environ:
    from django.core.management import call_command
    from django.db import connections

    from aws_xray_sdk.core import xray_recorder

    call_command('migrate', run_syncdb=True, verbosity=0)
    connections.close_all()
    xray_recorder.begin_segment('preload')
    xray_recorder.end_segment()
