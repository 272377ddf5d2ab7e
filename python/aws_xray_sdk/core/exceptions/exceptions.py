"""
The exceptions of this SDK::

    XRayException
    ├── AlreadyEndedException
    ├── FacadeSegmentMutationException
    ├── InvalidDaemonAddressException
    ├── InvalidSamplingManifestError
    ├── MissingPluginNames
    ├── SegmentNameMissingException
    ├── SegmentNotFoundException
    └── SubsegmentNameMissingException
"""


class XRayException(Exception):
    """The base of every exception this SDK raises."""


class AlreadyEndedException(XRayException):
    """A segment or subsegment was changed after it had ended."""


class FacadeSegmentMutationException(XRayException):
    """The segment that belongs to AWS Lambda was changed."""


class InvalidDaemonAddressException(XRayException):
    """A daemon address is not of the form ``host:port`` or ``tcp:host:port udp:host:port``."""


class InvalidSamplingManifestError(XRayException):
    """Local sampling rules are malformed; the message names the rule and the field."""


class MissingPluginNames(XRayException):
    """Plugins were asked for without naming any."""


class SegmentNameMissingException(XRayException):
    """A segment was begun while no name is configured."""


class SegmentNotFoundException(XRayException):
    """No segment is open here, and the context strategy is ``RUNTIME_ERROR``."""


class SubsegmentNameMissingException(XRayException):
    """A subsegment was begun without a name."""
