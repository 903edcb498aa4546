# why: a second process outlives what the daemon can stop
import multiprocessing
multiprocessing.Process(target=print, args=("x",)).start()
