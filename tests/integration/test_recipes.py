# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/recipes, run as a user would: from a copy, with the program on the PATH."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, PYTHON, SOURCE, WATCHDOG

RECIPES = SOURCE / "docs/recipes"


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


@pytest.fixture
def recipe(world, tmp_path):
    """`recipe(name)` copies a recipe; `recipe.run(…)` runs a command there."""

    class Recipe:
        environment = {**world.environment, "PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}"}

        def __call__(self, name):
            self.directory = tmp_path / name
            shutil.copytree(RECIPES / name, self.directory)
            return self

        def run(self, *command):
            done = subprocess.run(
                list(map(str, command)),
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=WATCHDOG,
            )
            return done.returncode, done.stdout.decode(errors="replace")

    return Recipe()


def test_pytest(recipe):
    code, said = recipe("pytest").run(PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q")
    assert code == 0 and "2 passed" in said, said


def test_pytest_says_why_a_module_does_not_start(recipe):
    recipe("pytest")
    (recipe.directory / "test_device.py").write_text(
        "from conftest import Module\ndef test_it():\n    Module('--model', 'm9')\n"
    )
    code, said = recipe.run(PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q")
    assert code == 1 and 'unknown model "m9"' in said and "quasimodem did not start" in said, said


@needs("cmake")
def test_ctest(recipe):
    recipe("ctest")
    assert recipe.run("cmake", "-S", ".", "-B", "build")[0] == 0
    assert recipe.run("cmake", "--build", "build")[0] == 0
    code, said = recipe.run("ctest", "--test-dir", "build", "--output-on-failure")
    assert code == 0 and "100% tests passed" in said, said


@pytest.mark.parametrize(
    "name, option", [("qemu", "-chardev\nserial,id=m95,path={tty}\n-serial\nchardev:m95\n"), ("zephyr", "-uart_1_port={tty}\n")]
)
def test_the_machine_gets_the_port(recipe, name, option):
    recipe(name)
    machine = recipe.directory / "machine"
    machine.write_text('#!/bin/sh\ntest -c "$QUASIMODEM_TTY" || exit 9\necho "$QUASIMODEM_TTY"\nprintf "%s\\n" "$@"\nexit 5\n')
    machine.chmod(0o755)
    code, said = recipe.run("./run", "./machine", "-M", "board")
    tty, _, arguments = said.partition("\n")
    assert (code, arguments) == (5, "-M\nboard\n" + option.format(tty=tty))


@pytest.mark.parametrize("file", sorted(str(path.relative_to(RECIPES)) for path in RECIPES.rglob("*.yaml")))
def test_yaml(file):
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
    documents = list(yaml.safe_load_all((RECIPES / file).read_text()))
    assert documents and all(isinstance(document, dict) for document in documents)


@needs("systemd-analyze")
def test_systemd(recipe):
    recipe("systemd")
    _, said = recipe.run("systemd-analyze", "verify", "--user", "--man=no", "quasimodem@m95.service")
    assert "quasimodem@" not in said, said


def test_options_in_recipes_exist(world):
    """What the recipes that cannot run here give to the program is in its help."""
    help_text = world.run("--help").stdout.decode()
    peer_text = world.run("peer", "tls-echo", "--help").stdout.decode()
    for option in ("--ephemeral", "--profile", "--map", "--name", "--uart"):
        assert option in help_text
    assert "--listen" in peer_text


def test_every_recipe_is_in_the_list():
    listed = (RECIPES / "README.md").read_text()
    for directory in RECIPES.iterdir():
        assert directory.name == "README.md" or f"]({directory.name}/" in listed
