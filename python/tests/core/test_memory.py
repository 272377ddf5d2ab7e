"""Memory stays flat, whatever programs hold on to while a segment is open."""

from __future__ import annotations

import pytest

_PROGRAM = """
    import gc
    from aws_xray_sdk.core import xray_recorder

    xray_recorder.configure(service='web', sampling=False, daemon_address='127.0.0.1:9')

    def resident_bytes():
        with open('/proc/self/statm') as statm:
            return int(statm.read().split()[1]) * 4096

    class Node:
        def __init__(self, segment):
            self.segment = segment

    @xray_recorder.capture('captured')
    def captured(number):
        xray_recorder.put_annotation('number', number)
        if number % 10 == 0:
            raise ValueError(number)

    def plain(segment, number):
        with xray_recorder.in_subsegment('load'):
            xray_recorder.put_annotation('key', 'value')
            xray_recorder.put_metadata('key', {'list': [1, 2, 3]})

    def failing(segment, number):
        try:
            captured(number)
        except ValueError:
            pass

    def looked_at(segment, number):
        with xray_recorder.in_subsegment('load') as subsegment:
            subsegment.http['request'] = {'method': 'GET'}
            subsegment.annotations['a'] = 1
            subsegment.aws['region'] = 'eu-west-1'
            assert segment.subsegments[-1] is subsegment
            segment.to_dict()

    def in_a_circle(segment, number):
        segment.node = Node(segment)
        with xray_recorder.in_subsegment('load') as subsegment:
            subsegment.put_metadata('segment', Node(subsegment))

    def run(times):
        for number in range(times):
            with xray_recorder.in_segment('web') as segment:
                for _ in range(3):
                    WORK(segment, number)
        gc.collect()

    run(1000)
    before = resident_bytes()
    run(4000)
    grown = resident_bytes() - before
    assert grown < 3_000_000, f'{grown} bytes for 4000 segments'
"""


@pytest.mark.parametrize(
    'work',
    ['plain', 'failing', 'looked_at', pytest.param('in_a_circle', marks=pytest.mark.improvement('D11'))],
)
def test_finished_segments_are_freed(run_program, work):
    run_program(_PROGRAM.replace('WORK', work), timeout=30)


def test_a_long_segment_that_streams_holds_no_more_than_it_has_open(run_program):
    run_program(
        """
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='127.0.0.1:9')

        def resident_bytes():
            with open('/proc/self/statm') as statm:
                return int(statm.read().split()[1]) * 4096

        with xray_recorder.in_segment('web') as segment:
            for number in range(40_000):
                if number == 5_000:
                    before = resident_bytes()
                with xray_recorder.in_subsegment('load'):
                    xray_recorder.put_annotation('number', number)
            grown = resident_bytes() - before
            assert segment.get_total_subsegments_size() <= 31
        assert grown < 3_000_000, f'{grown} bytes for 35000 subsegments'
        """
    )
