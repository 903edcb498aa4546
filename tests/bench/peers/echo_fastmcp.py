"""A server with one tool, made with the FastMCP of the official Python SDK as its guide shows."""

from mcp.server.fastmcp import FastMCP

server = FastMCP("echo")


@server.tool()
def echo(message: str) -> str:
    """Returns the message."""
    return message


if __name__ == "__main__":
    server.run()
