# SPDX-License-Identifier: Apache-2.0
"""The plugin as pytest loads it: a pytest of its own runs small test files."""

import re

import pytest

import quasimodem


@pytest.fixture
def run(pytester, monkeypatch):
    """`run(source, *options)` runs a test file; the plugin comes the way it came here."""
    monkeypatch.setenv("QUASIMODEM", quasimodem.find_program())
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")

    def run(source, *options):
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(*options, timeout=100)

    return run


def test_modem(run):
    run(
        """
        import os
        def test_it(modem):
            assert modem.state()["model"] == "M95" and os.path.exists(modem.tty)
        """
    ).assert_outcomes(passed=1)


def test_marker(run):
    """What is said nearer to the test goes before."""
    run(
        """
        import pytest
        pytestmark = pytest.mark.modem(model="m66", power="off")

        @pytest.mark.modem(model="m10")
        def test_function(modem):
            assert (modem.state()["model"], modem.state()["power"]) == ("M10", "off")

        def test_file(modem):
            assert modem.state()["model"] == "M66"
        """
    ).assert_outcomes(passed=2)


def test_marker_without_names(run):
    result = run(
        """
        import pytest

        @pytest.mark.modem("m66")
        def test_it(modem):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*takes words with a name, like model="m66"; not \'m66\'*'])


def test_factory(run):
    run(
        """
        def test_it(modem_factory):
            one, other = modem_factory(model="m66"), modem_factory(name="other")
            assert one.tty != other.tty and one.trace != other.trace
            assert other.state()["name"] == "other"
            one.stop()
        """
    ).assert_outcomes(passed=1)


def test_modules_end_with_the_test(run):
    run(
        """
        import os, select
        processes = []

        def test_one(modem, modem_factory):
            processes.extend(os.pidfd_open(module.pid) for module in (modem, modem_factory()))

        def test_two():
            assert len(processes) == 2
            for process in processes:
                assert select.select([process], [], [], 0)[0]
        """
    ).assert_outcomes(passed=2)


FAILING = """
    import os

    def test_it(modem):
        modem.ctl("urc", text="+HELLO: 1")
        tty = os.open(modem.tty, os.O_RDWR | os.O_NOCTTY)
        os.write(tty, b"AT+CSQ\\r")
        modem.expect_command("AT+CSQ", timeout=100)
        assert 0
"""


def test_the_dialogue_of_a_failure(run):
    result = run(FAILING)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- quasimodem dialogue -*", "* host    AT+CSQ\\r", "whole trace: *trace.jsonl"])
    trace = re.search(r"^whole trace: (.*)$", result.stdout.str(), re.MULTILINE)[1]
    with open(trace) as file:
        assert "+HELLO: 1" in file.read()


def test_the_dialogue_in_a_process_of_xdist(run):
    pytest.importorskip("xdist", reason="python3-pytest-xdist is not installed")
    result = run(FAILING, "-n", "2")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- quasimodem dialogue -*", "* host    AT+CSQ\\r"])


def test_modules_in_several_processes_do_not_meet(run):
    pytest.importorskip("xdist", reason="python3-pytest-xdist is not installed")
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("n", range(8))
        def test_it(modem, n):
            modem.deliver_sms("+447700900123", "hello")
            assert [record["index"] for record in modem.journal("sms")] == [1]
        """,
        *("-n", "2"),
    )
    result.assert_outcomes(passed=8)


def test_a_success_shows_no_dialogue(run):
    result = run("def test_it(modem): pass", "-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*quasimodem dialogue*")


def test_several_modules_in_a_report(run):
    result = run(
        """
        def test_it(modem_factory):
            modem_factory(), modem_factory("--verbose")
            assert 0
        """
    )
    result.stdout.fnmatch_lines(["*quasimodem dialogue of module 1*", "*dialogue of module 2*", "*log of module 2*"])


def test_a_program_that_goes_wrong_fails_the_test(run):
    result = run("def test_it(modem_factory): modem_factory(expect='never said')")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*quasimodem ended with exit code 1*", "*never said*"])


def test_a_start_that_fails(run):
    result = run("def test_it(modem_factory): modem_factory(model='m9')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(['*unknown model "m9"*'])


@pytest.mark.parametrize("how", ["option", "ini"])
def test_which_program(run, pytester, monkeypatch, how):
    program = pytester.path / "bin/another"
    program.parent.mkdir()
    program.symlink_to(quasimodem.find_program())
    monkeypatch.setenv("QUASIMODEM", "/nowhere/quasimodem")
    monkeypatch.setenv("PROGRAM", str(program))
    source = """
        import os
        def test_it(modem):
            words = open(f"/proc/{modem.pid}/cmdline", "rb").read().decode().split("\\0")
            assert os.path.samefile(words[0], os.environ["PROGRAM"])
            assert words[0].endswith("bin/another")
    """
    if how == "ini":
        pytester.makeini("[pytest]\nquasimodem = bin/another\n")
        run(source).assert_outcomes(passed=1)
    else:
        run(source, f"--quasimodem={program}").assert_outcomes(passed=1)


@pytest.mark.parametrize("how", ["option", "ini", "environment"])
def test_a_relative_program_and_a_test_elsewhere(run, pytester, monkeypatch, how):
    (pytester.path / "qm").symlink_to(quasimodem.find_program())
    source = """
        import pytest

        @pytest.fixture
        def elsewhere(tmp_path, monkeypatch):
            monkeypatch.chdir(tmp_path)

        def test_it(elsewhere, modem):
            assert modem.running
    """
    options = ["--quasimodem=./qm"] if how == "option" else []
    if how == "ini":
        pytester.makeini("[pytest]\nquasimodem = ./qm\n")
    monkeypatch.setenv("QUASIMODEM", "./qm" if how == "environment" else "/nowhere/quasimodem")
    run(source, *options).assert_outcomes(passed=1)


def test_a_word_that_is_not_on_the_path(run):
    result = run("def test_it(modem): pass", "--quasimodem=nosuch")
    result.stdout.fnmatch_lines(["*program is nosuch, which is not on the PATH*"])


def test_no_program(run, monkeypatch):
    monkeypatch.setenv("QUASIMODEM", "/nowhere/quasimodem")
    result = run("def test_it(modem): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*QUASIMODEM is /nowhere/quasimodem, which does not exist*pytest --quasimodem*"])


def test_it_is_documented(run):
    result = run("def test_it(): pass", "--help")
    result.stdout.fnmatch_lines(["*--quasimodem=PROGRAM*"])
    result = run("def test_it(): pass", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.modem(*"])
    result = run("def test_it(): pass", "--fixtures")
    result.stdout.fnmatch_lines_random(["modem*", "modem_factory*"])
