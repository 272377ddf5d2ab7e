"""Trace headers: read, written, and handed on by the helpers that middlewares use."""

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.ext import util

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'

xray_recorder.configure(service='headers', sampling=False)

for text in (
    f'Root={ROOT};Parent={PARENT};Sampled=1',
    f'Root={ROOT};Sampled=?',
    f'Root={ROOT};Parent={PARENT};Sampled=0;Lineage=a:b:1;Self=1-0-0',
    'Sampled=1',
    'malformed',
    '',
):
    header = TraceHeader.from_header_str(text)
    print([header.root == ROOT, header.parent == PARENT, header.sampled, header.to_header_str()])

with xray_recorder.in_segment('web', traceid=ROOT) as segment:
    segment.save_origin_trace_header(TraceHeader.from_header_str(f'Root={ROOT};Lineage=a:b:1'))
    headers = {}
    util.inject_trace_header(headers, segment)
    print(headers)
    with xray_recorder.in_subsegment('call') as subsegment:
        util.inject_trace_header(headers, subsegment)
        print(headers)
    print(util.prepare_response_header(TraceHeader(sampled='?'), segment))
    print(util.prepare_response_header(TraceHeader(sampled=1), segment))

print(util.construct_xray_header({'X-Amzn-Trace-Id': f'Root={ROOT}'}).to_header_str())
print(util.construct_xray_header({'HTTP_X_AMZN_TRACE_ID': f'Root={ROOT}'}).to_header_str())
print(repr(util.construct_xray_header({}).to_header_str()))
print(util.calculate_segment_name('host', xray_recorder))
print(util.calculate_sampling_decision(TraceHeader(sampled=0), xray_recorder, {}))
print(util.calculate_sampling_decision(TraceHeader(), xray_recorder, {}))
for name in ('Bucket', 'TableName', 'ACL', 'getHTTPStatus', 'x'):
    print(util.to_snake_case(name))
for url in ('http://h/p?q=1', 'http://h/p', '', None):
    print(util.strip_url(url))
for url in ('http://h.example:80/p', 'nonsense', None):
    print(util.get_hostname(url))
