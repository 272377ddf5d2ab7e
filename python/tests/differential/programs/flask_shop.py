"""A Flask application over HTTP: pages, templates, errors, incoming trace headers."""

import http.client
import threading

from flask import Flask, abort, render_template_string
from werkzeug.serving import make_server

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

app = Flask('shop')
app.logger.disabled = True
xray_recorder.configure(service='shop', sampling=False)
XRayMiddleware(app, xray_recorder)


@app.route('/ok')
def ok():
    xray_recorder.put_annotation('seen', True)
    return 'fine'


@app.route('/teapot')
def teapot():
    abort(418)


@app.route('/fail')
def fail():
    raise ValueError('bad')


@app.route('/page')
def page():
    return render_template_string('hello {{ name }}', name='you')


server = make_server('127.0.0.1', 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()

REQUESTS = [
    ('GET', '/ok', {}),
    ('POST', '/ok', {}),
    ('GET', '/missing', {}),
    ('GET', '/teapot', {}),
    ('GET', '/fail', {}),
    ('GET', '/page', {}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?'}),
    ('GET', '/ok', {'X-Amzn-Trace-Id': 'Sampled=0'}),
    ('GET', '/ok', {'X-Forwarded-For': '10.1.2.3', 'User-Agent': 'agent'}),
]
for method, path, headers in REQUESTS:
    connection = http.client.HTTPConnection('127.0.0.1', server.server_port, timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    response.read()
    print(method, path, response.status, response.getheader('X-Amzn-Trace-Id'))
    connection.close()
server.shutdown()
