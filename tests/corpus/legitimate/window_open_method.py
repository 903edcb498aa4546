# Methods that happen to be called open, remove, unlink, system or exec.
import bpy

class Door:
    def __init__(self, ob):
        self.ob = ob
        self.hinges = []

    def open(self, how="w"):
        self.ob.rotation_euler.z += {"w": 1.57, "n": 0.8}[how]

    def remove(self, hinge):
        self.hinges.remove(hinge)

    def unlink(self):
        for c in self.ob.users_collection:
            c.objects.unlink(self.ob)

    def exec(self, times):
        for _ in range(times):
            self.open("n")

door = Door(bpy.context.object)
door.open("w")
door.exec(2)
