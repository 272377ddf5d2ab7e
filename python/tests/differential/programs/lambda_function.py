"""A handler on AWS Lambda: subsegments below a segment that the service owns."""

import os

os.environ['LAMBDA_TASK_ROOT'] = '/var/task'
os.environ['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

from aws_xray_sdk.core import xray_recorder  # noqa: E402


@xray_recorder.capture('## handler')
def handler(event, context):
    with xray_recorder.in_subsegment('inside'):
        xray_recorder.put_annotation('cold', True)
    return event


for _ in range(2):
    handler({}, None)
print(type(xray_recorder.current_segment()).__name__)
os.environ['_X_AMZN_TRACE_ID'] = 'Root=1-5759e989-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0'
handler({}, None)
print(type(xray_recorder.current_segment()).__name__)
del os.environ['_X_AMZN_TRACE_ID']
