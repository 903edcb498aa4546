// One row a rule's case: what a script does, and what is found in its last line.
#include "script_scan.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

namespace {

struct Row {
    std::string script;
    std::string found;  // "1 process.run danger"
};

void check(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        CAPTURE(row.script, found_in(row.script));
        CHECK(finds(row.script, row.found));
    }
}

void check_clean(const std::vector<std::string>& scripts) {
    for (const auto& script : scripts) {
        CAPTURE(script);
        CHECK(found_in(script).empty());
    }
}

void check_no_danger(const std::vector<std::string>& scripts) {
    for (const auto& script : scripts) {
        const auto found = found_in(script);
        CAPTURE(script, found);
        for (const auto& each : found)
            CHECK(each.find("danger") == std::string::npos);
    }
}

}  // namespace

TEST_CASE("Script rules: process.run") {
    std::vector<Row> rows;
    for (const std::string name :
         {"system('x')", "popen('x')", "execv('x', [])", "execlp('x')", "spawnl(0, 'x')",
          "spawnvpe(0, 'x', [], {})", "posix_spawn('x', [], {})", "fork()", "forkpty()",
          "kill(1, 9)", "killpg(1, 9)", "_exit(0)", "abort()", "startfile('x')"})
        rows.push_back({"import os\nos." + name, "2 process.run danger"});
    for (const std::string script :
         {"import subprocess", "from subprocess import run", "import pty", "subprocess.run(['x'])",
          "from os import system", "import multiprocessing\nmultiprocessing.Process(target=f)",
          "from concurrent.futures import ProcessPoolExecutor",
          "import asyncio\nasyncio.create_subprocess_shell('x')", "import posix\nposix.system('x')",
          "import _posixsubprocess", "def f(m): m.system('x')", "x.Popen(['x'])",
          "import os; os.environ['LD_PRELOAD'] = p",
          "import subprocess as s; s.run(x, stdout=s.PIPE)",
          "import signal; signal.raise_signal(9)"}) {
        const auto line = script.find('\n') == std::string::npos ? "1" : "2";
        rows.push_back({script, std::string(line) + " process.run danger"});
    }
    check(rows);
    check_clean({"import os\nos.getpid()", "import platform\nplatform.system()",
                 "scene.unit_settings.system = 'METRIC'",
                 "import multiprocessing\n"
                 "multiprocessing.cpu_count()",
                 "# os.system('x')", "x = 'os.system(1)'", "prefs.system.memory_cache_limit",
                 "def system(x): pass"});
}

TEST_CASE("Script rules: code.dynamic") {
    check({
        {"eval('1')", "1 code.dynamic danger"},
        {"exec(code)", "1 code.dynamic danger"},
        {"compile(x, 'y', 'exec')", "1 code.dynamic danger"},
        {"__import__('math')", "1 code.dynamic danger"},
        {"f = eval", "1 code.dynamic danger"},
        {"list(map(exec, x))", "1 code.dynamic danger"},
        {"@exec\ndef f(): pass", "1 code.dynamic danger"},
        {"if 0: eval = 1\neval('x')", "2 code.dynamic danger"},
        {"import importlib\nimportlib.import_module(x)", "2 code.dynamic danger"},
        {"import importlib\nimportlib.import_module('os')", "2 code.dynamic danger"},
        {"import importlib\nimportlib.import_module('numpy')", "2 code.dynamic caution"},
        {"import importlib\nimportlib.reload(x)", "2 code.dynamic caution"},
        {"from importlib import util\nutil.spec_from_file_location('a', 'b')",
         "2 code.dynamic danger"},
        {"spec.loader.exec_module(m)", "1 code.dynamic danger"},
        {"import runpy", "1 code.dynamic danger"},
        {"import code", "1 code.dynamic danger"},
        {"import marshal", "1 code.dynamic danger"},
        {"import pickle\npickle.loads(x)", "2 code.dynamic danger"},
        {"import numpy as np\nnp.load('x', allow_pickle=True)", "2 code.dynamic danger"},
        {"import types\ntypes.FunctionType(c, {})", "2 code.dynamic danger"},
        {"bpy.data.texts['x'].as_module()", "1 code.dynamic danger"},
        {"import timeit\ntimeit.timeit('x()')", "2 code.dynamic danger"},
        {"import timeit\ntimeit.timeit(setup='x', stmt=f)", "2 code.dynamic danger"},
        {"import sys\nsys.path[:0] = [p]", "2 code.dynamic caution"},
        {"import sys\nsys.path.insert(0, p)", "2 code.dynamic caution"},
        {"import sys\nsys.meta_path.insert(0, F())", "2 code.dynamic danger"},
        {"breakpoint()", "1 code.dynamic danger"},
    });
    check_clean({"import re\nre.compile('x')", "model.eval()", "import pickle\npickle.dumps(x)",
                 "import ast\nast.literal_eval('1')", "import numpy as np\nnp.load('x')",
                 "import numpy as np\nnp.load('x', allow_pickle=False)", "f(eval=1, exec=2)",
                 "import timeit\ntimeit.default_timer()"});
}

