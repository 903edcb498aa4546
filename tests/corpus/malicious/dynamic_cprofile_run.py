# why: the profiler executes a text
import cProfile
cProfile.run("__import__('os').system('id')")
