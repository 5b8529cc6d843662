# SPDX-License-Identifier: Apache-2.0
"""The recipes of docs/recipes, run as a user would: from a copy, with the program on the PATH."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from support import PROGRAM, PYTHON, SOURCE, WATCHDOG, wait_until

RECIPES = SOURCE / "docs/recipes"
IMAGE = "ghcr.io/quasimodem/quasimodem:latest"


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
    """With the package as docs/python.md has it for those who do not install it; test_python_package installs it."""
    recipe.environment.update(PYTHONPATH=str(SOURCE / "python"), PYTEST_PLUGINS="quasimodem.pytest_plugin")
    code, said = recipe("pytest").run(PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q")
    assert code == 0 and "2 passed" in said, said


@needs("cmake")
@pytest.mark.parametrize("generator, program", [("Ninja", "ninja"), ("Unix Makefiles", "make")])
def test_ctest(recipe, generator, program):
    """By the line of its comment, with each of the two alone."""
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    text = (recipe("ctest").directory / "CMakeLists.txt").read_text()
    (line,) = re.findall(r"^#   (cmake .*)$", text, re.MULTILINE)
    if generator == "Ninja":
        assert "CMAKE_GENERATOR=Ninja" in text
    recipe.environment["CMAKE_GENERATOR"] = generator
    code, said = recipe.run("sh", "-c", line)
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
    assert re.findall(r"^#   (.*)$", (recipe.directory / "run").read_text(), re.MULTILINE) == [start]
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
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].replace("%i", "lab-1").replace("%h", str(world.home)).split()
    # Where tools/install puts it.
    (world.home / ".local/bin").mkdir(parents=True)
    (world.home / ".local/bin/quasimodem").symlink_to(PROGRAM)
    assert "Type=notify" in unit.splitlines()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(WATCHDOG)
        systemd.bind(str(tmp_path / "notify"))
        environment = {**recipe.environment, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        log = tmp_path / "log"
        with log.open("w") as written:
            process = subprocess.Popen(
                command, cwd=world.home, env=environment, stdout=subprocess.PIPE, stderr=written
            )
        try:
            assert b"READY=1" in systemd.recv(4096).split(b"\n")
            # Where its comment says.
            assert (world.runtime / "quasimodem/lab-1").is_char_device()

            # systemctl reload, by a shell's own kill: Debian's is in a package that need not be there.
            (reload,) = re.findall(r"^ExecReload=(.*)$", unit, re.MULTILINE)
            assert reload.split()[0] == "/bin/kill"
            settings = world.home / ".config/quasimodem/config.toml"
            assert "# Its settings are in ~/.config/quasimodem/config.toml;" in unit
            settings.parent.mkdir(parents=True)
            settings.write_text("[network]\ntime_scale = 10\n")
            recipe.run("sh", "-c", reload.replace("/bin/kill", "kill").replace("$MAINPID", str(process.pid)))
            wait_until(lambda: "changed: time-scale" in log.read_text(), "the new settings")
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
    """It installs the package into Debian 13, and the image does not run as root."""
    assert dockerfile[:2] == [("ARG", "BASE=debian:13-slim"), ("FROM", "${BASE}")]
    assert last(dockerfile, "COPY").split() == ["quasimodem_*.deb", "/package/"]
    names = [name for name, _ in dockerfile]
    assert names.count("FROM") == names.count("USER") == 1
    assert int(last(dockerfile, "USER")) > 0
    runs = " && ".join(argument for name, argument in dockerfile if name == "RUN")
    assert {f"useradd --uid {last(dockerfile, 'USER')}"} <= {" ".join(run.split()[:3]) for run in runs.split(" && ")}
    assert "apt-get install --yes --no-install-recommends /package/*.deb" in runs
    for run in runs.split(" && "):
        assert run.split()[0] in ("apt-get", "rm", "useradd")


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
    assert [name for name in services if services[name].get("image") == IMAGE] == ["modem", "tls"]
    entrypoint = json.loads(last(dockerfile, "ENTRYPOINT"))
    for service in services.values():
        for needed in service.get("depends_on", {}):
            assert needed in services
        if service.get("image") == IMAGE:
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
    assert container["image"] == IMAGE
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


def release(directory, name):
    """A stand-in for what tools/package makes: the tarball and SHA256SUMS."""
    program = directory / name / "bin/quasimodem"
    program.parent.mkdir(parents=True)
    program.symlink_to(PROGRAM)
    tarball = f"{name}.tar.xz"
    subprocess.run(["tar", "cJf", tarball, name], cwd=directory, check=True)
    digest = hashlib.sha256((directory / tarball).read_bytes()).hexdigest()
    (directory / "SHA256SUMS").write_text(f"{'0' * 64}  quasimodem_0.1.0_amd64.deb\n{digest}  {tarball}\n")


@pytest.mark.parametrize("intact", [True, False])
def test_github(recipe, tmp_path, intact):
    """Every step that runs something, in order, with a release in a folder. A tarball that is another one is not unpacked."""
    (workflow,) = load("github/device-tests.yaml")
    recipe("github")
    (job,) = workflow["jobs"].values()
    url, name = job["env"]["RELEASE"], job["env"]["PACKAGE"]
    assert url.startswith("https://") and url.endswith("/v" + name.split("-")[1])
    release(tmp_path, name)
    if not intact:
        with open(tmp_path / f"{name}.tar.xz", "ab") as tarball:
            tarball.write(b"\0\0\0\0")
    stand_ins = tmp_path / "stand-ins"
    stand_ins.mkdir()
    for program, script in (
        ("curl", f'for url in "$@"; do case $url in {url}/*) cp "{tmp_path}/${{url##*/}}" . ;; -*) ;; *) exit 9 ;; esac; done'),
        ("sudo", 'test "$1" = apt-get'),
    ):
        (stand_ins / program).write_text(f"#!/bin/sh -e\n{script}\n")
        (stand_ins / program).chmod(0o755)
    tests = recipe.directory / "tests/device"
    tests.mkdir(parents=True)
    (tests / "test_it.py").write_text("import os\ndef test_it():\n    assert os.path.exists(os.environ['QUASIMODEM_TTY'])\n")
    recipe.environment = {
        **{**recipe.environment, **job["env"]},
        **{"GITHUB_PATH": str(tmp_path / "path"), "PYTHONDONTWRITEBYTECODE": "1"},
    }
    assert [step["uses"] for step in job["steps"] if "uses" in step] == ["actions/checkout@v4"]
    said = ""
    for step in job["steps"]:
        if "run" not in step:
            continue
        added = (tmp_path / "path").read_text().split() if (tmp_path / "path").exists() else []
        recipe.environment["PATH"] = ":".join([str(stand_ins), *added, os.environ["PATH"]])
        code, said = recipe.run("bash", "-e", "-o", "pipefail", "-c", step["run"])
        if not intact:
            assert code != 0 and "FAILED" in said and not (tmp_path / "path").exists(), said
            return
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
