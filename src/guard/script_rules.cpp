#include "script_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::guard {

namespace {

constexpr auto danger = Severity::danger;
constexpr auto caution = Severity::caution;

constexpr std::array<ScriptRule, rule_count> rules{{
    {"process.run", danger, "starts, replaces or signals a process"},
    {"code.dynamic", danger, "runs or imports code that is not in the script"},
    {"code.builtins", danger, "reaches built-in functions or modules by a detour"},
    {"code.dunder", danger, "walks from an object into the interpreter"},
    {"native.ctypes", danger, "calls native code or maps memory"},
    {"network.open", danger, "uses the network"},
    {"file.write", danger, "creates, changes or moves files"},
    {"file.delete", danger, "deletes files or folders"},
    {"env.secrets", danger, "reads credentials from the environment or from files"},
    {"blender.persist", danger, "leaves code in Blender that runs later"},
    {"blender.file", caution, "opens, saves or links .blend files"},
    {"blender.run", danger,
     "lets Blender run code or programs, install add-ons, open the web or quit"},
    {"import.not_allowed", danger, "imports a module that is not in the list of allowed ones"},
    {"script.too_large", danger, "is larger than the limit and was not scanned"},
    {"script.unscannable", danger, "is no Python that can be read"},
}};

constexpr std::string_view runs = "starts or controls a process";
constexpr std::string_view evaluates = "runs code that is not in the script";
constexpr std::string_view network = "uses the network";
constexpr std::string_view writes = "changes files";
constexpr std::string_view deletes = "deletes files";
constexpr std::string_view loads = "runs code that is hidden in the data that it loads";
constexpr std::string_view detour = "reaches functions by a detour";
constexpr std::string_view frames = "reaches the interpreter's own objects";

constexpr PathRule path_rules[] = {
    {"os.system", Rule::process_run, danger, Check::always, runs},
    {"os.popen*", Rule::process_run, danger, Check::always, runs},
    {"os.exec*", Rule::process_run, danger, Check::always, runs},
    {"os.spawn*", Rule::process_run, danger, Check::always, runs},
    {"os.posix_spawn*", Rule::process_run, danger, Check::always, runs},
    {"os.fork*", Rule::process_run, danger, Check::always, runs},
    {"os.kill*", Rule::process_run, danger, Check::always, runs},
    {"os._exit", Rule::process_run, danger, Check::always, "ends Blender on the spot"},
    {"os.abort", Rule::process_run, danger, Check::always, "ends Blender on the spot"},
    {"os.startfile", Rule::process_run, danger, Check::always, runs},
    {"os.openpty", Rule::process_run, danger, Check::always, "opens a terminal"},
    {"os.login_tty", Rule::process_run, danger, Check::always, "opens a terminal"},
    {"os.putenv", Rule::process_run, caution, Check::call, "changes the environment"},
    {"os.setuid", Rule::process_run, danger, Check::always, "changes the user"},
    {"os.chroot", Rule::process_run, danger, Check::always, runs},
    {"os.memfd_create", Rule::process_run, danger, Check::always, "makes a file in memory"},
    {"subprocess.*", Rule::process_run, danger, Check::always, runs},
    {"_posixsubprocess.*", Rule::process_run, danger, Check::always, runs},
    {"pty.*", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.Process", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.Pool", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.Manager", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.get_context", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.pool.Pool", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.process.*", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.managers.*", Rule::process_run, danger, Check::always, runs},
    {"multiprocessing.connection.*", Rule::network_open, danger, Check::always, network},
    {"concurrent.futures.ProcessPoolExecutor", Rule::process_run, danger, Check::always, runs},
    {"concurrent.futures.process.*", Rule::process_run, danger, Check::always, runs},
    {"asyncio.create_subprocess*", Rule::process_run, danger, Check::always, runs},
    {"asyncio.subprocess.*", Rule::process_run, danger, Check::always, runs},
    {"signal.*", Rule::process_run, caution, Check::call, "changes how signals are handled"},
    {"sys.exit", Rule::process_run, caution, Check::call, "ends Blender where nothing stops it"},
    {"builtins.exit", Rule::process_run, caution, Check::call,
     "ends Blender where nothing stops it"},
    {"builtins.quit", Rule::process_run, caution, Check::call,
     "ends Blender where nothing stops it"},
    {"signal.raise_signal", Rule::process_run, danger, Check::always, runs},
    {"signal.pthread_kill", Rule::process_run, danger, Check::always, runs},
    {"faulthandler._*", Rule::process_run, danger, Check::always, "ends Blender on the spot"},

    {"builtins.eval", Rule::code_dynamic, danger, Check::always, evaluates},
    {"builtins.exec", Rule::code_dynamic, danger, Check::always, evaluates},
    {"builtins.compile", Rule::code_dynamic, danger, Check::always, evaluates},
    {"builtins.__import__", Rule::code_dynamic, danger, Check::always,
     "imports a module by a computed name"},
    {"builtins.breakpoint", Rule::code_dynamic, danger, Check::always, "waits for a debugger"},
    {"importlib.import_module", Rule::code_dynamic, danger, Check::import_name,
     "imports a module by a computed name"},
    {"importlib.reload", Rule::code_dynamic, caution, Check::call, "runs a module again"},
    {"importlib.__import__", Rule::code_dynamic, danger, Check::always,
     "imports a module by a computed name"},
    {"importlib.util.spec_from_file_location", Rule::code_dynamic, danger, Check::always,
     "runs a file as a module"},
    {"importlib.util.module_from_spec", Rule::code_dynamic, danger, Check::always,
     "runs a file as a module"},
    {"importlib.machinery.*", Rule::code_dynamic, danger, Check::call, "runs a file as a module"},
    {"importlib._bootstrap*", Rule::code_dynamic, danger, Check::always, detour},
    {"imp.load_*", Rule::code_dynamic, danger, Check::always, "runs a file as a module"},
    {"imp.reload", Rule::code_dynamic, caution, Check::call, "runs a module again"},
    {"runpy.*", Rule::code_dynamic, danger, Check::always, "runs a file as a script"},
    {"code.Interactive*", Rule::code_dynamic, danger, Check::always, evaluates},
    {"code.interact", Rule::code_dynamic, danger, Check::always, evaluates},
    {"code.compile_command", Rule::code_dynamic, danger, Check::always, evaluates},
    {"codeop.*", Rule::code_dynamic, danger, Check::always, evaluates},
    {"marshal.load*", Rule::code_dynamic, danger, Check::always, loads},
    {"pickle.load*", Rule::code_dynamic, danger, Check::always, loads},
    {"pickle.Unpickler", Rule::code_dynamic, danger, Check::always, loads},
    {"dill.load*", Rule::code_dynamic, danger, Check::always, loads},
    {"cloudpickle.load*", Rule::code_dynamic, danger, Check::always, loads},
    {"joblib.load", Rule::code_dynamic, danger, Check::always, loads},
    {"shelve.*", Rule::code_dynamic, danger, Check::call, loads},
    {"yaml.unsafe_load*", Rule::code_dynamic, danger, Check::always, loads},
    {"yaml.load*", Rule::code_dynamic, caution, Check::call, loads},
    {"numpy.load", Rule::code_dynamic, danger, Check::pickled, loads},
    {"types.FunctionType", Rule::code_dynamic, danger, Check::call, "makes a function of bytecode"},
    {"types.LambdaType", Rule::code_dynamic, danger, Check::call, "makes a function of bytecode"},
    {"types.CodeType", Rule::code_dynamic, danger, Check::call, "makes bytecode"},
    {"timeit.timeit", Rule::code_dynamic, danger, Check::statement, evaluates},
    {"timeit.repeat", Rule::code_dynamic, danger, Check::statement, evaluates},
    {"timeit.Timer", Rule::code_dynamic, danger, Check::statement, evaluates},
    {"sys.path.append", Rule::code_dynamic, caution, Check::always, "changes what imports find"},
    {"sys.path.insert", Rule::code_dynamic, caution, Check::always, "changes what imports find"},
    {"sys.path.extend", Rule::code_dynamic, caution, Check::always, "changes what imports find"},
    {"cProfile.run*", Rule::code_dynamic, danger, Check::call, evaluates},
    {"profile.run*", Rule::code_dynamic, danger, Check::call, evaluates},
    {"trace.Trace", Rule::code_dynamic, danger, Check::call, evaluates},
    {"pdb.*", Rule::code_dynamic, danger, Check::call, evaluates},
    {"bdb.*", Rule::code_dynamic, danger, Check::call, evaluates},
    {"doctest.*", Rule::code_dynamic, caution, Check::call, evaluates},
    {"pkgutil.resolve_name", Rule::code_dynamic, danger, Check::always, detour},
    {"pkgutil.get_loader", Rule::code_dynamic, danger, Check::always, detour},
    {"pydoc.locate", Rule::code_dynamic, danger, Check::always, detour},
    {"pydoc.pipepager", Rule::process_run, danger, Check::always, runs},
    {"pydoc.importfile", Rule::code_dynamic, danger, Check::always, detour},
    {"zipimport.*", Rule::code_dynamic, danger, Check::always, "runs code from an archive"},
    {"site.addsitedir", Rule::code_dynamic, danger, Check::always, "runs .pth files"},
    {"logging.config.*", Rule::code_dynamic, danger, Check::call, loads},
    {"sys.meta_path", Rule::code_dynamic, danger, Check::always,
     "changes how modules are imported"},
    {"sys.path_hooks", Rule::code_dynamic, danger, Check::always,
     "changes how modules are imported"},

    {"builtins.getattr", Rule::code_builtins, danger, Check::attribute, detour},
    {"builtins.getattr()", Rule::code_builtins, caution, Check::call,
     "got by a computed name what is called here"},
    {"builtins.vars", Rule::code_builtins, danger, Check::mapping, detour},
    {"operator.attrgetter", Rule::code_builtins, danger, Check::attribute_getter, detour},
    {"operator.methodcaller", Rule::code_builtins, danger, Check::attribute_getter, detour},
    {"inspect.getattr_static", Rule::code_builtins, danger, Check::attribute, detour},
    {"inspect.getmembers", Rule::code_builtins, danger, Check::mapping, detour},
    {"os.__dict__", Rule::code_builtins, danger, Check::always, detour},
    {"sys.__dict__", Rule::code_builtins, danger, Check::always, detour},
    {"builtins.__dict__", Rule::code_builtins, danger, Check::always, detour},
    {"sys.addaudithook", Rule::code_builtins, danger, Check::always, "changes what Python reports"},
    {"sys.settrace", Rule::code_dunder, danger, Check::always, frames},
    {"sys.setprofile", Rule::code_dunder, danger, Check::always, frames},
    {"threading.settrace", Rule::code_dunder, danger, Check::always, frames},
    {"threading.setprofile", Rule::code_dunder, danger, Check::always, frames},
    {"sys._getframe", Rule::code_dunder, danger, Check::always, frames},
    {"sys._current_frames", Rule::code_dunder, danger, Check::always, frames},
    {"inspect.currentframe", Rule::code_dunder, caution, Check::always, frames},
    {"inspect.stack", Rule::code_dunder, danger, Check::always, frames},
    {"gc.get_objects", Rule::code_dunder, danger, Check::always, frames},
    {"gc.get_referrers", Rule::code_dunder, danger, Check::always, frames},
    {"gc.get_referents", Rule::code_dunder, danger, Check::always, frames},

    {"ctypes.*", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"cffi.*", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"mmap.*", Rule::native_ctypes, danger, Check::always, "maps memory"},
    {"numpy.ctypeslib.*", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"_ctypes.*", Rule::native_ctypes, danger, Check::always, "calls native code"},

    {"socket.*", Rule::network_open, danger, Check::always, network},
    {"ssl.*", Rule::network_open, danger, Check::always, network},
    {"urllib.request.*", Rule::network_open, danger, Check::always, network},
    {"urllib.urlopen", Rule::network_open, danger, Check::always, network},
    {"urllib.urlretrieve", Rule::network_open, danger, Check::always, network},
    {"http.client.*", Rule::network_open, danger, Check::always, network},
    {"http.server.*", Rule::network_open, danger, Check::always, network},
    {"requests.*", Rule::network_open, danger, Check::always, network},
    {"httpx.*", Rule::network_open, danger, Check::always, network},
    {"aiohttp.*", Rule::network_open, danger, Check::always, network},
    {"urllib3.*", Rule::network_open, danger, Check::always, network},
    {"ftplib.*", Rule::network_open, danger, Check::always, network},
    {"smtplib.*", Rule::network_open, danger, Check::always, network},
    {"webbrowser.*", Rule::network_open, danger, Check::always, "opens a web browser"},
    {"asyncio.open_connection", Rule::network_open, danger, Check::always, network},
    {"asyncio.open_unix_connection", Rule::network_open, danger, Check::always, network},
    {"asyncio.start_server", Rule::network_open, danger, Check::always, network},
    {"asyncio.start_unix_server", Rule::network_open, danger, Check::always, network},
    {"logging.handlers.SocketHandler", Rule::network_open, danger, Check::always, network},
    {"logging.handlers.DatagramHandler", Rule::network_open, danger, Check::always, network},
    {"logging.handlers.SysLogHandler", Rule::network_open, danger, Check::always, network},
    {"logging.handlers.HTTPHandler", Rule::network_open, danger, Check::always, network},
    {"logging.handlers.SMTPHandler", Rule::network_open, danger, Check::always, network},
    {"antigravity.*", Rule::network_open, danger, Check::always, "opens a web browser"},

    {"builtins.open", Rule::file_write, danger, Check::mode, writes},
    {"io.open", Rule::file_write, danger, Check::mode, writes},
    {"io.FileIO", Rule::file_write, danger, Check::mode, writes},
    {"io.open_code", Rule::code_dynamic, caution, Check::call, evaluates},
    {"codecs.open", Rule::file_write, danger, Check::mode, writes},
    {"gzip.open", Rule::file_write, danger, Check::mode, writes},
    {"gzip.GzipFile", Rule::file_write, danger, Check::mode, writes},
    {"bz2.open", Rule::file_write, danger, Check::mode, writes},
    {"bz2.BZ2File", Rule::file_write, danger, Check::mode, writes},
    {"lzma.open", Rule::file_write, danger, Check::mode, writes},
    {"lzma.LZMAFile", Rule::file_write, danger, Check::mode, writes},
    {"zipfile.ZipFile", Rule::file_write, danger, Check::mode, writes},
    {"zipfile.PyZipFile", Rule::file_write, danger, Check::mode, writes},
    {"tarfile.open", Rule::file_write, danger, Check::mode, writes},
    {"tarfile.TarFile", Rule::file_write, danger, Check::mode, writes},
    {"tarfile.TarFile.open", Rule::file_write, danger, Check::mode, writes},
    {"wave.open", Rule::file_write, danger, Check::mode, writes},
    {"os.fdopen", Rule::file_write, danger, Check::mode, writes},
    {"os.open", Rule::file_write, danger, Check::descriptor, writes},
    {"os.O_WRONLY", Rule::file_write, danger, Check::always, "opens a file for writing"},
    {"os.O_RDWR", Rule::file_write, danger, Check::always, "opens a file for writing"},
    {"os.O_CREAT", Rule::file_write, danger, Check::always, "creates a file"},
    {"os.O_TRUNC", Rule::file_write, danger, Check::always, "empties a file"},
    {"os.O_APPEND", Rule::file_write, danger, Check::always, "opens a file for writing"},
    {"os.mkdir", Rule::file_write, caution, Check::call, "creates a folder"},
    {"os.makedirs", Rule::file_write, caution, Check::call, "creates folders"},
    {"os.rename*", Rule::file_write, danger, Check::always, "moves files"},
    {"os.replace", Rule::file_write, danger, Check::always, "moves files"},
    {"os.link", Rule::file_write, danger, Check::always, writes},
    {"os.symlink", Rule::file_write, danger, Check::always, writes},
    {"os.chmod", Rule::file_write, danger, Check::always, "changes permissions of files"},
    {"os.fchmod*", Rule::file_write, danger, Check::always, "changes permissions of files"},
    {"os.lchmod", Rule::file_write, danger, Check::always, "changes permissions of files"},
    {"os.chown", Rule::file_write, danger, Check::always, "changes the owner of files"},
    {"os.fchown*", Rule::file_write, danger, Check::always, "changes the owner of files"},
    {"os.lchown", Rule::file_write, danger, Check::always, "changes the owner of files"},
    {"os.write*", Rule::file_write, danger, Check::always, writes},
    {"os.pwrite*", Rule::file_write, danger, Check::always, writes},
    {"os.sendfile", Rule::file_write, danger, Check::always, writes},
    {"os.copy_file_range", Rule::file_write, danger, Check::always, writes},
    {"os.truncate", Rule::file_write, danger, Check::always, writes},
    {"os.ftruncate", Rule::file_write, danger, Check::always, writes},
    {"os.mkfifo", Rule::file_write, danger, Check::always, writes},
    {"os.mknod", Rule::file_write, danger, Check::always, writes},
    {"os.utime", Rule::file_write, caution, Check::call, writes},
    {"os.setxattr", Rule::file_write, danger, Check::always, writes},
    {"shutil.copy*", Rule::file_write, danger, Check::always, writes},
    {"shutil.copyfileobj", Rule::file_write, caution, Check::call, writes},
    {"shutil.move", Rule::file_write, danger, Check::always, "moves files"},
    {"shutil.make_archive", Rule::file_write, danger, Check::always, writes},
    {"shutil.unpack_archive", Rule::file_write, danger, Check::always, writes},
    {"shutil.chown", Rule::file_write, danger, Check::always, "changes the owner of files"},
    {"distutils.*", Rule::file_write, danger, Check::call, writes},
    {"fileinput.input", Rule::file_write, danger, Check::in_place, "changes files"},
    {"fileinput.FileInput", Rule::file_write, danger, Check::in_place, "changes files"},
    {"sqlite3.connect", Rule::file_write, caution, Check::call, "may create a file"},
    {"dbm.*", Rule::file_write, danger, Check::call, writes},
    {"logging.FileHandler", Rule::file_write, caution, Check::call, "writes a log file"},
    {"tempfile.NamedTemporaryFile", Rule::file_write, caution, Check::call,
     "creates a temporary file"},
    {"tempfile.mkstemp", Rule::file_write, caution, Check::call, "creates a temporary file"},
    {"tempfile.mkdtemp", Rule::file_write, caution, Check::call, "creates a temporary folder"},
    {"numpy.save*", Rule::file_write, caution, Check::call, "writes a file"},
    {"bpy.data.libraries.write", Rule::file_write, danger, Check::call, "writes a .blend file"},
    {"pathlib.Path().open", Rule::file_write, danger, Check::mode_first, writes},
    {"pathlib.Path.open", Rule::file_write, danger, Check::mode, writes},
    {"pathlib.Path().write_text", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().write_bytes", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().touch", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().rename", Rule::file_write, danger, Check::always, "moves files"},
    {"pathlib.Path().replace", Rule::file_write, danger, Check::always, "moves files"},
    {"pathlib.Path().chmod", Rule::file_write, danger, Check::always,
     "changes permissions of files"},
    {"pathlib.Path().lchmod", Rule::file_write, danger, Check::always,
     "changes permissions of files"},
    {"pathlib.Path().symlink_to", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().hardlink_to", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().link_to", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path().mkdir", Rule::file_write, caution, Check::call, "creates a folder"},
    {"pathlib.Path.write_*", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path.touch", Rule::file_write, danger, Check::always, writes},
    {"pathlib.Path.re*", Rule::file_write, caution, Check::call, "may move files"},
    {"pathlib.Path.rename", Rule::file_write, danger, Check::always, "moves files"},
    {"pathlib.Path.replace", Rule::file_write, danger, Check::always, "moves files"},

    {"os.remove", Rule::file_delete, danger, Check::always, deletes},
    {"os.removedirs", Rule::file_delete, danger, Check::always, "deletes folders"},
    {"os.unlink", Rule::file_delete, danger, Check::always, deletes},
    {"os.rmdir", Rule::file_delete, danger, Check::always, "deletes folders"},
    {"shutil.rmtree", Rule::file_delete, danger, Check::always, "deletes folders"},
    {"pathlib.Path().unlink", Rule::file_delete, danger, Check::always, deletes},
    {"pathlib.Path().rmdir", Rule::file_delete, danger, Check::always, "deletes folders"},
    {"pathlib.Path.unlink", Rule::file_delete, danger, Check::always, deletes},
    {"pathlib.Path.rmdir", Rule::file_delete, danger, Check::always, "deletes folders"},
    {"bpy.ops.file.delete", Rule::file_delete, danger, Check::always, deletes},

    {"os.environ", Rule::env_secrets, caution, Check::always,
     "holds the credentials of the user's environment"},
    {"os.environb", Rule::env_secrets, caution, Check::always,
     "holds the credentials of the user's environment"},
    {"os.getenv*", Rule::env_secrets, caution, Check::environment,
     "reads a credential from the environment"},
    {"os.environ.get", Rule::env_secrets, caution, Check::environment,
     "reads a credential from the environment"},
    {"os.environ.pop", Rule::env_secrets, caution, Check::environment,
     "reads a credential from the environment"},
    {"os.environ.copy", Rule::env_secrets, danger, Check::always, "reads the whole environment"},
    {"os.environ.items", Rule::env_secrets, danger, Check::always, "reads the whole environment"},
    {"os.environ.values", Rule::env_secrets, danger, Check::always, "reads the whole environment"},
    {"getpass.getpass", Rule::env_secrets, caution, Check::call, "asks for a password"},
    {"keyring.*", Rule::env_secrets, danger, Check::call, "reads stored passwords"},
    {"pwd.*", Rule::env_secrets, caution, Check::call, "reads the accounts of this machine"},
    {"spwd.*", Rule::env_secrets, danger, Check::call, "reads stored passwords"},

    {"bpy.app.timers.register", Rule::blender_persist, caution, Check::always,
     "makes a function run later"},
    {"bpy.app.driver_namespace", Rule::blender_persist, caution, Check::always,
     "gives drivers functions to call"},
    {"bpy.app.handlers.persistent", Rule::blender_persist, danger, Check::always,
     "makes a handler outlive the file"},
    {"bpy.msgbus.subscribe_rna", Rule::blender_persist, caution, Check::always,
     "makes a function run later"},
    {"bpy.ops.wm.save_userpref", Rule::blender_persist, caution, Check::always,
     "changes the user's preferences for good"},
    {"bpy.ops.wm.save_homefile", Rule::blender_persist, danger, Check::always,
     "changes the file that Blender starts with"},
    {"atexit.register", Rule::blender_persist, caution, Check::always,
     "makes a function run when Blender ends"},

    {"bpy.ops.wm.open_mainfile", Rule::blender_file, caution, Check::always,
     "opens another file and drops unsaved work"},
    {"bpy.ops.wm.revert_mainfile", Rule::blender_file, caution, Check::always,
     "drops unsaved work"},
    {"bpy.ops.wm.recover_*", Rule::blender_file, caution, Check::always, "drops unsaved work"},
    {"bpy.ops.wm.read_*", Rule::blender_file, caution, Check::always,
     "drops the scene and unsaved work"},
    {"bpy.ops.wm.save_as_mainfile", Rule::blender_file, caution, Check::always, "writes a file"},
    {"bpy.ops.wm.save_mainfile", Rule::blender_file, caution, Check::always, "writes a file"},
    {"bpy.ops.wm.link", Rule::blender_file, caution, Check::always, "takes data of another file"},
    {"bpy.ops.wm.append", Rule::blender_file, caution, Check::always, "takes data of another file"},
    {"bpy.data.libraries.load", Rule::blender_file, caution, Check::always,
     "takes data of another file"},

    {"bpy.ops.script.python_file_run", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.script.execute_preset", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.script.reload", Rule::blender_run, caution, Check::always, "runs all add-ons again"},
    {"bpy.ops.text.run_script", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.text.refresh_pyconstraints", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.console.execute", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.wm.context_set_value", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.ops.wm.url_open*", Rule::blender_run, danger, Check::always, "opens a web browser"},
    {"bpy.ops.wm.path_open", Rule::blender_run, danger, Check::always, "opens a program"},
    {"bpy.ops.wm.quit_blender", Rule::blender_run, danger, Check::always, "ends Blender"},
    {"bpy.ops.wm.blend_strings_utf8_validate", Rule::blender_run, caution, Check::call, writes},
    {"bpy.ops.preferences.addon_install", Rule::blender_run, danger, Check::always,
     "installs code for good"},
    {"bpy.ops.preferences.app_template_install", Rule::blender_run, danger, Check::always,
     "installs code for good"},
    {"bpy.ops.preferences.addon_*", Rule::blender_run, caution, Check::always,
     "changes which add-ons run"},
    {"bpy.ops.preferences.script_directory_*", Rule::blender_run, danger, Check::always,
     "changes where Blender takes code from"},
    {"bpy.ops.wm.addon_*", Rule::blender_run, danger, Check::always, "changes which add-ons run"},
    {"bpy.ops.extensions.*", Rule::blender_run, danger, Check::always, "installs code for good"},
    {"bpy.utils.execfile", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.utils.load_scripts", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.utils.modules_from_path", Rule::blender_run, danger, Check::always, evaluates},
    {"bpy.utils.keyconfig_set", Rule::blender_run, danger, Check::always, evaluates},
    {"addon_utils.enable", Rule::blender_run, caution, Check::always, "changes which add-ons run"},
    {"addon_utils.disable", Rule::blender_run, caution, Check::always, "changes which add-ons run"},
    {"_bpy.*", Rule::blender_run, danger, Check::always, "goes around Blender's Python layer"},
};

// What is told where a module is imported. Modules that are harmless in part are not here.
constexpr PathRule module_rules[] = {
    {"subprocess", Rule::process_run, danger, Check::always, runs},
    {"_posixsubprocess", Rule::process_run, danger, Check::always, runs},
    {"pty", Rule::process_run, danger, Check::always, runs},
    {"pexpect", Rule::process_run, danger, Check::always, runs},
    {"sh", Rule::process_run, danger, Check::always, runs},
    {"plumbum", Rule::process_run, danger, Check::always, runs},
    {"pip", Rule::process_run, danger, Check::always, "installs code"},
    {"ensurepip", Rule::process_run, danger, Check::always, "installs code"},
    {"venv", Rule::process_run, danger, Check::always, "installs code"},
    {"builtins", Rule::code_builtins, danger, Check::always, detour},
    {"runpy", Rule::code_dynamic, danger, Check::always, "runs a file as a script"},
    {"code", Rule::code_dynamic, danger, Check::always, evaluates},
    {"codeop", Rule::code_dynamic, danger, Check::always, evaluates},
    {"marshal", Rule::code_dynamic, danger, Check::always, loads},
    {"zipimport", Rule::code_dynamic, danger, Check::always, "runs code from an archive"},
    {"ctypes", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"_ctypes", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"cffi", Rule::native_ctypes, danger, Check::always, "calls native code"},
    {"mmap", Rule::native_ctypes, danger, Check::always, "maps memory"},
    {"winreg", Rule::native_ctypes, danger, Check::always, "changes the system"},
    {"_winapi", Rule::native_ctypes, danger, Check::always, "changes the system"},
    {"socket", Rule::network_open, danger, Check::always, network},
    {"socketserver", Rule::network_open, danger, Check::always, network},
    {"ssl", Rule::network_open, danger, Check::always, network},
    {"urllib.request", Rule::network_open, danger, Check::always, network},
    {"http.client", Rule::network_open, danger, Check::always, network},
    {"http.server", Rule::network_open, danger, Check::always, network},
    {"requests", Rule::network_open, danger, Check::always, network},
    {"httpx", Rule::network_open, danger, Check::always, network},
    {"aiohttp", Rule::network_open, danger, Check::always, network},
    {"urllib3", Rule::network_open, danger, Check::always, network},
    {"websocket", Rule::network_open, danger, Check::always, network},
    {"websockets", Rule::network_open, danger, Check::always, network},
    {"paramiko", Rule::network_open, danger, Check::always, network},
    {"pycurl", Rule::network_open, danger, Check::always, network},
    {"zmq", Rule::network_open, danger, Check::always, network},
    {"ftplib", Rule::network_open, danger, Check::always, network},
    {"smtplib", Rule::network_open, danger, Check::always, network},
    {"poplib", Rule::network_open, danger, Check::always, network},
    {"imaplib", Rule::network_open, danger, Check::always, network},
    {"nntplib", Rule::network_open, danger, Check::always, network},
    {"telnetlib", Rule::network_open, danger, Check::always, network},
    {"xmlrpc", Rule::network_open, danger, Check::always, network},
    {"wsgiref", Rule::network_open, danger, Check::always, network},
    {"asyncore", Rule::network_open, danger, Check::always, network},
    {"webbrowser", Rule::network_open, danger, Check::always, "opens a web browser"},
    {"antigravity", Rule::network_open, danger, Check::always, "opens a web browser"},
    {"_bpy", Rule::blender_run, danger, Check::always, "goes around Blender's Python layer"},
    {"keyring", Rule::env_secrets, danger, Check::always, "reads stored passwords"},
};

// Methods that say what they do whatever they are called on.
constexpr PathRule method_rules[] = {
    {"system", Rule::process_run, danger, Check::call, runs},
    {"popen", Rule::process_run, danger, Check::call, runs},
    {"Popen", Rule::process_run, danger, Check::call, runs},
    {"check_output", Rule::process_run, danger, Check::call, runs},
    {"check_call", Rule::process_run, danger, Check::call, runs},
    {"getoutput", Rule::process_run, danger, Check::call, runs},
    {"getstatusoutput", Rule::process_run, danger, Check::call, runs},
    {"execv", Rule::process_run, danger, Check::call, runs},
    {"execve", Rule::process_run, danger, Check::call, runs},
    {"execvp", Rule::process_run, danger, Check::call, runs},
    {"execl", Rule::process_run, danger, Check::call, runs},
    {"execlp", Rule::process_run, danger, Check::call, runs},
    {"spawnl", Rule::process_run, danger, Check::call, runs},
    {"spawnlp", Rule::process_run, danger, Check::call, runs},
    {"spawnv", Rule::process_run, danger, Check::call, runs},
    {"spawnvp", Rule::process_run, danger, Check::call, runs},
    {"posix_spawn", Rule::process_run, danger, Check::call, runs},
    {"create_subprocess_shell", Rule::process_run, danger, Check::call, runs},
    {"create_subprocess_exec", Rule::process_run, danger, Check::call, runs},
    {"subprocess_shell", Rule::process_run, danger, Check::call, runs},
    {"subprocess_exec", Rule::process_run, danger, Check::call, runs},
    {"import_module", Rule::code_dynamic, danger, Check::call, "imports a computed module"},
    {"exec_module", Rule::code_dynamic, danger, Check::call, "runs a file as a module"},
    {"load_module", Rule::code_dynamic, danger, Check::call, "runs a file as a module"},
    {"as_module", Rule::code_dynamic, danger, Check::call, "runs a text block"},
    {"runcode", Rule::code_dynamic, danger, Check::call, evaluates},
    {"runsource", Rule::code_dynamic, danger, Check::call, evaluates},
    {"rmtree", Rule::file_delete, danger, Check::call, "deletes folders"},
    {"removedirs", Rule::file_delete, danger, Check::call, "deletes folders"},
    {"write_text", Rule::file_write, danger, Check::call, writes},
    {"write_bytes", Rule::file_write, danger, Check::call, writes},
    {"tofile", Rule::file_write, caution, Check::call, writes},
    {"symlink_to", Rule::file_write, danger, Check::call, writes},
    {"hardlink_to", Rule::file_write, danger, Check::call, writes},
    {"extractall", Rule::file_write, danger, Check::call, "unpacks an archive"},
    {"create_connection", Rule::network_open, danger, Check::call, network},
    {"create_server", Rule::network_open, danger, Check::call, network},
    {"urlopen", Rule::network_open, danger, Check::call, network},
    {"urlretrieve", Rule::network_open, danger, Check::call, network},
    {"python_file_run", Rule::blender_run, danger, Check::call, evaluates},
    {"run_script", Rule::blender_run, danger, Check::call, evaluates},
    {"url_open", Rule::blender_run, danger, Check::call, "opens a web browser"},
    {"quit_blender", Rule::blender_run, danger, Check::call, "ends Blender"},
    {"addon_install", Rule::blender_run, danger, Check::call, "installs code for good"},
};

constexpr std::string_view dunders[] = {
    "__base__",    "__bases__",    "__builtins__",
    "__closure__", "__code__",     "__getattribute__",
    "__globals__", "__import__",   "__loader__",
    "__mro__",     "__reduce__",   "__reduce_ex__",
    "__self__",    "__spec__",     "__subclasses__",
    "ag_frame",    "cr_frame",     "f_back",
    "f_builtins",  "f_globals",    "f_locals",
    "func_code",   "func_globals", "gi_code",
    "gi_frame",    "mro",          "tb_frame",
};

constexpr std::string_view dangerous_names[] = {
    "Popen",         "__import__", "check_call", "check_output", "compile",
    "eval",          "exec",       "execl",      "execle",       "execlp",
    "execv",         "execve",     "execvp",     "fork",         "getoutput",
    "import_module", "modules",    "popen",      "posix_spawn",  "python_file_run",
    "rmtree",        "run_script", "spawnl",     "spawnv",       "startfile",
    "system",        "url_open",
};

constexpr std::string_view sensitive_modules[] = {"builtins", "importlib",  "io", "os",
                                                  "shutil",   "subprocess", "sys"};

// All entries by their text, and the families ("os.exec*") by what is before the star.
class PathIndex {
  public:
    PathIndex() {
        for (const auto& entry : path_rules) {
            auto path = entry.path;
            if (path.ends_with(".*")) {
                modules_.emplace(path.substr(0, path.size() - 2), &entry);
            } else if (path.ends_with("*")) {
                families_.emplace_back(path.substr(0, path.size() - 1), &entry);
            } else {
                exact_.emplace(path, &entry);
            }
        }
    }

    [[nodiscard]] const PathRule* find(std::string_view path) const {
        if (const auto found = exact_.find(path); found != exact_.end()) return found->second;
        // What an object does that such a function returned was told when it was made.
        if (path.find_first_of("([") != std::string_view::npos) return nullptr;
        for (const auto& [prefix, entry] : families_) {
            if (path.starts_with(prefix) && path.find('.', prefix.size()) == path.npos)
                return entry;
        }
        for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
             dot = path.rfind('.', dot - 1)) {
            if (const auto found = modules_.find(path.substr(0, dot)); found != modules_.end())
                return found->second;
        }
        return nullptr;
    }

  private:
    std::unordered_map<std::string_view, const PathRule*> exact_;
    std::unordered_map<std::string_view, const PathRule*> modules_;
    std::vector<std::pair<std::string_view, const PathRule*>> families_;
};

template <typename List>
const PathRule* find_in(const List& list, std::string_view path) {
    const auto found = std::find_if(std::begin(list), std::end(list),
                                    [&](const PathRule& entry) { return entry.path == path; });
    return found == std::end(list) ? nullptr : found;
}

template <typename List>
bool holds(const List& list, std::string_view name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace

std::span<const ScriptRule> script_rules() {
    return rules;
}

std::vector<std::string> rule_ids() {
    std::vector<std::string> ids;
    for (const auto& rule : rules)
        ids.emplace_back(rule.id);
    return ids;
}

const ScriptRule& describe_rule(Rule rule) {
    return rules[static_cast<std::size_t>(rule)];
}

const PathRule* find_path_rule(std::string_view path) {
    static const PathIndex index;
    return index.find(path);
}

const PathRule* find_module_rule(std::string_view module) {
    for (auto end = module.size(); end != std::string_view::npos && end > 0;
         end = module.rfind('.', end - 1)) {
        if (const auto* found = find_in(module_rules, module.substr(0, end))) return found;
    }
    return nullptr;
}

const PathRule* find_method_rule(std::string_view method) {
    return find_in(method_rules, method);
}

const PathRule* find_operator_rule(std::string_view id) {
    if (id.find('.') == std::string_view::npos) return nullptr;
    const auto* entry = find_path_rule(std::string("bpy.ops.").append(id));
    return entry != nullptr && entry->rule == Rule::blender_run ? entry : nullptr;
}

bool is_dangerous_dunder(std::string_view name) {
    static_assert(std::is_sorted(std::begin(dunders), std::end(dunders)));
    return std::binary_search(std::begin(dunders), std::end(dunders), name);
}

bool is_dangerous_name(std::string_view name) {
    return holds(dangerous_names, name) || is_dangerous_dunder(name);
}

bool is_sensitive_module(std::string_view path) {
    return holds(sensitive_modules, path);
}

}  // namespace blender_mcpd::guard
