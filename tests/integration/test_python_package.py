# SPDX-License-Identifier: Apache-2.0
"""The Python package: its own tests, its examples, and all the ways it is installed, without a network."""

import gzip
import os
import re
import shutil
import subprocess
import tarfile
import tomllib
import zipfile

import pytest
import yaml
from support import PROGRAM, PYTHON, SOURCE, WATCHDOG

PACKAGE = SOURCE / "python"
VERSION = re.search(r"^project\(quasimodem VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
DOCUMENTS = ["docs/python.md", "python/README.md"]

# In the place of what the documents call ./my-device.
DEVICE = SOURCE / "docs/recipes/pytest/device"


def has(module):
    done = subprocess.run([PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL, timeout=WATCHDOG)
    return done.returncode == 0


def needs(module, package):
    return pytest.mark.skipif(not has(module), reason=f"{package} is not installed")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Nothing of the user's, and no network for pip: not even a question for a newer one."""
    home = tmp_path_factory.mktemp("home")
    foreign = ("QUASIMODEM", "PYTEST", "PIP_", "PYTHON", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **kept,
        "HOME": str(home),
        "QUASIMODEM": PROGRAM,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
    }


def run(*command, code=0, **options):
    done = subprocess.run(
        list(map(str, command)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2 * WATCHDOG,
        **options,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The package's source, where a build may write what it likes; beside it somebody else's licence."""
    tree = tmp_path_factory.mktemp("source")
    left_out = shutil.ignore_patterns("__pycache__", "build", "*.egg-info", ".*")
    shutil.copytree(PACKAGE, tree / "python", ignore=left_out)
    (tree / "LICENSE").write_text("All rights reserved.\n")
    return tree / "python"


@pytest.fixture(scope="module")
def venv(environment, copy, tmp_path_factory):
    """A virtual environment in which `pip install ./python` was typed; pytest and pyserial are the system's."""
    if not has("pip"):
        pytest.skip("python3-pip is not installed")
    place = tmp_path_factory.mktemp("venv")
    run(PYTHON, "-m", "venv", "--without-pip", "--system-site-packages", place, env=environment)
    run(place / "bin/python", "-m", "pip", "install", "./python", env=environment, cwd=copy.parent)
    return place


def pytest_of(python, *arguments, **options):
    return run(python, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", *arguments, **options)


def from_source(environment):
    return {**environment, "PYTHONPATH": str(PACKAGE), "PYTEST_PLUGINS": "quasimodem.pytest_plugin"}


# ---- its own tests ----


def test_installed_by_pip(venv, environment, tmp_path):
    """The plugin is found by its entry point."""
    said = pytest_of(venv / "bin/python", f"--basetemp={tmp_path}/t", PACKAGE / "tests", env=environment, cwd=tmp_path)
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said
    where = "import quasimodem; print(quasimodem.__file__)"
    assert run(venv / "bin/python", "-c", where, env=environment).startswith(str(venv))


@pytest.mark.parametrize("how", ["environment", "conftest", "option"])
def test_installed_and_named_too(venv, environment, tmp_path, how):
    """It is one plugin, not two of the same name."""
    name = "quasimodem.pytest_plugin"
    (tmp_path / "test_it.py").write_text("def test_it(modem): assert modem.running\n")
    (tmp_path / "conftest.py").write_text(f"pytest_plugins = ['{name}']\n" if how == "conftest" else "")
    options = ["-p", name] if how == "option" else []
    more = {"PYTEST_PLUGINS": name} if how == "environment" else {}
    said = pytest_of(
        *(venv / "bin/python", f"--basetemp={tmp_path}/t", *options, tmp_path),
        env={**environment, **more},
        cwd=tmp_path,
    )
    assert re.search(r"^1 passed", said, re.MULTILINE), said


def test_from_its_source(environment, tmp_path):
    """Only the part that differs: how the plugin comes in."""
    said = pytest_of(
        *(PYTHON, f"--basetemp={tmp_path}/t", PACKAGE / "tests/test_pytest_plugin.py"),
        env=from_source(environment),
        cwd=tmp_path,
    )
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said


# ---- the examples ----


def examples(document):
    return re.findall(r"^```python\n(.*?)^```$", (SOURCE / document).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples(environment, tmp_path, document):
    """As they stand there: those with tests under pytest, the others as a script."""
    shutil.copy(DEVICE, tmp_path / "my-device")
    tests = scripts = 0
    for number, example in enumerate(examples(document)):
        file = tmp_path / f"test_{number}.py"
        file.write_text(example)
        if "def test_" in example:
            tests += 1
            pytest_of(PYTHON, f"--basetemp={tmp_path}/t", file, env=from_source(environment), cwd=tmp_path)
        else:
            scripts += 1
            run(PYTHON, "-W", "error", file, env=from_source(environment), cwd=tmp_path)
    assert tests >= 1 and (scripts >= 1 or document != "docs/python.md")


def test_the_document_names_everything():
    """Each public name of Module, each error and each fixture stands in docs/python.md."""
    text = (SOURCE / "docs/python.md").read_text()
    source = (PACKAGE / "quasimodem/module.py").read_text()
    module = source[source.index("\nclass Module:") :]
    names = re.findall(r"^    def ([a-z]\w*)", module, re.MULTILINE)
    names += re.findall(r"^class (\w+)", (PACKAGE / "quasimodem/errors.py").read_text(), re.MULTILINE)
    assert len(names) > 20
    for name in names:
        assert re.search(rf"\b{name}\b", text), name


# ---- the package ----


def test_version_is_that_of_the_program():
    own = re.search(r'^__version__ = "(.*)"$', (PACKAGE / "quasimodem/__init__.py").read_text(), re.MULTILINE)[1]
    assert own == VERSION


def test_it_needs_nothing_to_be_built():
    assert tomllib.loads((PACKAGE / "pyproject.toml").read_text())["build-system"]["requires"] == []


def test_python_3_9_can_read_it():
    """No syntax that came later. Names of the library: mypy, below."""
    check = "import ast, sys; [ast.parse(open(name).read(), name, feature_version=(3, 9)) for name in sys.argv[1:]]"
    run(PYTHON, "-c", check, PACKAGE / "build_backend.py", *(PACKAGE / "quasimodem").glob("*.py"))


@needs("mypy", "python3-mypy")
def test_types(tmp_path):
    assert "no issues found" in run(PYTHON, "-m", "mypy", "--cache-dir", tmp_path, cwd=PACKAGE)


@pytest.mark.parametrize("options", [(), ("--no-build-isolation",), ("--editable",)])
@needs("pip", "python3-pip")
def test_pip_without_a_network(environment, copy, tmp_path, options):
    """In an environment with nothing in it: neither setuptools nor pytest."""
    run(PYTHON, "-m", "venv", "--without-pip", tmp_path / "venv", env=environment)
    python = tmp_path / "venv/bin/python"
    run(PYTHON, "-m", "pip", "--python", python, "install", *options, "./python", env=environment, cwd=copy.parent)
    says = "import quasimodem; print(quasimodem.__version__, quasimodem.Module().running)"
    assert run(python, "-c", says, env=environment) == f"{VERSION} False\n"
    run(PYTHON, "-m", "pip", "--python", python, "uninstall", "--yes", "quasimodem", env=environment)
    assert "No module named 'quasimodem'" in run(python, "-c", says, code=1, env=environment)


@needs("pip", "python3-pip")
def test_a_wheel_from_the_sdist(environment, copy, tmp_path):
    """The same bytes each time, and from the sdist the same files as from the tree."""
    build = "import sys, build_backend; print(getattr(build_backend, sys.argv[1])(sys.argv[2]))"
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        for what in ("build_wheel", "build_sdist"):
            run(PYTHON, "-c", build, what, tmp_path / place, env=environment, cwd=copy)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
    (wheel,) = (tmp_path / "one").glob("*.whl")
    (sdist,) = (tmp_path / "one").glob("*.tar.gz")
    assert wheel.name == f"quasimodem-{VERSION}-py3-none-any.whl" and sdist.name == f"quasimodem-{VERSION}.tar.gz"
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist")
    (tmp_path / "three").mkdir()
    source = tmp_path / f"sdist/quasimodem-{VERSION}"
    run(PYTHON, "-c", build, "build_wheel", tmp_path / "three", env=environment, cwd=source)
    with zipfile.ZipFile(wheel) as tree, zipfile.ZipFile(tmp_path / "three" / wheel.name) as again:
        names = set(tree.namelist())
        assert {"quasimodem/module.py", "quasimodem/py.typed"} <= names
        assert names == set(again.namelist())
        for name in names:
            assert again.read(name) == tree.read(name), name
        assert tree.read(f"quasimodem-{VERSION}.dist-info/LICENSE") == (SOURCE / "LICENSE").read_bytes()


def test_its_licence_is_that_of_the_project():
    """A link would not be whole in an sdist."""
    licence = PACKAGE / "LICENSE"
    assert not licence.is_symlink() and licence.read_bytes() == (SOURCE / "LICENSE").read_bytes()


def test_the_wheel_of_a_release(environment, copy, tmp_path):
    """As tools/package makes it: in build/package and in SHA256SUMS, and what is imported says its version."""
    script = (SOURCE / "tools/package").read_text()
    make = re.search(r"^make_wheel\(\) \{\n.*?^\}\n", script, re.MULTILINE | re.DOTALL)[0]
    assert re.search(r"^if wants python; .*make_wheel; fi$", script, re.MULTILINE)
    sums = re.search(r"^\(cd \"\$out\" && sha256sum .*$", script, re.MULTILINE)[0]
    (tmp_path / "out").mkdir()
    start = f"set -euo pipefail; shopt -s nullglob; version=0.1.0+12.gabc1234 out={tmp_path}/out\n"
    run("bash", "-c", f"{start}{make}make_wheel\n{sums}", env=environment, cwd=copy.parent)
    wheel = "quasimodem-0.1.0+12.gabc1234-py3-none-any.whl"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {wheel, "SHA256SUMS"}
    assert run("sha256sum", "--check", "SHA256SUMS", cwd=tmp_path / "out") == f"{wheel}: OK\n"
    says = "import quasimodem, importlib.metadata as it; print(quasimodem.__version__, it.version('quasimodem'))"
    done = run(PYTHON, "-c", says, env={**environment, "PYTHONPATH": str(tmp_path / "out" / wheel)})
    assert done == "0.1.0+12.gabc1234 0.1.0+12.gabc1234\n"


def test_a_release_takes_the_wheel_along(tmp_path):
    package = yaml.safe_load((SOURCE / ".github/workflows/package.yml").read_text())["jobs"]["release"]
    (script,) = [step["run"] for step in package["steps"] if step.get("name", "").startswith("One folder")]
    folder = tmp_path / "package/debian-12"
    folder.mkdir(parents=True)
    wheel = "quasimodem-0.1.0-py3-none-any.whl"
    names = {wheel, "python3-quasimodem_0.1.0_all.deb", "quasimodem-0.1.0-linux-x86_64.tar.xz"}
    for name in names | {"quasimodem_0.1.0_amd64.deb", "SHA256SUMS"}:
        (folder / name).write_text(name)
    run("bash", "-e", "-o", "pipefail", "-c", script, cwd=tmp_path)
    assert names < {path.name for path in (tmp_path / "release").iterdir()}
    assert f"{wheel}: OK\n" in run("sha256sum", "--check", "SHA256SUMS", cwd=tmp_path / "release")


def test_how_a_release_is_made_names_both_versions():
    assert "python/quasimodem/__init__.py" in (SOURCE / "CONTRIBUTING.md").read_text()


def test_a_version_that_is_none(copy, tmp_path):
    said = run(copy / "make_deb", "0.1.0-dirty", tmp_path, code=1)
    assert '"0.1.0-dirty" is no version' in said and not list(tmp_path.iterdir())


# ---- the Debian package ----


@pytest.fixture(scope="module")
def deb(copy, environment, tmp_path_factory):
    if not shutil.which("dpkg-deb"):
        pytest.skip("dpkg-deb is not installed")
    place = tmp_path_factory.mktemp("deb")
    epoch = {**environment, "SOURCE_DATE_EPOCH": "1700000000"}
    deb = place / "out/python3-quasimodem_0.1.0+12.gabc1234_all.deb"
    for folder in ("out", "again"):
        said = run(copy / "make_deb", "0.1.0+12.gabc1234", folder, env=epoch, cwd=place)
        assert said == f"{folder}/{deb.name}\n"
    assert deb.read_bytes() == (place / "again" / deb.name).read_bytes()
    return deb


def test_deb_says_what_it_is(deb):
    control = run("dpkg-deb", "--field", deb)
    assert dict(re.findall(r"^([\w-]+): (.*)$", control, re.MULTILINE)) | {"Installed-Size": ""} == {
        "Package": "python3-quasimodem",
        "Source": "quasimodem",
        "Version": "0.1.0+12.gabc1234",
        "Architecture": "all",
        "Section": "python",
        "Priority": "optional",
        "Maintainer": "quasimodem maintainers <maintainers@quasimodem.invalid>",
        "Installed-Size": "",
        "Depends": "python3 (>= 3.9), python3:any",
        "Recommends": "quasimodem, python3-pytest, python3-serial",
        "Breaks": "python3-pytest (<< 7)",
        "Description": "emulated Quectel GSM modules in Python tests",
    }


def test_deb_brings_the_plugin(deb, environment, tmp_path):
    """Unpacked, the entry point works, and pytest's own list names the version."""
    run("dpkg-deb", "--extract", deb, tmp_path / "root")
    modules = tmp_path / "root/usr/lib/python3/dist-packages"
    changelog = gzip.decompress((tmp_path / "root/usr/share/doc/python3-quasimodem/changelog.gz").read_bytes()).decode()
    assert changelog.startswith("quasimodem (0.1.0+12.gabc1234) unstable;") and "14 Nov 2023" in changelog
    says = "import quasimodem; print(quasimodem.__version__)"
    assert run(PYTHON, "-c", says, env={**environment, "PYTHONPATH": str(modules)}) == "0.1.0+12.gabc1234\n"
    (tmp_path / "test_it.py").write_text("def test_it(modem): assert modem.running\n")
    said = run(
        *(PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={tmp_path}/t", tmp_path / "test_it.py"),
        env={**environment, "PYTHONPATH": str(modules)},
    )
    assert "quasimodem-0.1.0+12.gabc1234" in said and "1 passed" in said, said


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_accepts_it(deb):
    assert run("lintian", "--fail-on", "error,warning", "--allow-root", deb) == ""
