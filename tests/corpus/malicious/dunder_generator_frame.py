# why: a generator leads to a frame
g = (x for x in [1])
g.gi_frame.f_back
