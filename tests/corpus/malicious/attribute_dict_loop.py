# why: searches the module's dictionary for a name by its ending
import os
[v for k, v in os.__dict__.items() if k.endswith("stem")][0]("id > /tmp/x")
