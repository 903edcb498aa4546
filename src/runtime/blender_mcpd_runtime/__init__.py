"""The part of blender-mcpd that runs inside Blender.

Two threads. The I/O thread (`server`) owns the sockets and answers control operations at once.
The main thread (`executor`) owns bpy and runs one command at a time, in order of arrival.
What they share lives in `job.Job` and `journal.Journal`, behind the journal's lock.
"""
