"""Documents above 64 kB: split first, then cut with a marker, and the root always arrives."""

from __future__ import annotations

import json

import pytest

LIMIT = 64 * 1024
pytestmark = pytest.mark.improvement('D21')


@pytest.fixture
def one_document(recorder):
    """A recorder that does not stream by count, so that only size can split."""
    recorder.configure(streaming_threshold=1_000_000)
    return recorder


def check_sizes(daemon):
    """Every document is within the service's limit."""
    sizes = [
        len(json.dumps(document, separators=(',', ':'), ensure_ascii=False).encode()) for document in daemon.documents()
    ]
    assert sizes and max(sizes) <= LIMIT, sizes


def test_closed_subtrees_leave_as_documents_of_their_own(one_document, daemon):
    with one_document.in_segment('web'):
        for number in range(300):
            with one_document.in_subsegment(f'child {number}'):
                one_document.put_metadata('payload', 'x' * 700)
    check_sizes(daemon)
    trace = daemon.trace()
    assert trace.name == 'web'
    assert [child.name for child in trace.children] == [f'child {number}' for number in range(300)]
    assert all(child['metadata']['default']['payload'] == 'x' * 700 for child in trace.children)


def test_a_deep_subtree_is_split_further(one_document, daemon):
    with one_document.in_segment('web'):
        with one_document.in_subsegment('only child'):
            for number in range(200):
                with one_document.in_subsegment(f'grandchild {number}'):
                    one_document.put_metadata('payload', 'x' * 1000)
    check_sizes(daemon)
    assert len(daemon.trace().find('only child').children) == 200


@pytest.mark.parametrize('size', [70_000, 1_000_000])
def test_a_long_value_is_cut_with_a_marker(one_document, daemon, size):
    with one_document.in_segment('web'):
        one_document.put_metadata('long', 'x' * size)
        one_document.put_annotation('kept', 'annotation')
        one_document.current_segment().put_http_meta('status', 200)
    check_sizes(daemon)
    trace = daemon.trace()
    assert trace['annotations'] == {'kept': 'annotation'}
    assert trace['http'] == {'response': {'status': 200}}
    value = trace['metadata']['default']['long']
    assert value.startswith('xxx')
    assert value.strip('x') != ''


def test_characters_are_not_cut_in_half(one_document, daemon):
    with one_document.in_segment('web'):
        one_document.put_metadata('long', '福🎉' * 40_000)
    check_sizes(daemon)
    assert daemon.trace()['metadata']['default']['long'].startswith('福🎉')


def test_many_values_too_many_to_cut(one_document, daemon):
    with one_document.in_segment('web') as segment:
        for number in range(5_000):
            one_document.put_metadata(f'key {number}', 'x' * 90)
        segment.put_http_meta('status', 503)
    check_sizes(daemon)
    trace = daemon.trace()
    assert (trace.name, trace['fault']) == ('web', True)
    assert 'metadata' in trace.document


def test_a_long_stack_and_message(one_document, daemon):
    one_document.configure(max_trace_back=2_000)
    with pytest.raises(ValueError):
        with one_document.in_segment('web'):
            raise ValueError('m' * 200_000)
    check_sizes(daemon)
    trace = daemon.trace()
    assert trace['fault'] is True
    assert trace['cause']['exceptions'][0]['message'].startswith('mmm')


def test_long_sql(one_document, daemon):
    with one_document.in_segment('web'):
        with one_document.in_subsegment('database', namespace='remote') as subsegment:
            subsegment.set_sql({'sanitized_query': 'select ' + 'a, ' * 50_000, 'database_type': 'sqlite'})
    check_sizes(daemon)
    sql = daemon.trace().find('database')['sql']
    assert sql['sanitized_query'].startswith('select a, ')
    assert sql['database_type'] == 'sqlite'


def test_a_large_dict_that_the_user_set(one_document, daemon):
    with one_document.in_segment('web') as segment:
        segment.aws = {'note': 'x' * 100_000}
        segment.metadata = {'space': {'long': 'y' * 100_000}}
    check_sizes(daemon)
    assert daemon.trace().name == 'web'


def test_nothing_of_a_split_trace_is_sent_twice(one_document, daemon):
    with one_document.in_segment('web'):
        for number in range(3):
            with one_document.in_subsegment(f'child {number}'):
                one_document.put_metadata('payload', 'x' * 40_000)
    check_sizes(daemon)
    assert len(list(daemon.trace().walk())) == 4


def test_a_segment_with_an_open_subsegment_still_arrives(one_document, daemon):
    """The subsegment ends after its segment: the whole leaves then."""
    segment = one_document.begin_segment('web')
    one_document.begin_subsegment('late')
    one_document.put_metadata('long', 'x' * 100_000)
    segment.put_metadata('long', 'y' * 100_000)
    segment.close()
    one_document.end_subsegment()
    check_sizes(daemon)
    assert [child.name for child in daemon.trace().children] == ['late']


def names_in(documents):
    """The names of all entities in ``documents``, found without recursion."""
    names = []
    waiting = list(documents)
    while waiting:
        document = waiting.pop()
        names.append(document['name'])
        waiting += document.get('subsegments', ())
    return sorted(names)


@pytest.mark.parametrize('depth', [100, 450])
def test_a_chain_too_deep_for_one_document(lenient_daemon, one_document, depth):
    one_document.configure(daemon_address=lenient_daemon.address)

    def descend(remaining):
        if remaining:
            with one_document.in_subsegment(f'level {remaining}'):
                one_document.put_metadata('payload', 'x' * 1000)
                descend(remaining - 1)

    with one_document.in_segment('web'):
        descend(depth)
    check_sizes(lenient_daemon)
    documents = lenient_daemon.documents()
    assert names_in(documents) == sorted(['web'] + [f'level {level}' for level in range(1, depth + 1)])
    assert len({document['trace_id'] for document in documents}) == 1


def test_a_preview_with_many_open_subsegments(one_document, daemon):
    """More than fits is still open when a document of the segment is wanted."""
    with one_document.in_segment('web') as segment:
        for number in range(600):
            one_document.set_trace_entity(segment)
            one_document.begin_subsegment(f'open {number}')
            one_document.put_metadata('payload', 'x' * 500)
        one_document.emitter.send_entity(segment)
        check_sizes(daemon)
        assert names_in(daemon.documents()) == sorted(['web'] + [f'open {number}' for number in range(600)])
        daemon.clear()
        for subsegment in segment.subsegments:
            subsegment.close()
        one_document.set_trace_entity(segment)
    check_sizes(daemon)
    assert len(daemon.trace().children) == 600


def test_what_leaves_with_the_preview_of_a_long_request_arrives_once(one_document, daemon):
    from aws_xray_sdk.core._request import begin_request

    request = begin_request(one_document, method='GET', url='http://shop.example/')
    for number in range(100):
        with one_document.in_subsegment(f'child {number}'):
            one_document.put_metadata('payload', 'x' * 1000)
    request.send_in_progress()
    request.end(status=200)
    check_sizes(daemon)
    documents = daemon.documents()
    children = [child for document in documents for child in document.get('subsegments', [document])]
    names = [child['name'] for child in children if child['name'].startswith('child')]
    assert sorted(names) == sorted({f'child {number}' for number in range(100)})
    assert [document.get('in_progress') for document in documents if 'type' not in document] == [True, False]
