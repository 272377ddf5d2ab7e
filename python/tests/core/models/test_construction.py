"""Instances of subclasses with an ``__init__`` of their own, copies, and weak references."""

from __future__ import annotations

import copy
import gc
import json
import weakref
from unittest.mock import patch

import pytest

from aws_xray_sdk.core.models.dummy_entities import DummySegment, DummySubsegment
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment

TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793'
PARENT_ID = '53995c3f42cd8ad8'


class Job(Segment):
    """A segment that knows how to name itself."""

    def __init__(self, number, *, trace_id=None):
        self.number = number
        super().__init__(f'job {number}', traceid=trace_id, sampled=True)
        self.kind = 'job'


class Step(Subsegment):
    """A subsegment with arguments in another order and one more."""

    def __init__(self, parent, title, cost):
        super().__init__(title, 'remote', segment=parent)
        self.cost = cost


def test_a_segment_with_its_own_arguments():
    job = Job(7, trace_id=TRACE_ID)
    assert (job.name, job.trace_id, job.sampled, job.number, job.kind) == ('job 7', TRACE_ID, True, 7, 'job')
    assert Job(7).id != Job(7).id
    assert json.loads(job.serialize())['number'] == 7


def test_a_segment_without_arguments():
    class Nightly(Segment):
        """Always the same."""

        def __init__(self):
            super().__init__(name='nightly', entityid=PARENT_ID, sampled=False)

    nightly = Nightly()
    assert (nightly.name, nightly.id, nightly.sampled) == ('nightly', PARENT_ID, False)


def test_what_a_class_passes_on_counts_not_what_it_was_given():
    class Shouted(Segment):
        """Takes as much as a segment does, and means something else."""

        def __init__(self, name, volume):
            super().__init__(name.upper())
            self.volume = volume

    shouted = Shouted('web', 11)
    assert (shouted.name, shouted.volume) == ('WEB', 11)
    assert shouted.id != '11'


def test_a_subsegment_with_its_own_arguments(memory_recorder):
    with memory_recorder.in_segment('web') as segment:
        step = Step(segment, 'load', cost=3)
        memory_recorder.context.put_subsegment(step)
        assert memory_recorder.current_subsegment() is step
        memory_recorder.end_subsegment()
    assert (step.name, step.namespace, step.cost, step.parent_segment) == ('load', 'remote', 3, segment)
    (child,) = json.loads(segment.serialize())['subsegments']
    assert (child['name'], child['namespace'], child['cost']) == ('load', 'remote', 3)


def test_a_subclass_of_a_subclass():
    class Urgent(Job):
        """Adds to what its parent adds."""

        def __init__(self):
            super().__init__(1)
            self.urgent = True

    class Plain(Job):
        """Adds nothing."""

    urgent, plain = Urgent(), Plain(2)
    assert (urgent.name, urgent.number, urgent.urgent) == ('job 1', 1, True)
    assert (plain.name, plain.number) == ('job 2', 2)


def test_unsampled_entities_and_facades_with_their_own_arguments():
    class Skipped(DummySegment):
        """Says why."""

        def __init__(self, reason):
            super().__init__('skipped')
            self.reason = reason

    class SkippedStep(DummySubsegment):
        """Says why."""

        def __init__(self, reason, segment):
            super().__init__(segment, 'step')
            self.reason = reason

    class Invocation(FacadeSegment):
        """Knows its function."""

        def __init__(self, function):
            super().__init__(function, PARENT_ID, TRACE_ID, True)

    skipped = Skipped('cheap')
    assert (skipped.name, skipped.reason, skipped.sampled) == ('skipped', 'cheap', False)
    step = SkippedStep('cheap', skipped)
    assert (step.name, step.reason, step.sampled, step.parent_segment) == ('step', 'cheap', False, skipped)
    invocation = Invocation('shop')
    assert (invocation.name, invocation.id, invocation.trace_id) == ('shop', PARENT_ID, TRACE_ID)
    assert (invocation.sampled, invocation.initializing) == (True, False)


