"""Local rules that decide the same way every time."""

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler

RULES = {
    'version': 2,
    'rules': [
        {'host': '*', 'http_method': 'GET', 'url_path': '/yes/*', 'fixed_target': 0, 'rate': 1},
        {'host': '*', 'http_method': '*', 'url_path': '/no/*', 'fixed_target': 0, 'rate': 0},
    ],
    'default': {'fixed_target': 0, 'rate': 0},
}

sampler = LocalSampler(RULES)
xray_recorder.configure(service='sampling', sampler=sampler)
for method, path in (('GET', '/yes/1'), ('POST', '/yes/1'), ('GET', '/no/1'), ('GET', '/other')):
    print(method, path, bool(sampler.should_trace({'host': 'h', 'method': method, 'path': path, 'service': 's'})))
with xray_recorder.in_segment('by default'):
    print(xray_recorder.is_sampled())
with xray_recorder.in_segment('forced', sampling=1):
    print(xray_recorder.is_sampled())
