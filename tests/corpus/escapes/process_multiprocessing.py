# why: a worker process
# hook: process.run
# sandbox: seccomp
import multiprocessing, time
worker = multiprocessing.get_context('fork').Process(target=time.sleep, args=(0,))
worker.start()
worker.kill()
worker.join()
result = True
