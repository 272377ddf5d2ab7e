"""More subsegments than the threshold, flat and nested."""

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service='streaming', sampling=False, streaming_threshold=5)

with xray_recorder.in_segment('flat'):
    for number in range(20):
        with xray_recorder.in_subsegment(f'child {number}'):
            xray_recorder.put_annotation('number', number)

with xray_recorder.in_segment('nested'):
    with xray_recorder.in_subsegment('open'):
        for number in range(10):
            with xray_recorder.in_subsegment(f'child {number}'):
                with xray_recorder.in_subsegment('grandchild'):
                    pass
