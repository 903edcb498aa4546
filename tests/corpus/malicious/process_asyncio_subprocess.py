# why: asyncio starts programs too
import asyncio
asyncio.run(asyncio.create_subprocess_shell("id > /tmp/x"))
