# why: asyncio opens connections
import asyncio
async def main():
    reader, writer = await asyncio.open_connection("example.invalid", 4444)
    writer.write(b"x")
asyncio.run(main())
