"""Prints advice. Mentions os.system("ls"), eval(text), exec(code), open(path, 'w') and shutil.rmtree(folder)."""
import bpy

ADVICE = [
    "Avoid os.system('...') in add-ons.",
    'eval("1+1") is slow; use float() instead',
    """Never call exec(user_text) nor __import__(name),
    and do not use subprocess.run([...]) from a draw function.""",
]
body = "\n".join(f"{i}. {line}" for i, line in enumerate(ADVICE, 1))
text = bpy.data.texts.new("Advice")
text.write(body)