TEST_CASE("Script rules: code.builtins") {
    check({
        {"__builtins__", "1 code.builtins danger"},
        {"import builtins", "1 code.builtins danger"},
        {"f['system']('x')", "1 code.builtins danger"},
        {"f['eval']", "1 code.builtins danger"},
        {"f['ex' + 'ec']", "1 code.builtins danger"},
        {"f['\\x65val']", "1 code.builtins danger"},
        {"getattr(x, 'system')", "1 code.builtins danger"},
        {"getattr(x, 'sys' 'tem')('x')", "1 code.builtins danger"},
        {"import os\ngetattr(os, x)", "2 code.builtins danger"},
        {"getattr(x, y)()", "1 code.builtins caution"},
        {"import functools\nfunctools.reduce(getattr, x, y)", "2 code.builtins danger"},
        {"globals().get('__builtins__')", "1 code.builtins danger"},
        {"locals()['__builtins__']", "1 code.builtins danger"},
        {"import os\n[v for k, v in os.__dict__.items()]", "2 code.builtins danger"},
        {"getattr(bpy.ops, x)", "1 code.builtins caution"},
        {"import os\nvars(os)['x']", "2 code.builtins danger"},
        {"import os\nos.__dict__", "2 code.builtins danger"},
        {"import sys\nsys.modules['os']", "2 code.builtins danger"},
        {"import sys\nsys.modules[x]", "2 code.builtins caution"},
        {"import sys\nf(sys.modules)", "2 code.builtins caution"},
        {"globals()[x]", "1 code.builtins caution"},
        {"import operator\noperator.attrgetter('system')(x)", "2 code.builtins danger"},
        {"import operator\noperator.attrgetter(x)", "2 code.builtins danger"},
        {"import os\nf(os)", "2 code.builtins danger"},
        {"import os\ndef f(): return os", "2 code.builtins danger"},
        {"import sys\nsys.addaudithook(f)", "2 code.builtins danger"},
        {"from os import *", "1 code.builtins caution"},
    });
    check_clean({"getattr(x, 'location')", "getattr(bpy.context.object, x)",
                 "def f(data, name): return getattr(data, name)", "getattr(bpy.ops.mesh, x)()",
                 "for o in bpy.data.objects: getattr(o, x)", "hasattr(x, y)",
                 "import os\nhasattr(os, 'startfile')", "if 'bpy' in locals(): pass",
                 "import sys\nsys.modules[__name__]", "settings['system'] = 1",
                 "import operator\nsorted(x, key=operator.attrgetter('name'))", "vars(x)",
                 "bpy.context.object['system']", "self.__dict__.update(x)"});
}

TEST_CASE("Script rules: code.dunder") {
    check({
        {"().__class__.__bases__", "1 code.dunder danger"},
        {"x.__subclasses__()", "1 code.dunder danger"},
        {"f.__globals__['x']", "1 code.dunder danger"},
        {"f.__code__", "1 code.dunder danger"},
        {"f.__closure__", "1 code.dunder danger"},
        {"x.__getattribute__('y')", "1 code.dunder danger"},
        {"print.__self__", "1 code.dunder danger"},
        {"getattr(x, '__glo' + 'bals__')", "1 code.dunder danger"},
        {"'{0.__class__.__init__}'.format(x)", "1 code.dunder danger"},
        {"e.__traceback__.tb_frame", "1 code.dunder danger"},
        {"import sys\nsys._getframe()", "2 code.dunder danger"},
        {"__loader__", "1 code.dunder danger"},
        {"bpy.types.Panel.__subclasses__()", "1 code.dunder caution"},
    });
    check_clean({"self.__class__.__name__", "x.__doc__", "if __name__ == '__main__': pass",
                 "super().__init__()", "print(__file__)", "def __reduce__(self): pass",
                 "'{0.name}'.format(x)"});
}

