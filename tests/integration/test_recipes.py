# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/recipes, run as a user would: from a copy, with the program on the PATH."""

import json
import os
import re
import shutil
import socket
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


@needs("clang")
@needs("ld.lld")
@needs("qemu-system-arm")
@pytest.mark.parametrize(
    "profile, address, code", [("instant", "10.1.83.188", 0), ("lab", "10.1.83.188", 0), ("instant", "10.64.0.9", 1)]
)
def test_qemu(recipe, profile, address, code):
    """A real machine, by the commands that its firmware names. With another address than it expects it does not end. In
    profile lab it has to wait for the network."""
    recipe.environment["QUASIMODEM_PROFILE"] = profile
    text = (recipe("qemu").directory / "firmware.c").read_text().replace("\\\n//", "")
    build, start = re.findall(r"^//   (.*)$", text, re.MULTILINE)
    built, said = recipe.run("sh", "-c", build)
    assert built == 0, said
    wrapper = (recipe.directory / "run").read_text()
    options = f" --apn-local {address} --fail 10.64.0.9 -- "
    (recipe.directory / "run").write_text(wrapper.replace(" -- ", options))
    ended, said = recipe.run("sh", "-c", start)
    assert ended == code, said


@needs("systemd-analyze")
def test_systemd(recipe):
    recipe("systemd")
    _, said = recipe.run("systemd-analyze", "verify", "--user", "--man=no", "quasimodem@m95.service")
    assert "quasimodem@" not in said, said


def test_the_command_of_the_unit(recipe, world, tmp_path):
    """As systemd starts it: the instance for %i, and READY=1 is what it waits for."""
    unit = (recipe("systemd").directory / "quasimodem@.service").read_text()
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].replace("%i", "lab-1").split()
    assert "Type=notify" in unit.splitlines()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(WATCHDOG)
        systemd.bind(str(tmp_path / "notify"))
        environment = {**recipe.environment, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert b"READY=1" in systemd.recv(4096).split(b"\n")
            # Where its second comment says.
            assert (world.runtime / "quasimodem/lab-1").is_char_device()
        finally:
            process.terminate()
            assert process.wait(WATCHDOG) == 0
            process.stdout.close()


# ---- containers: not to be had here, but what they would start is ----


@pytest.fixture
def dockerfile():
    """The instructions, `(NAME, argument)`; lines that go on are joined."""
    text = re.sub(r"\\\n", " ", (RECIPES / "docker/Dockerfile").read_text())
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line and not line.startswith("#")]


def last(dockerfile, instruction):
    return [argument for name, argument in dockerfile if name == instruction][-1]


def load(file):
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
    documents = list(yaml.safe_load_all((RECIPES / file).read_text()))
    assert documents and all(isinstance(document, dict) for document in documents)
    return documents


def any_port(command):
    """The command of a container, its port not the one that somebody else may have."""
    assert command[0] == "quasimodem"
    return [re.sub(r"^((?:rfc2217:)?)0\.0\.0\.0:\d+$", r"\g<1>127.0.0.1:0", word) for word in command[1:]]


def starts(world, command):
    program = world.start(*any_port(command))
    assert program.read_line().startswith("ready "), command
    return program


def test_dockerfile(dockerfile):
    """It builds with commands that there are, and the image does not run as root."""
    assert [argument for name, argument in dockerfile if name == "FROM"] == ["debian:12 AS build", "debian:12-slim"]
    names = [name for name, _ in dockerfile]
    assert names.count("USER") == 1 and names.index("USER") > names.index("FROM", 1)
    assert int(last(dockerfile, "USER")) > 0
    runs = " && ".join(argument for name, argument in dockerfile if name == "RUN")
    assert {f"useradd --uid {last(dockerfile, 'USER')}"} <= {" ".join(run.split()[:3]) for run in runs.split(" && ")}
    for run in runs.split(" && "):
        program = run.split()[0]
        assert (SOURCE / program).exists() if "/" in program else program in "apt-get cmake cpack rm useradd".split()
    presets = json.loads((SOURCE / "CMakePresets.json").read_text())
    assert "release" in [preset["name"] for preset in presets["configurePresets"]]
    ignored = (RECIPES / "docker/Dockerfile.dockerignore").read_text().splitlines()
    assert "build" in ignored and ".cache" not in ignored


def test_container(dockerfile, world):
    """ENTRYPOINT and CMD start a module that HEALTHCHECK finds well, and not well when it has gone."""
    program = starts(world, json.loads(last(dockerfile, "ENTRYPOINT")) + json.loads(last(dockerfile, "CMD")))
    health = json.loads(last(dockerfile, "HEALTHCHECK").partition("CMD ")[2])
    assert health[:2] == ["quasimodem", "wait"]
    assert world.run(*health[1:]).returncode == 0
    program.stop()
    assert world.run("wait", "--timeout", "0s").returncode == 124


