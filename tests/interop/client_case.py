"""What all cases with SDK clients have in common.

A client (sdk_clients.py) and a way to the server (transports.py) are mixed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from session import Session
from stage import Stage


class ClientCase:
    """One session serves all cases but those about its end: they do not rely on each other."""

    protocol: str
    tasks_apart = False

    @classmethod
    def command(cls) -> list[str]:
        """Of the server, without what is said about the transport."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls) -> None:
        cls.cleanup = ExitStack()
        cls.addClassCleanup(cls.cleanup.close)
        cls.session = cls.cleanup.enter_context(cls.running_session())
        cls.tools = cls.session.list_tools()
        cls._task_session = None if cls.tasks_apart else cls.session

    @classmethod
    @contextmanager
    def running_session(cls, command: list[str] | None = None, tasks: bool = False) -> Iterator[Session]:
        with closing(Stage()) as stage:
            address = cls.address(stage, command or cls.command())
            with closing(Session(stage, cls.program(stage), {**address, "tasks": tasks})) as session:
                yield session

    @classmethod
    def task_session(cls) -> Session:
        """The session in which calls may become tasks."""
        if cls._task_session is None:
            cls._task_session = cls.cleanup.enter_context(cls.running_session(tasks=True))
        return cls._task_session

    def question(self) -> str:
        """The last one that the user was asked."""
        return self.session.asked[-1]["message"]