TEST_CASE("Script rules: native code and network") {
    std::vector<Row> rows;
    for (const std::string module : {"ctypes", "ctypes.util", "cffi", "mmap", "_ctypes"})
        rows.push_back({"import " + module, "1 native.ctypes danger"});
    for (const std::string module :
         {"socket", "ssl", "urllib.request", "http.client", "http.server", "requests", "ftplib",
          "smtplib", "xmlrpc.client", "webbrowser", "socketserver", "telnetlib", "aiohttp"})
        rows.push_back({"import " + module, "1 network.open danger"});
    rows.push_back({"from urllib import request", "1 network.open danger"});
    rows.push_back({"import urllib\nurllib.request.urlopen(x)", "2 network.open danger"});
    rows.push_back({"import asyncio\nasyncio.open_connection(h, 1)", "2 network.open danger"});
    rows.push_back({"socket.socket()", "1 network.open danger"});
    check(rows);
    check_clean({"from urllib.parse import quote", "import http", "import asyncio",
                 "for socket in node.inputs: socket.default_value = 1",
                 "x = [socket for socket in node.inputs if socket.enabled]",
                 "def f(socket): socket.send(1)",
                 "for i, socket in enumerate(x): print(socket.name)",
                 "y = {i: socket.name for i, (x, socket) in z}",
                 "with a as (b, socket), c as d: socket.send(1)",
                 "for i, (socket, x) in y: socket.hide = True"});
}

TEST_CASE("Script rules: file.write takes the mode from where it stands") {
    check({
        {"open(p, 'w')", "1 file.write danger"},
        {"open(p, mode='a')", "1 file.write danger"},
        {"open(p, 'xb')", "1 file.write danger"},
        {"open(p, 'r+')", "1 file.write danger"},
        {"open(mode='wb', file=p)", "1 file.write danger"},
        {"with open ( p ,\n 'w' ) as f: pass", "1 file.write danger"},
        {"o = open\no(p, 'w')", "2 file.write danger"},
        {"m = 'w'\nopen(p, m)", "2 file.write danger"},
        {"open(p, 'w' if x else 'r')", "1 file.write danger"},
        {"open(p, m)", "1 file.write caution"},
        {"open(*a)", "1 file.write caution"},
        {"open(p, **k)", "1 file.write caution"},
        {"map(open, x)", "1 file.write caution"},
        {"import io\nio.open(p, 'w')", "2 file.write danger"},
        {"import codecs\ncodecs.open(p, 'a', 'utf-8')", "2 file.write danger"},
        {"import gzip\ngzip.open(p, 'wb')", "2 file.write danger"},
        {"import zipfile\nzipfile.ZipFile(p, 'w')", "2 file.write danger"},
        {"import tarfile\ntarfile.open(p, 'w:gz')", "2 file.write danger"},
        {"z.extractall('/')", "1 file.write danger"},
        {"import os\nos.open(p, os.O_WRONLY | os.O_CREAT)", "2 file.write danger"},
        {"import os\nos.open(p, 65)", "2 file.write danger"},
        {"import os\nos.open(p, x)", "2 file.write caution"},
        {"import os\nos.makedirs(p)", "2 file.write caution"},
        {"import os\nos.rename(a, b)", "2 file.write danger"},
        {"import os\nos.replace(a, b)", "2 file.write danger"},
        {"import os\nos.symlink(a, b)", "2 file.write danger"},
        {"import os\nos.chmod(a, 7)", "2 file.write danger"},
        {"import shutil\nshutil.copy(a, b)", "2 file.write danger"},
        {"import shutil\nshutil.move(a, b)", "2 file.write danger"},
        {"from pathlib import Path\nPath('x').write_text('y')", "2 file.write danger"},
        {"from pathlib import Path\n(Path.home() / 'x').open('w')", "2 file.write danger"},
        {"from pathlib import Path\np = Path('x')\np.rename('y')", "3 file.write danger"},
        {"import fileinput\nfileinput.input(p, inplace=True)", "2 file.write danger"},
        {"x.open('w')", "1 file.write caution"},
        {"a.tofile(p)", "1 file.write caution"},
        {"import numpy as np\nnp.zeros(3).tofile(p)", "2 file.write danger"},
        {"def f(p): p.write_bytes(x)", "1 file.write danger"},
    });
    check_clean({"open('assets.json')", "open('w')", "open(p, 'r')", "open(p, 'rb')",
                 "open(p, encoding='ascii')", "import tarfile\ntarfile.open(p, 'r:xz')",
                 "import os\nos.open(p, os.O_RDONLY)", "from pathlib import Path\nPath(p).open()",
                 "from pathlib import Path\nPath(p).read_text()", "box.prop(x, 'y', open=True)",
                 "bpy.ops.render.render(write_still=True)", "name.replace('a', 'b')",
                 "image.save()", "import gzip\ngzip.open(p)", "open(p, None)"});
}

