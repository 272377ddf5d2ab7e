"""Segments, subsegments and everything that can be put on them."""

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models import http

xray_recorder.configure(service='basics', sampling=False)

with xray_recorder.in_segment('web') as segment:
    segment.set_user('somebody')
    segment.put_annotation('text', 'value')
    segment.put_annotation('number', 1.5)
    segment.put_annotation('truth', True)
    segment.put_annotation('bad key', 1)
    segment.put_annotation('bad_value', [1])
    segment.put_metadata('list', [1, 'two', None, 3.0], 'space')
    segment.put_http_meta(http.URL, 'http://127.0.0.1:8000/cart')
    segment.put_http_meta(http.METHOD, 'GET')
    segment.put_http_meta(http.STATUS, 429)
    segment.put_http_meta(http.CONTENT_LENGTH, 12)
    with xray_recorder.in_subsegment('database', namespace='remote') as subsegment:
        subsegment.set_sql({'sanitized_query': 'select ?', 'database_type': 'sqlite', 'user': 'reader'})
    with xray_recorder.in_subsegment('bucket', namespace='aws') as subsegment:
        subsegment.set_aws({'operation': 'GetObject', 'region': 'eu-west-1', 'bucket_name': 'b'})
        subsegment.apply_status_code(503)

segment = xray_recorder.begin_segment(traceid='1-5759e988-bd862e3fe1be46a994272793', parent_id='53995c3f42cd8ad8')
xray_recorder.begin_subsegment('outer')
xray_recorder.begin_subsegment('inner')
xray_recorder.end_subsegment()
xray_recorder.end_subsegment()
segment.my_own_field = {'a': 1}
xray_recorder.end_segment()


@xray_recorder.capture('failing')
def fail():
    raise KeyError('nothing')


try:
    with xray_recorder.in_segment('failure'):
        fail()
except KeyError:
    print('raised')

with xray_recorder.in_segment('unsampled', sampling=0), xray_recorder.in_subsegment('hidden'):
    print(xray_recorder.is_sampled())

with xray_recorder.in_segment('ruled', sampling='my-rule'):
    print(xray_recorder.is_sampled())
