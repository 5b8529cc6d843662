# SPDX-License-Identifier: Apache-2.0
"""libquasimodem as others use it: installed, found by CMake and by pkg-config, from C and from Python."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, PYTHON, SOURCE, WATCHDOG

BUILD = Path(PROGRAM).parent
RECIPE = SOURCE / "docs/recipes/in-process"

pytestmark = pytest.mark.skipif(not (BUILD / "CMakeCache.txt").exists(), reason="the program is not in its build directory")


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=2 * WATCHDOG, text=True, **options
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def of_build(name):
    return re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)[1]


def sanitized():
    return of_build("QUASIMODEM_SANITIZE") == "ON"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The component `library` of the build that is tested, under a prefix of its own."""
    tree = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", BUILD, "--prefix", tree, "--component", "library")
    return tree


@pytest.fixture(scope="module")
def library(installed):
    return installed / "lib/libquasimodem.so.0"


def functions_of_header():
    text = (SOURCE / "emulator/library/quasimodem.h").read_text()
    return set(re.findall(r"^QM_API [^;]*?\b(qm_\w+)\(", text, re.MULTILINE))


def test_installed_is_what_a_user_needs(installed):
    files = {str(path.relative_to(installed)) for path in installed.rglob("*") if not path.is_dir()}
    version = re.search(r"^Version: (.*)$", (installed / "lib/pkgconfig/quasimodem.pc").read_text(), re.MULTILINE)[1]
    package = {name for name in files if name.startswith("lib/cmake/quasimodem/")}
    assert {Path(name).name for name in package} >= {"quasimodemConfig.cmake", "quasimodemConfigVersion.cmake"}
    libraries = {f"lib/libquasimodem.so{end}" for end in ("", ".0", f".{version}")}
    assert files - package == libraries | {"include/quasimodem.h", "lib/pkgconfig/quasimodem.pc"}


def test_the_library_shows_its_functions_and_nothing_else(library):
    shown = run("nm", "-D", "--defined-only", library)
    names = {line.split()[-1].partition("@")[0] for line in shown.splitlines() if " A " not in line}
    assert names == functions_of_header()
    assert "SONAME               libquasimodem.so.0\n" in run("objdump", "-p", library)