TEST_CASE("Script rules: file.delete, and what only sounds like it") {
    check({
        {"import os\nos.remove(p)", "2 file.delete danger"},
        {"import os\nos.unlink(p)", "2 file.delete danger"},
        {"import os\nos.rmdir(p)", "2 file.delete danger"},
        {"import os\nos.removedirs(p)", "2 file.delete danger"},
        {"import shutil\nshutil.rmtree(p)", "2 file.delete danger"},
        {"from shutil import rmtree as r\nr(p)", "2 file.delete danger"},
        {"x.rmtree(p)", "1 file.delete danger"},
        {"import pathlib\npathlib.Path(p).unlink()", "2 file.delete danger"},
        {"from pathlib import Path\nfor p in Path('/').rglob('*'):\n  p.unlink(True)",
         "3 file.delete danger"},
        {"from pathlib import Path\n[p.rmdir() for p in Path('/').iterdir()]",
         "2 file.delete danger"},
        {"def f(p): p.unlink(missing_ok=True)", "1 file.delete danger"},
        {"def f(p: Path): p.unlink()", "1 file.delete danger"},
    });
    check_clean({"bpy.data.objects.remove(o, do_unlink=True)", "bpy.data.meshes.remove(mesh)",
                 "collection.objects.unlink(o)", "bpy.context.scene.collection.objects.unlink(o)",
                 "items.remove(x)", "o.modifiers.remove(m)", "nodes.remove(n)", "links.remove(l)",
                 "bpy.data.texts.remove(t)", "C.collection.objects.unlink(o)", "del x[0]",
                 "s.discard(1)"});
}

TEST_CASE("Script rules: env.secrets") {
    check({
        {"import os\nos.environ['AWS_SECRET_ACCESS_KEY']", "2 env.secrets caution"},
        {"import os\nos.environ.get('GITHUB_TOKEN')", "2 env.secrets caution"},
        {"import os\nos.getenv(x)", "2 env.secrets caution"},
        {"import os\ndict(os.environ)", "2 env.secrets danger"},
        {"import os\nfor k, v in os.environ.items(): pass", "2 env.secrets danger"},
        {"open('/etc/shadow')", "1 env.secrets danger"},
        {"open('/etc/passwd')", "1 env.secrets caution"},
        {"import os\nos.path.expanduser('~/.ssh/id_rsa')", "2 env.secrets danger"},
    });
    check_clean({"import os\nos.environ['HOME']", "import os\nos.environ.get('TEMP', '')",
                 "import os\nos.getenv('PATH')", "open('/etc/hostname')", "print('/etc/shadow')"});
}

