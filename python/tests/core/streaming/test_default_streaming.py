"""Streaming: closed subtrees leave early once a segment holds many subsegments."""

from __future__ import annotations

import pytest

from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.streaming.default_streaming import DefaultStreaming


def tree(*shape):
    """A segment with open subsegments named and nested as ``shape``: names, and lists below the name before."""
    segment = Segment('web')

    def add(parent, names):
        for name in names:
            if isinstance(name, list):
                add(parent.subsegments[-1], name)
            else:
                parent.add_subsegment(Subsegment(name, 'local', segment))

    add(segment, shape)
    return segment


def test_threshold():
    streaming = DefaultStreaming()
    assert streaming.streaming_threshold == 30
    streaming.streaming_threshold = 0
    assert streaming.streaming_threshold == 0
    assert DefaultStreaming(streaming_threshold=5).streaming_threshold == 5


def test_eligible_above_the_threshold_only():
    streaming = DefaultStreaming(streaming_threshold=1)
    assert not streaming.is_eligible(None)
    assert not streaming.is_eligible(tree('a'))
    assert streaming.is_eligible(tree('a', 'b'))
    unsampled = tree('a', 'b')
    unsampled.sampled = False
    assert not streaming.is_eligible(unsampled)


def test_closed_leaves_are_streamed():
    segment = tree('a', 'b', 'c')
    a, b, c = segment.subsegments
    a.close()
    c.close()
    streamed = []
    DefaultStreaming().stream(segment, streamed.append)
    assert streamed == [a, c]
    assert segment.subsegments == [b]
    assert segment.get_total_subsegments_size() == 1


def test_an_open_parent_streams_its_closed_children():
    segment = tree('open', ['closed', 'open too'])
    outer = segment.subsegments[0]
    closed, still_open = outer.subsegments
    closed.close()
    streamed = []
    DefaultStreaming().stream(segment, streamed.append)
    assert streamed == [closed]
    assert outer.subsegments == [still_open]


def test_a_closed_subtree_leaves_as_one():
    segment = tree('outer', ['inner'])
    outer = segment.subsegments[0]
    inner = outer.subsegments[0]
    inner.close()
    outer.close()
    streamed = []
    DefaultStreaming().stream(segment, streamed.append)
    assert streamed == [outer]
    assert outer.subsegments == [inner]


def test_a_closed_parent_of_an_open_child_stays():
    segment = tree('outer', ['inner'])
    segment.subsegments[0].close()
    streamed = []
    DefaultStreaming().stream(segment, streamed.append)
    assert streamed == []


def test_the_recorder_streams_above_the_threshold(recorder, daemon):
    recorder.configure(streaming_threshold=3)
    with recorder.in_segment('web'):
        with recorder.in_subsegment('open'):
            for number in range(3):
                with recorder.in_subsegment(f'child {number}'):
                    pass
            assert [document['name'] for document in daemon.documents()] == ['child 0', 'child 1', 'child 2']
            assert {document['type'] for document in daemon.documents()} == {'subsegment'}
    trace = daemon.trace()
    assert trace.render() == 'web\n  open\n    child 0\n    child 1\n    child 2'


def test_nothing_streams_below_the_threshold(recorder, daemon):
    with recorder.in_segment('web'):
        for number in range(30):
            with recorder.in_subsegment(f'child {number}'):
                pass
        assert daemon.documents() == []
    assert len(daemon.documents()) == 1


def test_threshold_zero_streams_everything(recorder, daemon):
    recorder.configure(streaming_threshold=0)
    with recorder.in_segment('web') as segment:
        with recorder.in_subsegment('outer'):
            with recorder.in_subsegment('inner'):
                pass
        assert segment.subsegments == []
    assert [document['name'] for document in daemon.documents()] == ['inner', 'outer', 'web']
    assert daemon.trace().render() == 'web\n  outer\n    inner'


def test_an_unsampled_segment_never_streams(recorder, daemon):
    recorder.configure(streaming_threshold=0)
    with recorder.in_segment('web', sampling=0), recorder.in_subsegment('load'):
        pass
    assert daemon.documents() == []


def test_subsegments_that_come_after_streaming_are_sent_too(recorder, daemon):
    recorder.configure(streaming_threshold=10)
    with recorder.in_segment('web'):
        for number in range(95):
            with recorder.in_subsegment(f'child {number}'):
                pass
    assert len(daemon.trace().children) == 95


@pytest.mark.improvement('D10')
def test_a_streamed_subtree_counts_whole(recorder, daemon):
    recorder.configure(streaming_threshold=10)
    with recorder.in_segment('web') as segment:
        for _ in range(4):
            with recorder.in_subsegment('outer'):
                for _ in range(9):
                    with recorder.in_subsegment('inner'):
                        pass
        held = sum(1 + len(child.subsegments) for child in segment.subsegments)
        assert segment.get_total_subsegments_size() == held


def test_references_to_streamed_subsegments_still_work(recorder, daemon):
    recorder.configure(streaming_threshold=0)
    with recorder.in_segment('web') as segment:
        with recorder.in_subsegment('load') as subsegment:
            subsegment.put_annotation('a', 1)
        assert subsegment not in segment.subsegments
        assert subsegment.name == 'load'
        assert subsegment.annotations == {'a': 1}
        assert subsegment.in_progress is False
        assert subsegment.parent_segment is segment
    assert daemon.trace().find('load')['annotations'] == {'a': 1}


@pytest.mark.improvement('takes anything without a word')
def test_a_threshold_that_is_no_whole_number():
    streaming = DefaultStreaming(2.5)
    assert not streaming.is_eligible(tree('a', 'b'))
    assert streaming.is_eligible(tree('a', 'b', 'c'))
    streaming.streaming_threshold = float('inf')
    assert not streaming.is_eligible(tree('a', 'b', 'c'))
    with pytest.raises(TypeError):
        streaming.streaming_threshold = 'many'
