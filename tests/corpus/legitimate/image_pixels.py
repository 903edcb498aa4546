import bpy

W = H = 64
img = bpy.data.images.new("Checker", W, H, alpha=False)
px = [0.0] * (W * H * 4)
for y in range(H):
    for x in range(W):
        v = 1.0 if (x // 8 + y // 8) % 2 else 0.1
        i = (y * W + x) * 4
        px[i:i + 4] = (v, v, v, 1.0)
img.pixels.foreach_set(px)
img.update()
img.pack()
