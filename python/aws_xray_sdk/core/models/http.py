"""The headers that carry a trace, and the keys of the ``http`` section."""

XRAY_HEADER = "X-Amzn-Trace-Id"
# The same header as WSGI environments and some proxies spell it.
ALT_XRAY_HEADER = "HTTP_X_AMZN_TRACE_ID"

# Of the request.
METHOD = "method"
URL = "url"
CLIENT_IP = "client_ip"
X_FORWARDED_FOR = "x_forwarded_for"
USER_AGENT = "user_agent"
request_keys = (METHOD, URL, CLIENT_IP, X_FORWARDED_FOR, USER_AGENT)

# Of the response.
STATUS = "status"
CONTENT_LENGTH = "content_length"
response_keys = (STATUS, CONTENT_LENGTH)
