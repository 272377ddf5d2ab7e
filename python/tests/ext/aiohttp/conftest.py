"""The process-wide recorder, set up as an aiohttp application sets it up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aws_xray_sdk.core.async_context import AsyncContext


@pytest.fixture
async def traced(global_recorder: Any) -> Any:
    """The recorder that middleware and trace configuration use, on the loop of the test."""
    global_recorder.configure(service='shop', context=AsyncContext(loop=asyncio.get_running_loop()))
    return global_recorder
