# SPDX-License-Identifier: Apache-2.0
"""Every command of docs/reporting.md, an emulated module standing in for the one at /dev/ttyUSB0."""

import json
import os
import re
import subprocess

from support import PROGRAM, SOURCE, WATCHDOG, Program

PAGE = (SOURCE / "docs/reporting.md").read_text()
DEVICE = "/dev/ttyUSB0"


def commands():
    return [line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S) for line in block.splitlines()]


def test_every_command_of_the_page(world, module, tmp_path):
    real = module("--name", "real")
    (tmp_path / "quasimodem").symlink_to(PROGRAM)
    (tmp_path / "tests").symlink_to(SOURCE / "tests")
    environment = {**world.environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def shell(line):
        line = line.replace(DEVICE, real.tty)
        done = subprocess.run(
            ["sh", "-ec", line], env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=WATCHDOG
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout.decode()

    record, talk, *rest = commands()
    assert record.startswith("quasimodem record ")
    recorder = world._started(Program, record.replace(DEVICE, real.tty).split()[1:], {}, cwd=tmp_path)
    assert recorder.read_line() == f"ready module {tmp_path}/m95"
    assert "+CSQ: 30,0" in shell(talk)
    recorder.stop()

    said = [shell(line) for line in rest]
    assert len(said) >= 6
    for line, output in zip(rest, said):
        if line.startswith("quasimodem play") and "--json" not in line:
            assert output.startswith("pass  "), (line, output)
    assert "answer of ATI" in said[0]
    assert json.loads((tmp_path / "m95.report.json").read_text())["passed"]


def test_the_options_that_the_page_names_exist(world):
    help_text = world.run("play", "--help").stdout.decode() + world.run("record", "--help").stdout.decode()
    for option in set(re.findall(r"--[a-z-]+", PAGE)) - {"--uart", "--to"}:
        assert option in help_text, option
