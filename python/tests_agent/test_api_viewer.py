"""The viewer's files, out of the binary. A binary that was built without them fails here."""

import gzip
import re
import urllib.error
import urllib.request

import pytest


def fetch(agent, path, **headers):
    """The body and headers of an answer."""
    request = urllib.request.Request(agent.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read(), response.headers


def test_every_page_is_the_viewer_and_its_files_are_cached_for_ever(agent):
    page, headers = fetch(agent, "/trace/1-5759e988-bd862e3fe1be46a994272793")
    assert headers["Content-Type"].startswith("text/html")
    assert headers["Cache-Control"] == "no-cache"
    assert "<script>" not in page.decode() and "unsafe-eval" not in headers["Content-Security-Policy"]
    files = re.findall(r'"/(assets/[^"]+)"', page.decode())
    assert {name.rsplit(".", 1)[1] for name in files} == {"js", "css"}, "the viewer was not built"
    for name in files:
        plain, headers = fetch(agent, f"/{name}")
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Encoding"] is None
        compressed, headers = fetch(agent, f"/{name}", **{"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(compressed) == plain


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/gone", "/favicon.ico"])
def test_what_is_no_page_is_not_found(agent, path):
    with pytest.raises(urllib.error.HTTPError) as failure:
        fetch(agent, path)
    with failure.value as answer:
        assert answer.code == 404
        assert answer.headers["Content-Type"] == "application/json"
