# why: timeit executes the text that it measures
import timeit
timeit.timeit("__import__('os').system('id')", number=1)
