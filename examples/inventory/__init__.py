"""The inventory: an aiohttp service that knows the stock and asks for prices."""
