# why: subprocess out of asyncio
import asyncio
asyncio.subprocess.subprocess.run(["id"])
