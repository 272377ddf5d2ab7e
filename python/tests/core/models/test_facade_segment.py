"""The segment that AWS Lambda owns: it can be read, and hung subsegments on, but not changed."""

from __future__ import annotations

import pytest

from aws_xray_sdk.core.exceptions.exceptions import AlreadyEndedException, FacadeSegmentMutationException
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment

TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793'
PARENT_ID = '53995c3f42cd8ad8'


@pytest.fixture
def facade():
    """A facade of a running invocation."""
    return FacadeSegment('facade', PARENT_ID, TRACE_ID, True)


def test_identity(facade):
    assert type(facade) is FacadeSegment
    assert isinstance(facade, Segment)
    assert (facade.name, facade.id, facade.trace_id, facade.sampled) == ('facade', PARENT_ID, TRACE_ID, True)
    assert facade.initializing is False


@pytest.mark.parametrize(
    ('arguments', 'initializing'),
    [
        ({'entityid': PARENT_ID, 'traceid': TRACE_ID, 'sampled': False}, False),
        ({'entityid': None, 'traceid': TRACE_ID, 'sampled': True}, True),
        ({'entityid': PARENT_ID, 'traceid': None, 'sampled': True}, True),
        ({'entityid': PARENT_ID, 'traceid': TRACE_ID, 'sampled': None}, True),
    ],
)
def test_initializing_until_the_header_is_whole(arguments, initializing):
    assert FacadeSegment(name='facade', **arguments).initializing is initializing


@pytest.mark.parametrize(
    'change',
    [
        lambda facade: facade.close(),
        lambda facade: facade.put_http_meta('status', 200),
        lambda facade: facade.put_annotation('a', 1),
        lambda facade: facade.put_metadata('a', 1),
        lambda facade: facade.set_aws({}),
        lambda facade: facade.set_user('somebody'),
        lambda facade: facade.add_throttle_flag(),
        lambda facade: facade.add_fault_flag(),
        lambda facade: facade.add_error_flag(),
        lambda facade: facade.add_exception(ValueError(), []),
        lambda facade: facade.apply_status_code(500),
        lambda facade: facade.serialize(),
    ],
)
def test_changing_it_raises(facade, change):
    with pytest.raises(FacadeSegmentMutationException):
        change(facade)


def test_subsegments_hang_below_it(facade):
    subsegment = Subsegment('load', 'local', facade)
    facade.add_subsegment(subsegment)
    assert subsegment.parent_id == PARENT_ID
    assert subsegment.trace_id == TRACE_ID
    assert facade.subsegments == [subsegment]
    assert facade.get_total_subsegments_size() == 1
    subsegment.close()
    with pytest.raises(AlreadyEndedException):
        subsegment.close()


def test_it_is_never_ready_to_send(facade):
    assert facade.ready_to_send() is False
    facade.in_progress = False
    assert facade.ready_to_send() is False


@pytest.mark.parametrize(
    ('given', 'sampled'),
    [(1, True), (0, False), pytest.param('', False, marks=pytest.mark.improvement('the text is kept as it is'))],
)
def test_a_decision_that_is_no_truth_value(given, sampled):
    facade = FacadeSegment('facade', PARENT_ID, TRACE_ID, given)
    assert (facade.sampled, facade.initializing) == (sampled, False)


def test_initializing_can_be_set(facade):
    facade.initializing = True
    assert facade.initializing is True