def test_the_header_is_plain_c_and_cpp(installed, tmp_path):
    for compiler, standard, name in (("C", "c99", "a.c"), ("CXX", "c++11", "a.cpp")):
        (tmp_path / name).write_text("#include <quasimodem.h>\nint f(qm_module *m) { return qm_line(m, QM_CTS); }\n")
        options = (f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{installed}/include")
        run(of_build(f"CMAKE_{compiler}_COMPILER"), *options, tmp_path / name)


def test_the_recipe(installed, tmp_path):
    """By the line of its comment, with the build's own compiler: a sanitized library needs that one's run-time library."""
    directory = tmp_path / "in-process"
    shutil.copytree(RECIPE, directory)
    text = (directory / "CMakeLists.txt").read_text()
    (line,) = re.findall(r"^#   (cmake .*)$", text, re.MULTILINE)
    assert "-DCMAKE_PREFIX_PATH=DIR" in text and "CMAKE_GENERATOR=Ninja" in text
    environment = {
        **os.environ,
        "CC": of_build("CMAKE_C_COMPILER"),
        "CFLAGS": "-Wall -Wextra -Wpedantic -Werror",
        "CMAKE_GENERATOR": of_build("CMAKE_GENERATOR"),
        "CMAKE_PREFIX_PATH": str(installed),
    }
    said = run("sh", "-c", line, cwd=directory, env=environment)
    assert "100% tests passed" in said
    said = run(directory / "build/test_driver", cwd=directory)
    assert said.endswith("all well, twice, with the same bytes at the same times\n")
    assert re.search(r"^90 s took \d+ us$", said, re.MULTILINE)


def test_the_documents_show_the_recipe(installed, tmp_path):
    """The first program of README.md is whole, and says what stands below it."""
    text = (RECIPE / "README.md").read_text()
    program, said = re.findall(r"^```c\n(.*?)^```.*?^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0]
    (tmp_path / "first.c").write_text(program)
    environment = {**os.environ, "PKG_CONFIG_PATH": str(installed / "lib/pkgconfig")}
    if shutil.which("pkg-config"):
        flags = run("pkg-config", "--cflags", "--libs", "quasimodem", env=environment).split()
    else:
        flags = [f"-I{installed}/include", f"-L{installed}/lib", "-lquasimodem"]
    if sanitized():
        flags.append("-fsanitize=address,undefined")
        flags += ["-fsanitize-link-c++-runtime", "-lstdc++"] if "clang" in of_build("CMAKE_C_COMPILER") else []
    run(of_build("CMAKE_C_COMPILER"), "-o", tmp_path / "first", tmp_path / "first.c", *flags)
    assert run(tmp_path / "first", env={**os.environ, "LD_LIBRARY_PATH": str(installed / "lib")}) == said


BY_CTYPES = """
import ctypes, json, sys

qm = ctypes.CDLL(sys.argv[1])
qm.qm_error_text.restype = ctypes.c_char_p
qm.qm_now.restype = ctypes.c_uint64
qm.qm_readable.restype = ctypes.c_size_t
for name in ("qm_advance", "qm_wait"):
    getattr(qm, name).argtypes = [ctypes.c_void_p, ctypes.c_uint64]
module = ctypes.c_void_p()

def check(result):
    assert result == 0, (result, qm.qm_error_text())

def take():
    buffer = ctypes.create_string_buffer(qm.qm_readable(module))
    size = ctypes.c_size_t()
    check(qm.qm_read(module, buffer, ctypes.c_size_t(len(buffer)), ctypes.byref(size)))
    return buffer.raw[:size.value]

def ask(line, time=60_000_000):
    check(qm.qm_write(module, line + b"\\r", ctypes.c_size_t(len(line) + 1)))
    check(qm.qm_advance(module, time))
    return take()

heard = []

@ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
def received(user, connection, data, size):
    heard.append(ctypes.string_at(data, size))
    check(qm.qm_send(ctypes.c_void_p(connection), b"world", ctypes.c_size_t(5)))

class Server(ctypes.Structure):
    _fields_ = [("user", ctypes.c_void_p), ("connected", ctypes.c_void_p), ("received", type(received)), ("closed", ctypes.c_void_p)]

assert qm.qm_open(b"[module]\\nmodel = 'm96'", ctypes.byref(module)) == 2 and b"m95" in qm.qm_error_text()
check(qm.qm_open(b"[module]\\nmodel = 'm85'\\n", ctypes.byref(module)))
check(qm.qm_advance(module, 60_000_000))
assert ask(b"ATE0").endswith(b"\\r\\nOK\\r\\n")
server = Server(received=received)
check(qm.qm_serve_tcp(module, b"peer.test", 80, ctypes.byref(server)))
for line in (b"AT+QIREGAPP", b"AT+QIACT", b"AT+QILOCIP"):
    last = ask(line)
assert last == b"\\r\\n10.1.83.188\\r\\n", last
assert ask(b'AT+QIOPEN="TCP","peer.test",80') == b"\\r\\nOK\\r\\n\\r\\nCONNECT OK\\r\\n"
assert ask(b"AT+QISEND=5") == b"\\r\\n> "
check(qm.qm_write(module, b"hello", ctypes.c_size_t(5)))
check(qm.qm_advance(module, 1_000_000))
assert heard == [b"hello"] and take() == b"\\r\\nSEND OK\\r\\nworld"
answer = ctypes.c_char_p()
check(qm.qm_call(module, b'{"id":1,"method":"state"}', ctypes.byref(answer)))
print(json.loads(answer.value)["result"]["model"], qm.qm_now(module))
qm.qm_free(answer)
qm.qm_close(module)
"""


def test_python_by_ctypes(library):
    environment = dict(os.environ)
    if sanitized():  # their run-time library comes first; what Python itself leaks is nobody's concern
        clang = "clang" in of_build("CMAKE_CXX_COMPILER")
        names = ["libclang_rt.asan-x86_64.so"] if clang else ["libasan.so", "libubsan.so"]
        compiler = of_build("CMAKE_CXX_COMPILER")
        environment["LD_PRELOAD"] = " ".join(run(compiler, f"-print-file-name={name}").strip() for name in names)
        environment["ASAN_OPTIONS"] = "detect_leaks=0"
    said = run(PYTHON, "-B", "-c", BY_CTYPES, library, env=environment)
    assert said == run(PYTHON, "-B", "-c", BY_CTYPES, library, env=environment)
    assert said.startswith("M85 ")
