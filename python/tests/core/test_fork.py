"""Forked workers: their own ids, their own pollers, and nothing sent twice."""

from __future__ import annotations

WORKERS = 8


def test_workers_have_ids_of_their_own(run_program, daemon):
    """All of them fork from one parent that already made a segment, so a copied random state would show."""
    run_program(
        f"""
        import os
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        with xray_recorder.in_segment('parent'):
            pass
        children = []
        for worker in range({WORKERS}):
            child = os.fork()
            if child == 0:
                for number in range(20):
                    with xray_recorder.in_segment(f'worker {{worker}}'):
                        with xray_recorder.in_subsegment('load'):
                            pass
                os._exit(0)
            children.append(child)
        for child in children:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
        """
    )
    traces = daemon.traces()
    assert len(traces) == 1 + WORKERS * 20
    assert len({trace.trace_id for trace in traces}) == len(traces)
    assert len({node.id for trace in traces for node in trace.walk()}) == 1 + WORKERS * 40


def test_a_fork_inside_a_segment_sends_it_once(run_program, daemon):
    run_program(
        f"""
        import os
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        xray_recorder.begin_segment('parent')
        child = os.fork()
        if child == 0:
            xray_recorder.clear_trace_entities()
            with xray_recorder.in_segment('child'):
                pass
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        xray_recorder.end_segment()
        """
    )
    assert sorted(trace.name for trace in daemon.traces()) == ['child', 'parent']


def test_locks_held_at_the_fork_do_not_hang_the_child(run_program, daemon):
    """Threads record all the time while the process forks; a lock copied in the locked state would hang the child.

    What the threads send goes nowhere, since it would crowd out the children's documents.
    """
    run_program(
        f"""
        import os, threading, warnings
        warnings.simplefilter('ignore', DeprecationWarning)
        from aws_xray_sdk.core import xray_recorder
        from aws_xray_sdk.core.recorder import AWSXRayRecorder

        xray_recorder.configure(service='web', sampling=False, daemon_address='{daemon.address}')
        busy_recorder = AWSXRayRecorder()
        busy_recorder.configure(service='busy', sampling=False, daemon_address='127.0.0.1:9')
        stop = threading.Event()

        def record():
            while not stop.is_set():
                with busy_recorder.in_segment('thread') as segment:
                    with busy_recorder.in_subsegment('load'):
                        segment.to_dict()

        threads = [threading.Thread(target=record) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(30):
            child = os.fork()
            if child == 0:
                for recorder in (busy_recorder, xray_recorder):
                    with recorder.in_segment('child'), recorder.in_subsegment('load'):
                        pass
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        """
    )
    assert [trace.name for trace in daemon.traces()] == ['child'] * 30