def test_compose(dockerfile, world):
    (compose,) = load("docker/compose.yaml")
    services = compose["services"]
    entrypoint = json.loads(last(dockerfile, "ENTRYPOINT"))
    for service in services.values():
        for needed in service.get("depends_on", {}):
            assert needed in services
        if service.get("image") == "quasimodem":
            starts(world, service.get("entrypoint", entrypoint) + service["command"])
    # The module's server is the service, at the port where that listens; the tests' module at the port it has.
    assert services["modem"]["command"][-1].endswith("=tls:" + services["tls"]["command"][-1].rpartition(":")[2])
    assert services["tests"]["environment"]["SERIAL_URL"] == "rfc2217://modem:" + entrypoint[-1].rpartition(":")[2]
    # `wait` finds no module in a container that has only a server.
    assert services["tls"]["healthcheck"]["disable"] is True
    assert services["tests"]["depends_on"]["modem"]["condition"] == "service_healthy"


@needs("docker")
def test_compose_by_docker(recipe):
    recipe("docker")
    if recipe.run("docker", "compose", "version")[0] != 0:
        pytest.skip("docker compose is not installed")
    code, said = recipe.run("docker", "compose", "--file", "compose.yaml", "config", "--quiet")
    assert code == 0, said


def test_kubernetes(dockerfile, world):
    service, modules = load("kubernetes/modules.yaml")
    template = modules["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert (service["kind"], modules["kind"]) == ("Service", "StatefulSet")
    assert modules["spec"]["serviceName"] == service["metadata"]["name"]
    labels = template["metadata"]["labels"]
    assert labels == modules["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    (port,) = container["ports"]
    assert str(port["containerPort"]) == last(dockerfile, "EXPOSE") == str(service["spec"]["ports"][0]["port"])
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    starts(world, json.loads(last(dockerfile, "ENTRYPOINT")) + container["args"] + ["--time-scale", "1000"])
    probe = container["readinessProbe"]["exec"]["command"]
    assert probe[0] == "quasimodem" and world.run(*probe[1:]).returncode == 0


def test_github(recipe, tmp_path):
    """Every step that runs something, in order, in a checkout where the build has been done."""
    (workflow,) = load("github/device-tests.yaml")
    recipe("github")
    checkout = recipe.directory / "quasimodem"
    stand_ins = tmp_path / "stand-ins"
    stand_ins.mkdir()
    for path, script in (
        (checkout / "tools/run", f'test "$*" = --version && mkdir -p build/release && ln -s "{PROGRAM}" build/release/'),
        (stand_ins / "sudo", 'test "$1" = apt-get'),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh -e\ncd "$(dirname "$0")/.."\n{script}\n')
        path.chmod(0o755)
    tests = recipe.directory / "tests/device"
    tests.mkdir(parents=True)
    (tests / "test_it.py").write_text("import os\ndef test_it():\n    assert os.path.exists(os.environ['QUASIMODEM_TTY'])\n")
    recipe.environment = {**recipe.environment, "GITHUB_PATH": str(tmp_path / "path"), "PYTHONDONTWRITEBYTECODE": "1"}
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["uses"] for step in steps if "uses" in step] == ["actions/checkout@v4"] * 2
    said = ""
    for step in steps:
        if "run" not in step:
            continue
        added = (tmp_path / "path").read_text().split() if (tmp_path / "path").exists() else []
        recipe.environment["PATH"] = ":".join([str(stand_ins), *added, os.environ["PATH"]])
        code, said = recipe.run("bash", "-e", "-o", "pipefail", "-c", step["run"])
        assert code == 0, (step, said)
    assert "1 passed" in said


def test_renode(world):
    """Our end of it: a client of Renode's socket."""
    script = (RECIPES / "renode/m95.resc").read_text()
    port = re.search(r"^emulation CreateServerSocketTerminal (\d+) ", script, re.MULTILINE)[1]
    command = re.search(r"^#   quasimodem (run .*)$", script, re.MULTILINE)[1]
    assert command.endswith(f" tcp:127.0.0.1:{port}")
    with socket.create_server(("127.0.0.1", 0)) as renode:
        renode.settimeout(WATCHDOG)
        world.start(*command.replace(port, str(renode.getsockname()[1])).split(), "--profile", "instant")
        uart, _ = renode.accept()
        with uart:
            uart.settimeout(WATCHDOG)
            uart.sendall(b"ATE0\r")
            said = b""
            while not said.endswith(b"\r\nOK\r\n"):
                said += uart.recv(4096)


def test_every_recipe_is_in_the_list():
    listed = (RECIPES / "README.md").read_text()
    for directory in RECIPES.iterdir():
        assert directory.name == "README.md" or f"]({directory.name}/" in listed
