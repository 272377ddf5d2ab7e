"""Sends a trace for each request that the central rules sample, until it is ended; prints each trace's id.

Runs with the AWS X-Ray SDK for Python and with this project's package alike.
"""

import json
import time

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="checkout", sampling=True, context_missing="RUNTIME_ERROR")
request = {"host": "shop.example", "method": "GET", "path": "/pay/now", "service": "checkout"}
# Until the rules have come, the SDK's local rules decide, and name none.
while True:
    rule = xray_recorder.sampler.should_trace(request)
    if isinstance(rule, str):
        with xray_recorder.in_segment("checkout", sampling=True) as segment:
            segment.set_rule_name(rule)
            with xray_recorder.in_subsegment("reserve"):
                pass
        print(json.dumps({"trace": segment.trace_id}), flush=True)
    time.sleep(0.2)