def made(kind):
    """An entity of each class that programs see."""
    if kind is Subsegment:
        return Subsegment('load', 'remote', Segment('web'))
    if kind is DummySubsegment:
        return DummySubsegment(DummySegment('web'), 'load')
    if kind is FacadeSegment:
        return FacadeSegment('facade', PARENT_ID, TRACE_ID, True)
    return kind('web')


KINDS = (Segment, Subsegment, DummySegment, DummySubsegment, FacadeSegment)


@pytest.mark.parametrize('kind', KINDS)
def test_a_copy_has_the_same_identity_and_shares_the_containers(kind):
    entity = made(kind)
    copied = copy.copy(entity)
    assert type(copied) is kind
    assert copied is not entity
    for name in ('id', 'trace_id', 'name', 'start_time', 'sampled', 'in_progress'):
        assert getattr(copied, name) == getattr(entity, name)
    for name in ('http', 'annotations', 'metadata', 'aws', 'cause', 'subsegments'):
        assert getattr(copied, name) is getattr(entity, name)


def test_a_copy_is_changed_alone(memory_recorder):
    with memory_recorder.in_segment('web') as segment:
        with memory_recorder.in_subsegment('load') as subsegment:
            subsegment.put_annotation('key', 1)
            subsegment.note = 'kept'
    copied = copy.copy(subsegment)
    copied.name = 'renamed'
    assert subsegment.name == 'load'
    assert (copied.annotations, copied.note, copied.end_time) == ({'key': 1}, 'kept', subsegment.end_time)
    assert segment.subsegments == [subsegment]


def test_a_copy_of_an_ended_entity_has_ended(memory_recorder):
    with memory_recorder.in_segment('web') as segment:
        pass
    copied = copy.copy(segment)
    assert (copied.in_progress, copied.end_time) == (False, segment.end_time)
    assert json.loads(copied.serialize()) == json.loads(segment.serialize())
    del copied
    gc.collect()
    assert len(memory_recorder.emitter.entities) == 1


def test_a_copy_of_an_instance_of_a_subclass():
    job = Job(7)
    copied = copy.copy(job)
    assert (type(copied), copied.name, copied.id, copied.number) == (Job, 'job 7', job.id, 7)


@pytest.mark.parametrize('kind', KINDS)
def test_weak_references(kind):
    entity = made(kind)
    reference = weakref.ref(entity)
    notes = weakref.WeakKeyDictionary({entity: 'note'})
    assert reference() is entity
    assert notes[entity] == 'note'
    del entity
    gc.collect()
    assert reference() is None
    assert len(notes) == 0


@pytest.mark.improvement('a mock is written into the document')
def test_a_mock_in_the_place_of_a_method():
    job = Job(7)
    with patch.object(job, 'put_annotation') as put:
        job.put_annotation('key', 1)
        assert 'put_annotation' not in job.serialize()
    put.assert_called_once_with('key', 1)
    job.put_annotation('key', 2)
    assert job.annotations == {'key': 2}


@pytest.mark.improvement('the price of a cheap entity: upstream takes it')
@pytest.mark.parametrize('kind', [Segment, Subsegment])
def test_methods_of_our_own_entities_cannot_be_replaced_one_by_one(kind):
    # An object with a dictionary of its own would cost a tenth more to begin; the class can be given a mock.
    entity = made(kind)
    with pytest.raises(AttributeError, match='put_annotation'):
        entity.put_annotation = lambda key, value: None
    entity.put_annotation('key', 2)
    assert entity.annotations == {'key': 2}
    with patch.object(kind, 'put_annotation') as put:
        entity.put_annotation('key', 1)
    put.assert_called_once_with('key', 1)


def test_an_entity_that_its_own_method_holds_is_collected():
    job = Job(7)
    job.put_metadata = lambda *arguments, kept=job: kept
    reference = weakref.ref(job)
    del job
    gc.collect()
    assert reference() is None
