# why: an asynchronous HTTP client
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as s:
        await s.get("http://example.invalid")
asyncio.run(main())
