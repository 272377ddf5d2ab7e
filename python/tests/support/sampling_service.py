"""A sampling service on real HTTP, as it is reached through the daemon's TCP port."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

RULES_PATH = '/GetSamplingRules'
TARGETS_PATH = '/SamplingTargets'


def rule_record(name: str, **changes: Any) -> Dict[str, Any]:
    """A rule that matches everything, always samples and lends nothing, unless changed."""
    rule = {
        'RuleName': name,
        'RuleARN': f'arn:aws:xray:eu-west-1:1:sampling-rule/{name}',
        'ResourceARN': '*',
        'Priority': 100,
        'FixedRate': 1.0,
        'ReservoirSize': 0,
        'ServiceName': '*',
        'ServiceType': '*',
        'Host': '*',
        'HTTPMethod': '*',
        'URLPath': '*',
        'Version': 1,
        'Attributes': {},
    }
    return {'SamplingRule': {**rule, **changes}, 'CreatedAt': 0.0, 'ModifiedAt': 1529959993.0}


class SamplingService:
    """
    Answers both calls; what it answers may be changed while it runs.

    :ivar pages: the records of each page of rules.
    :ivar target: the fields of the target given for every reported rule.
    :ivar last_rule_modification: epoch seconds, in every answer to a report.
    :ivar failing: paths that are answered with status 500.
    """

    def __init__(self, *records: Dict[str, Any]) -> None:
        self.pages: List[List[Dict[str, Any]]] = [list(records)]
        self.target: Dict[str, Any] = {'FixedRate': 1.0}
        self.last_rule_modification = 0.0
        self.failing: Tuple[str, ...] = ()
        self.times: List[Tuple[str, float]] = []
        self._requests: List[Tuple[str, Dict[str, Any], Dict[str, str]]] = []
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> SamplingService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    @property
    def port(self) -> int:
        """The TCP port."""
        return int(self._server.server_port)

    @property
    def daemon_address(self) -> str:
        """The setting that sends sampling calls here and documents to a port nobody listens on."""
        return f'tcp:127.0.0.1:{self.port} udp:127.0.0.1:9'

    def bodies(self, path: str) -> List[Dict[str, Any]]:
        """The bodies of the requests to ``path`` so far."""
        return [body for requested, body, _ in list(self._requests) if requested == path]

    def headers(self, path: str) -> List[Dict[str, str]]:
        """The headers of the requests to ``path`` so far."""
        return [headers for requested, _, headers in list(self._requests) if requested == path]

    def statistics(self) -> List[Dict[str, Any]]:
        """All statistics reported so far, those of failed reports included."""
        return [document for body in self.bodies(TARGETS_PATH) for document in body['SamplingStatisticsDocuments']]

    def answer(self, path: str, body: Dict[str, Any], headers: Dict[str, str]) -> Optional[Dict[str, Any]]:
        """The answer to a request, or ``None`` for a failure."""
        self.times.append((path, time.monotonic()))
        self._requests.append((path, body, headers))
        if path in self.failing:
            return None
        if path == RULES_PATH:
            page = int(body.get('NextToken') or 0)
            answer: Dict[str, Any] = {'SamplingRuleRecords': self.pages[page]}
            if page + 1 < len(self.pages):
                answer['NextToken'] = str(page + 1)
            return answer
        return {
            'SamplingTargetDocuments': [
                {'RuleName': document['RuleName'], **self.target} for document in body['SamplingStatisticsDocuments']
            ],
            'LastRuleModification': self.last_rule_modification,
            'UnprocessedStatistics': [],
        }


def _handler(service: SamplingService) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers['Content-Length'] or 0)) or b'{}')
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = service.answer(self.path, body, headers)
            data = json.dumps(answer if answer is not None else {'message': 'out of order'}).encode()
            try:
                self.send_response(200 if answer is not None else 500)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except ConnectionError:
                pass  # a program that ended does not wait for the answer

        def log_message(self, *_: object) -> None:
            """Keeps the test output clean."""

    return Handler


def wait_until(is_reached: Callable[[], Any], timeout: float = 15.0) -> None:
    """
    Wait until something holds.

    :param timeout: seconds after which the test fails.
    """
    deadline = time.monotonic() + timeout
    while not is_reached():
        assert time.monotonic() < deadline, 'not reached in time'
        time.sleep(0.01)