TEST_CASE("Script rules: Blender's own doors") {
    check({
        {"bpy.app.handlers.load_post.append(f)", "1 blender.persist caution"},
        {"h = bpy.app.handlers.frame_change_pre\nh.append(f)", "2 blender.persist caution"},
        {"bpy.app.timers.register(f)", "1 blender.persist caution"},
        {"bpy.app.driver_namespace['f'] = f", "1 blender.persist caution"},
        {"@bpy.app.handlers.persistent\ndef f(x): pass", "1 blender.persist danger"},
        {"bpy.app.timers.register(f, persistent=True)", "1 blender.persist danger"},
        {"bpy.types.SpaceView3D.draw_handler_add(f, (), 'WINDOW', 'POST_VIEW')",
         "1 blender.persist caution"},
        {"bpy.msgbus.subscribe_rna(key=k, owner=o, args=(), notify=f)",
         "1 blender.persist caution"},
        {"C.preferences.filepaths.script_directory = p", "1 blender.persist danger"},
        {"bpy.ops.wm.open_mainfile(filepath=p, use_scripts=True)", "1 blender.run danger"},
        {"bpy.ops.wm.context_set_value(data_path=p, value=v)", "1 blender.run danger"},
        {"layout.operator('script.python_file_run')", "1 blender.run danger"},
        {"layout.operator('wm.url_open').url = u", "1 blender.run caution"},
        {"layout.operator('wm.context_set_value')", "1 blender.run caution"},
        {"km.keymap_items.new('script.python_file_run', 'A', 'PRESS')", "1 blender.run danger"},
        {"setattr(d, 'expression', 'exec(1)')", "1 code.dynamic danger"},
        {"setattr(t, 'use_module', True)", "1 blender.persist danger"},
        {"t.use_module = True", "1 blender.persist danger"},
        {"p.filepaths.use_scripts_auto_execute = True", "1 blender.persist danger"},
        {"d.expression = '__import__(\"os\").system(\"x\")'", "1 process.run danger"},
        {"bpy.ops.wm.open_mainfile(filepath=p)", "1 blender.file caution"},
        {"bpy.ops.wm.save_as_mainfile(filepath=p)", "1 blender.file caution"},
        {"bpy.data.libraries.write(p, s)", "1 file.write danger"},
        {"bpy.ops.wm.save_mainfile()", "1 blender.file caution"},
        {"bpy.ops.wm.link(filepath=p)", "1 blender.file caution"},
        {"bpy.ops.wm.append(filepath=p)", "1 blender.file caution"},
        {"bpy.ops.wm.read_factory_settings(use_empty=True)", "1 blender.file caution"},
        {"bpy.ops.script.python_file_run(filepath=p)", "1 blender.run danger"},
        {"bpy.ops.text.run_script()", "1 blender.run danger"},
        {"bpy.ops.wm.url_open(url=u)", "1 blender.run danger"},
        {"bpy.ops.wm.path_open(filepath=p)", "1 blender.run danger"},
        {"bpy.ops.preferences.addon_install(filepath=p)", "1 blender.run danger"},
        {"bpy.ops.preferences.addon_enable(module=m)", "1 blender.run caution"},
        {"bpy.ops.extensions.package_install()", "1 blender.run danger"},
        {"bpy.ops.wm.quit_blender()", "1 blender.run danger"},
        {"getattr(bpy.ops.wm, 'url_' + 'open')(url=u)", "1 blender.run danger"},
        {"w = bpy.ops.wm\nw.url_open(url=u)", "2 blender.run danger"},
        {"import _bpy", "1 blender.run danger"},
    });
    check_clean({"bpy.app.handlers.load_post.remove(f)", "t.use_module = False",
                 "d.expression = 'sin(frame / 10)'", "bpy.utils.register_class(X)",
                 "bpy.ops.object.select_all(action='DESELECT')",
                 "layout.operator('mesh.primitive_cube_add')", "bpy.data.meshes.new('a.b')",
                 "bpy.app.version"});
}

TEST_CASE("Script rules: ordinary Blender scripts have no danger") {
    check_no_danger({
        "import bpy\nfrom mathutils import Vector\nfor o in list(bpy.data.objects):\n"
        "    bpy.data.objects.remove(o, do_unlink=True)\n"
        "bpy.ops.mesh.primitive_cube_add(size=2, location=(0, 0, 1))\n"
        "m = bpy.data.materials.new('M'); m.use_nodes = True\n"
        "n = m.node_tree.nodes; n.remove(n['Principled BSDF'])\n",
        "import os\nout = os.path.join(os.path.expanduser('~'), 'renders')\n"
        "os.makedirs(out, exist_ok=True)\nbpy.context.scene.render.filepath = out\n"
        "bpy.ops.render.render(write_still=True)\n",
        "import json\nwith open('assets.json') as f:\n    data = json.load(f)\n",
        "def update(self, context):\n    setattr(self, 'x', getattr(context, 'y'))\n"
        "class OP(bpy.types.Operator):\n    bl_idname = 'x.y'\n    def execute(self, context):\n"
        "        return {'FINISHED'}\nbpy.utils.register_class(OP)\n",
        "def f(scene):\n    pass\nbpy.app.handlers.frame_change_post.append(f)\n",
    });
}

TEST_CASE("Script rules: every rule is listed once and says what it is about") {
    const auto ids = rule_ids();
    auto unique = ids;
    std::sort(unique.begin(), unique.end());
    CHECK(std::unique(unique.begin(), unique.end()) == unique.end());
    CHECK(ids.size() == script_rules().size());
    for (const auto& rule : script_rules())
        CHECK_FALSE(rule.about.empty());
}

}  // namespace blender_mcpd::guard
