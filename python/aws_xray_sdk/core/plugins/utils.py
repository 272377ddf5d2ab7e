"""Finding plugins by the names users configure."""

from __future__ import annotations

import importlib

from ..exceptions.exceptions import MissingPluginNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Iterable, Tuple

module_prefix = "aws_xray_sdk.core.plugins."

PLUGIN_MAPPING = {
    "ec2plugin": "ec2_plugin",
    "ecsplugin": "ecs_plugin",
    "elasticbeanstalkplugin": "elasticbeanstalk_plugin",
}


def get_plugin_modules(plugins: Iterable[str]) -> Tuple[ModuleType, ...]:
    """
    Import the plugins with these names.

    :param plugins: names such as ``EC2Plugin`` or ``ec2_plugin``, in any case.
    :raises MissingPluginNames: no name was given.
    :raises ModuleNotFoundError: there is no plugin with such a name.
    """
    if not plugins:
        raise MissingPluginNames("name at least one plugin: EC2Plugin, ECSPlugin, ElasticBeanstalkPlugin")
    lowered = [plugin.lower() for plugin in plugins]
    return tuple(importlib.import_module(module_prefix + PLUGIN_MAPPING.get(name, name)) for name in lowered)
