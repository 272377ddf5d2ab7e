"""Coroutines below an ``AsyncContext``: in sequence, gathered, failing."""

import asyncio

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext


@xray_recorder.capture_async('work')
async def work(number):
    xray_recorder.put_annotation('number', number)
    await asyncio.sleep(0.01 * (number + 1))
    async with xray_recorder.in_subsegment_async('inside'):
        await asyncio.sleep(0)


@xray_recorder.capture_async()
async def fail():
    raise ValueError('bad')


async def main():
    xray_recorder.configure(service='async', sampling=False, context=AsyncContext())
    async with xray_recorder.in_segment_async('sequence'):
        await work(0)
        await work(1)
    async with xray_recorder.in_segment_async('gathered'):
        await asyncio.gather(work(0), work(1), work(2))
    async with xray_recorder.in_segment_async('failing'):
        try:
            await fail()
        except ValueError as error:
            print(error)


asyncio.run(main())
