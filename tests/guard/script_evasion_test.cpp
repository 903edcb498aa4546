// Ways to write os.system that a pattern on the text does not see.
#include "script_scan.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {

TEST_CASE("Script evasion: any spelling of os.system is seen") {
    const std::vector<std::string> scripts{
        "import os\nos . system ('x')",
        "import os\nos.\\\nsystem('x')",
        "import os\nos\\\n.system('x')",
        "import os\n(os # here\n .system)('x')",
        "import os\n(os).system('x')",
        "import os;os.system('x')",
        "import os\ros.system('x') # one line end is enough",
        "# comment \ros.system('x')",
        "if 1: import os; os.system('x')",
        "import os\nx = f\"{os.system('x')}\"",
        "import os\nx = f'{1:{os.system(\"x\")}}'",
        "import os\nx = f'{f\"{os.system(1)}\"}'",
        "import os\nx = rf'\\{os.system(1)}'",
        "import ｏｓ\nｏｓ.ｓｙｓｔｅｍ('x')",
        "import os\nos.𝓼𝔂𝓼𝓽𝓮𝓶('x')",
        "import os as o\no.system('x')",
        "import os.path as p\np.os.system('x')",
        "import os.path\nos.system('x')",
        "from os import system\nsystem('x')",
        "from os import (\n path,\n system as s,\n)\ns('x')",
        "from os import *\nsystem('x')",
        "import os\ns = os.system\ns('x')",
        "import os\na = b = os\nb.system('x')",
        "import os, sys\na, b = sys, os\nb.system('x')",
        "import os\n[a, b] = [1, os]\nb.system('x')",
        "import os\n(o := os).system('x')",
        "import os\no: object = os\no.system('x')",
        "import os\nclass A:\n  o = os\nA.o.system('x')",
        "import os\nself.m = os\nself.m.system('x')",
        "import os\ndef f(o=os): o.system('x')",
        "import os\nf = lambda o=os: o.system('x')",
        "import os\nfor o in (os,): o.system('x')",
        "import os\n[o.system('x') for o in [os]]",
        "import os\n[os][0].system('x')",
        "import os\n{'a': os}['a'].system('x')",
        "import os\n(os if x else y).system('x')",
        "import os\n(x or os).system('x')",
        "import os\nwith c(os) as o: o.system('x')",
        "def f(): o.system('x')\nimport os as o",
        "__import__('os').system('x')",
        "__import__('o' + 's').system('x')",
        "m = __import__(\"os\")\nm.system('x')",
        "import importlib\nimportlib.import_module('os').system('x')",
        "from importlib import import_module as i\ni('\\x6fs').system('x')",
        "import os\ngetattr(os, 'system')('x')",
        "import os\ngetattr(os, 'sys' 'tem')('x')",
        "import os\nn = 'sys'\nn += 'tem'\ngetattr(os, n)('x')",
        "import os\ngetattr(os, 'metsys'[::-1])('x')",
        "import os\ngetattr(os, 'xxsystem'[2:])('x')",
        "import os\ngetattr(os, ''.join(['sys', 'tem']))('x')",
        "import os\ngetattr(os, f\"sys{'tem'}\")('x')",
        "import os\ngetattr(os, '{}tem'.format('sys'))('x')",
        "import os\ngetattr(os, 'SYSTEM'.lower())('x')",
        "import os\ngetattr(os, 'sysXtem'.replace('X', ''))('x')",
        "import os\ngetattr(os, bytes([115, 121, 115, 116, 101, 109]).decode())('x')",
        "import os\ngetattr(os, chr(115) + 'ystem')('x')",
        "import os\nvars(os)['system']('x')",
        "import os\nos.__dict__['sys' + 'tem']('x')",
        "import os\nos.__dict__.get('system')('x')",
        "import os\nos.__getattribute__('system')('x')",
        "import os\nobject.__getattribute__(os, 'system')('x')",
        "import sys\nsys.modules['os'].system('x')",
        "import sys\nsys.modules.get('os').system('x')",
        "import os\nglobals()['os'].system('x')",
        "import shutil\nshutil.os.system('x')",
        "import tempfile\ntempfile._os.system('x')",
        "import posix\nposix.system('x')",
        "import functools, os\nfunctools.partial(os.system, 'x')()",
        "import os\nlist(map(os.system, ['x']))",
        "import os\n@os.system\ndef f(): pass",
        "import os\nmatch x:\n  case 1: os.system('x')",
        "import os\ntype X = os.system('x')",
        "import os\nasync def f(): await os.system('x')",
        "import os\nx = 0 or(os).system('x')",
        "import os\nos.system.__call__('x')",
        "import os\nfor i, o in enumerate([os]): o.system('x')",
        "import os\nfor i, o in ((1, os), (2, 3)): o.system('x')",
        "import os\nfor d[os.system('x')] in y: pass",
        "import os\nfor (a, d[os.system('x')]) in y: pass",
        "import os\n[1 for d[os.system('x')] in y]",
        "import os\nwith c as d[os.system('x')]: pass",
        "import os\nwith c as (a, d[os.system('x')]): pass",
        "import os\ndef f[T: (int, os.system('x'))](a): pass",
        "import os\ndef f[T: (int, str)](a, o=os) -> 1: o.system('x')",
        "import os\nclass A[T](os.system('x')): pass",
        "import os\nx = [y for (a in b)]; os.system('x')",
        "from a import (b; c)\nimport os\nos.system('x')",
        "import os\nos.system.__call__.__call__('x')",
        "import os\ny = 1if os.system('x')else 2",
        "os.system('x')  # imported by an earlier script of the session",
    };
    for (const auto& script : scripts) {
        const auto found = found_in(script);
        CAPTURE(script, found);
        CHECK(std::any_of(found.begin(), found.end(), [](const std::string& each) {
            return each.find("process.run danger") != std::string::npos;
        }));
    }
}

TEST_CASE("Script evasion: a computed name on a module is danger by itself") {
    for (const std::string script :
         {"import os\ngetattr(os, base64.b64decode('c3lzdGVt').decode())('x')",
          "import os\ngetattr(os, x)('x')", "import os\nvars(os)[x]('x')",
          "__import__(x).system('x')", "import builtins\ngetattr(builtins, x)",
          "import os\ngetattr(os, *a)('x')"}) {
        CAPTURE(script, found_in(script));
        const auto found = found_in(script);
        CHECK(std::any_of(found.begin(), found.end(), [](const std::string& each) {
            return each.find("danger") != std::string::npos;
        }));
    }
}

TEST_CASE("Script evasion: many meanings of a name do not hide one") {
    std::string script = "import os\n";
    for (int i = 0; i < 20; ++i)
        script += "n = 'harmless" + std::to_string(i) + "'\nm = 'x" + std::to_string(i) + "'\n";
    CHECK(finds(script + "getattr(os, n)", "42 code.builtins danger"));
    script += "m = os\n";
    CHECK(finds(script + "m.system('x')", "43 process.run danger"));
}

TEST_CASE("Script evasion: comments and strings do not trigger") {
    for (const std::string script :
         {"# os.system('x')\nx = 1", "x = 'os.system(1)'", "'''\nimport subprocess\neval(1)\n'''",
          "x = \"__builtins__\"", "x = b'eval(1)'", "x = f'os.system {y}'", "x = r'\\' # eval(1)'",
          "x = 'import os; os.remove(1)'", "print('open(p, \"w\")')"}) {
        CAPTURE(script);
        CHECK(found_in(script).empty());
    }
}

}  // namespace blender_mcpd::guard
