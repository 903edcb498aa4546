# why: the module becomes an attribute of an object
import os
class Scene: pass
Scene.tools = os
Scene.tools.system("id > /tmp/x")
