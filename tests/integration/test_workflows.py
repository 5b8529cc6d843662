# SPDX-License-Identifier: Apache-2.0
""".github/workflows, as far as they can be checked without the forge: they parse, what they name is there, and their commands
are commands."""

import json
import re
import subprocess

import pytest
from support import SOURCE, WATCHDOG

yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")

FILES = sorted((SOURCE / ".github/workflows").glob("*"))
# What a runner or a container has, or a step before has installed.
PROGRAMS = set("apt-get sudo tar ./quasimodem quasimodem docker gh sed grep mkdir mv cd sha256sum test echo timeout command".split())
# What steps make.
MADE = ("build/package", "build/release/generated/version.txt", "build/fuzz/")


def load(file):
    workflow = yaml.safe_load(file.read_text())
    workflow["on"] = workflow.pop(True)  # YAML 1.1 takes `on` for a truth value
    return workflow


def steps(job):
    return job.get("steps", [])


def commands(job):
    """The scripts of a job, `${{ … }}` with each value of the matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    variants = [
        *matrix.get("include", []),
        *({key: value} for key, values in matrix.items() if key != "include" for value in values),
    ] or [{}]
    for step in steps(job):
        for variant in variants:
            script = step.get("run", "")
            for key, value in variant.items():
                script = script.replace("${{ matrix.%s }}" % key, value)
            yield script


def jobs():
    return [pytest.param(job, id=f"{file.stem}-{name}") for file in FILES for name, job in load(file)["jobs"].items()]


def test_they_are_there():
    assert [file.name for file in FILES] == ["nightly.yml", "package.yml", "test.yml"]
    for file in FILES:
        workflow = load(file)
        assert workflow["permissions"] == {"contents": "read"} and workflow["on"] and workflow["jobs"]
        for name, job in workflow["jobs"].items():
            needs = job.get("needs", [])
            assert set([needs] if isinstance(needs, str) else needs) <= set(workflow["jobs"]) - {name}
            assert job["runs-on"] == "ubuntu-24.04" and job["timeout-minutes"] > 0


@pytest.mark.parametrize("job", jobs())
def test_actions_are_pinned(job):
    for step in steps(job):
        assert ("uses" in step) != ("run" in step), step
        if "uses" in step:
            assert re.fullmatch(r"actions/(checkout|(up|down)load-artifact)@v\d+\.\d+\.\d+", step["uses"]), step


@pytest.mark.parametrize("job", jobs())
def test_what_the_commands_name_is_there(job):
    for script in commands(job):
        assert "matrix." not in script
        for path in re.findall(r"(?<![\w./$}-])(?:tools|docs|build|cmake|\.github)/[\w./-]+", script):
            assert path.startswith(MADE) or (SOURCE / path).exists(), path
        for preset in re.findall(r"--preset[ =](\S+)", script):
            assert preset in [each["name"] for each in json.loads((SOURCE / "CMakePresets.json").read_text())["configurePresets"]]
        for what in re.findall(r"tools/package (.*)", script):
            assert set(what.split()) <= {"deb", "tarball", "python"}
        for line in script.replace("(", "").splitlines():
            word = line.split()[0]
            assert word in PROGRAMS or word.startswith("tools/") or "=" in word or word in ("for", "do", "done"), line


@pytest.mark.parametrize("job", jobs())
def test_commands_are_shell(job):
    for script in commands(job):
        done = subprocess.run(["bash", "-n"], input=script.encode(), stderr=subprocess.PIPE, timeout=WATCHDOG)
        assert (done.returncode, done.stderr) == (0, b""), script


def test_every_system_of_the_issue_is_tested():
    systems = {"debian:12", "debian:13", "ubuntu:24.04"}
    assert set(load(SOURCE / ".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]["image"]) == systems
    package = load(SOURCE / ".github/workflows/package.yml")["jobs"]
    assert {each["image"] for each in package["build"]["strategy"]["matrix"]["include"]} == systems
    # The tarball is for glibc 2.36, which is Debian 12's.
    assert [each["image"] for each in package["build"]["strategy"]["matrix"]["include"] if "tarball" in each["what"]] == ["debian:12"]
    assert systems <= set(package["tarball"]["strategy"]["matrix"]["image"])


def test_what_is_downloaded_was_uploaded():
    package = load(SOURCE / ".github/workflows/package.yml")["jobs"]
    uploaded = {each["system"] for each in package["build"]["strategy"]["matrix"]["include"]}
    for job in package.values():
        for step in steps(job):
            if "download-artifact" in step.get("uses", ""):
                name = step["with"].get("name", "debian-12")
                assert name in uploaded or name == "${{ matrix.system }}"
    assert {each["system"] for each in package["deb"]["strategy"]["matrix"]["include"]} == uploaded


def script_of(job, name):
    package = load(SOURCE / ".github/workflows/package.yml")["jobs"]
    (script,) = [step["run"] for step in steps(package[job]) if step.get("name") == name]
    return script


def run(script, directory, **environment):
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        **{"cwd": directory, "env": {"PATH": "/usr/bin:/bin", **environment}, "timeout": WATCHDOG},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT},
    )


def test_the_release_has_every_package(tmp_path):
    files = {
        "debian-12": ["quasimodem_1.2.3_amd64.deb", "python3-quasimodem_1.2.3_all.deb", "quasimodem-1.2.3-linux-x86_64.tar.xz", "SHA256SUMS"],
        "debian-13": ["quasimodem_1.2.3_amd64.deb", "SHA256SUMS"],
    }  # fmt: skip
    for system, names in files.items():
        (tmp_path / "package" / system).mkdir(parents=True)
        for name in names:
            (tmp_path / "package" / system / name).write_text(system)
    done = run(script_of("release", "One folder, each .deb with its system in its name"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert {path.name for path in (tmp_path / "release").iterdir()} == {
        *("quasimodem_1.2.3_amd64.debian-12.deb", "quasimodem_1.2.3_amd64.debian-13.deb"),
        *("python3-quasimodem_1.2.3_all.deb", "quasimodem-1.2.3-linux-x86_64.tar.xz", "SHA256SUMS"),
    }
    checked = run("sha256sum --check SHA256SUMS", tmp_path / "release")
    assert checked.returncode == 0 and checked.stdout.count(b": OK") == 4


def test_the_notes_are_those_of_the_version(tmp_path):
    script = script_of("release", "What changed, from the changelog")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- c\n\n## 1.10.0 - 2027-01-02\n\n- b\n\n## 1.1.0 - 2027-01-01\n\n- a\n")
    for version, notes in (("1.10.0", "- b"), ("1.1.0", "- a")):
        assert run(script, tmp_path, GITHUB_REF_NAME=f"v{version}").returncode == 0
        assert (tmp_path / "notes.md").read_text().strip() == notes
    # A version that the changelog does not have is not released.
    assert run(script, tmp_path, GITHUB_REF_NAME="v3.0.0").returncode != 0
    assert re.search(r"^## (Unreleased|\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d)", (SOURCE / "CHANGELOG.md").read_text(), re.MULTILINE)
