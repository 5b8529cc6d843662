# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas say what the program says: what it takes passes, what it refuses does not.

Each case is asked of both. What no schema can know (NOT_IN_A_SCHEMA) passes there; the program refuses it all the same.
"""

import functools
import json
import re
from pathlib import Path

import pytest
from support import PROGRAM, SOURCE

jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
tomllib = pytest.importorskip("tomllib", reason="Python older than 3.11")

FILES = {"configuration": "quasimodem", "scenario": "scenario", "profile": "profile"}  # name of the installed file
SUFFIX = {"configuration": ".toml", "scenario": ".yaml", "profile": ".toml"}
ASK = {
    "configuration": ("config", "check"),
    "scenario": ("config", "show", "--scenario"),
    "profile": ("config", "show", "--profile"),
}


# ---- as an editor sees it ----


class Yaml12(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `on` is a text. PyYAML's own is 1.1."""

    yaml_implicit_resolvers = {}


Yaml12.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
Yaml12.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)
Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Yaml12.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def plain(value):
    """JSON has no dates; a schema sees them as text."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def read(kind, text):
    return yaml.load(text, Yaml12) if kind == "scenario" else plain(tomllib.loads(text))


@functools.cache
def _validator(text):
    schema = json.loads(text)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.fixture
def verdicts(world):
    """`verdicts(kind, text)`: what the schema has against it, and what the program says when it refuses it."""

    def ask(kind, text):
        printed = world.run("schema", kind)
        assert (printed.returncode, printed.stderr) == (0, b"")
        errors = [error.message for error in _validator(printed.stdout.decode()).iter_errors(read(kind, text))]
        file = world.directory / f"case{SUFFIX[kind]}"
        file.write_text(text)
        done = world.run(*ASK[kind], file)
        assert done.returncode in (0, 2), done.stderr
        return errors, done.stderr.decode() if done.returncode else ""

    return ask


# ---- what is shipped ----


def shipped():
    yield "configuration", SOURCE / "docs/quasimodem.toml"
    for file in sorted((SOURCE / "docs/scenarios").glob("*.yaml")):
        yield "scenario", file
    for file in sorted((SOURCE / "profiles").glob("*.toml")):
        yield "profile", file


def blocks(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (SOURCE / "docs" / document).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("kind, file", [pytest.param(*each, id=each[1].name) for each in shipped()])
def test_shipped_files(verdicts, kind, file):
    text = file.read_text()
    assert verdicts(kind, text) == ([], "")
    comment = "# yaml-language-server: $schema=" if kind == "scenario" else "#:schema "
    place = f"file:///usr/share/quasimodem/schemas/{FILES[kind]}.schema.json"
    assert text.splitlines()[0] == comment + place


@pytest.mark.parametrize("number", range(len(blocks("scenarios.md", "yaml"))))
def test_scenarios_in_the_document(verdicts, number):
    text = blocks("scenarios.md", "yaml")[number]
    assert verdicts("scenario", "steps:\n" + text if text.startswith("- ") else text) == ([], "")


@pytest.mark.parametrize("number", range(len(blocks("profiles.md", "toml"))))
def test_profiles_in_the_document(verdicts, number):
    assert verdicts("profile", blocks("profiles.md", "toml")[number]) == ([], "")


def test_defaults_written_out(world, verdicts):
    """What `config show` writes, every default uncommented."""
    shown = world.run("config", "show").stdout.decode()
    keys = re.sub(r"^# (\w+ = )", r"\1", shown, flags=re.MULTILINE)
    assert keys.count("\n") > shown.count("\n#") > 10
    errors, problem = verdicts("configuration", keys)
    assert (errors, problem) == ([], "")


# ---- cases ----

TAKEN = {
    "configuration": [
        "",
        'module.model = "M95"',
        '[module]\nuart = "pty:"\nname = "meter"\ncount = 10000\nephemeral = true',
        '[module]\nuart = ["pty:/tmp/x", "tcp-listen::7000", "tty:/dev/ttyS0,9600", "stdio", "rfc2217:[::1]:7000"]',
        'module.rtc = 2015-04-08T12:00:00Z\nnetwork.network_time = 2015-04-08\nmodule.firmware_date = "2017-06"',
        'module.rtc = "factory"\nmodule.sim = "pin:12345678"\nmodule.power = "off"\nmodule.count = "3"',
        'module.firmware = ["close-index=on"]',
        'module.service_error = ["ftp.log-in=-530", "smtp.busy=-1"]',
        '[network]\nprofile = "poor"\nseed = 0\ntime_scale = 0.01\napn = ["a,b", "c"]\nallow = ["h", "h:1"]',
        'network.map = "h=127.0.0.1:1"\nnetwork.ussd = ["*100#=x", "*100#,1=y", "=z", "a,2="]',
        '[test]\nfault = "bearer.outage after=30s for=6s"\nexpect = "OK"\nfail = []\ntimeout = "1.5min"',
        'test.fault = ["at.error cme=3 count=1", "  name=uart.loss  match=\\"a b\\" probability=.5 "]\ntest.timeout = 3',
        'test.fault = ["pdp.drop count=2 every=10s", "pdp.drop count=2 match=ATH"]',
        '[output]\nverbose = 9\nquiet = false\ncolor = "never"\nlog_format = "json"',
    ],
    "profile": [
        "",
        'base = "realistic"\n[uart]\npaced = true',
        '[module]\nboot = "0"\ncommand = { median = "15ms", p95 = "1.5s" }\ncall_ready = 2',
        '[network]\nidle_after = "5s"\ndown_kbit_s = 35.5\nup_kbit_s = 1000000\npdp_drop = { every = "24h" }',
        '[network]\noutage = { every = "1min", shortest = "4s", longest = "10s" }\n[tls]\nno_authentication = "1us"',
    ],
    "scenario": [
        "{name: 5, within: 10, steps: [reset]}",
        "steps: [wait-at, never-unknown, {expect-urc: }, {never-at: '*', for: 1s, answer: ERROR, name: x}]",
        "steps: [{wait-event: , kind: 'tls,urc'}, {wait-event: home}, {wait-host: 5, count: '3'}, {delay: 0}]",
        "steps: [{when-at: at+csq, times: 1, do: [power: cut, {never-at: AT, for: 3}, {repeat: 2, do: [reset]}]}]",
        "steps: [{every: 10ms, do: [reset]}, {every: .5s, do: [reset]}, {every: 1, do: [reset]}]",
        "steps: [{power: on}, {power: {under_voltage: , shutdown: true}}, {power: [--under-voltage, shutdown=yes]}]",
        "steps: [{power: }, {power: {}}, {signal: {rssi: 31}}, {signal: [rssi=5, ber=0]}, {signal: 'rssi=5'}]",
        "steps: [{urc: RING}, {urc: 5}, {urc: {text: RING}}, {urc: ['A=1']}, {urc: ['a b']}]",
        "steps: [{sms.deliver: {from: '1', text: x}}, {sms.deliver: [from=1, 'text=a b']}]",
        "steps: [{pdp: deactivate}, {pdp: {deactivate: on, context: 1}}, {pdp: [deactivate, context=0]}]",
        "steps: [{ussd.send: '*100#'}, {ussd.answer: {text: x, m: 1}}, {location: {latitude: -1.5}}, {fault.clear: 1}]",
        "steps: [{clock: {advance: 5}}, {clock: {advance: 1h}}, {clock: advance=5s}, {clock: set=factory}]",
        "steps: [{fault: bearer.outage}, {fault: {name: at.error, cme: 3, count: 1, probability: 0.5, match: 5}}]",
        "steps: [{fault: {name: pdp.drop, count: 2, every: 5s}}, {fault: {name: pdp.drop, count: 2, match: ATH}}]",
        "steps: [{fault: at.answer text=\"a b\" match=A\\ B}, {clear-fault: all}, {clear-fault: at.error}]",
        "steps: [{expect-state: {ready: true}}, {wait-state: {contexts.0.sockets: []}, within: 3}]",
        "steps: [{restore: {snapshot: '{}'}}]",
    ],
}

REFUSED = {
    "configuration": [
        'modul.model = "m95"',
        'model = "m95"',
        "module = 3",
        'module.modle = "m95"',
        'network.model = "m95"',
        'module.config = "x.toml"',
        'module.model = "m90"',
        "module.model = 95",
        "module.uart = 3",
        'module.uart = "serial:/dev/x"',
        'module.uart = ["pty:", 3]',
        'module.uart = "tcp:host"',
        'module.uart = "unix:"',
        'module.name = ".hidden"',
        'module.name = "a b"',
        "module.count = 0",
        "module.count = 10001",
        "module.count = 1.5",
        'module.count = "many"',
        'module.nvram = ""',
        'module.ephemeral = "yes"',
        "module.ephemeral = 1",
        'module.rtc = "tomorrow"',
        'module.firmware_date = "2017-13"',
        'module.firmware = "close-index"',
        'module.firmware = "close-idx=on"',
        'module.service_error = "ftp.login=-2"',
        'module.service_error = "ftp.log-in=2"',
        'module.sim = "pin:123"',
        'module.sim = "pin:123456789"',
        'module.imei = "00101000000000"',
        'module.power = "maybe"',
        'network.profile = "por"',
        "network.seed = -1",
        "network.time_scale = 1001",
        "network.time_scale = 0.001",
        'network.apn_local = "localhost"',
        'network.apn = ""',
        'network.apn = "a,,b"',
        'network.allow = "h:"',
        'network.allow = "h:0"',
        'network.map = "h"',
        'network.map = "h=127.0.0.1"',
        'network.ussd = "hello"',
        'network.ussd = "a,9=x"',
        'test.fault = "bearer.outge"',
        'test.fault = ["bearer.outage for=ever"]',
        'test.fault = "bearer.outage cme=3"',
        'test.fault = "at.error cme=three"',
        'test.fault = "at.error count=0"',
        'test.fault = "at.error probability=1.1"',
        'test.fault = "at.error now"',
        'test.fault = "pdp.drop count=3"',
        'test.expect = ""',
        'test.timeout = "soon"',
        "test.timeout = -1",
        'test.timeout = "10 s"',
        'output.color = "red"',
        'output.log_format = "xml"',
        "output.verbose = 10",
        'output.quiet = "true"',
        'output.trace = ""',
        'output.keylog = ""',
        'test.junit = ""',
    ],
    "profile": [
        'base = "rural"',
        "base = 3",
        "uart = true",
        "modul.boot = '1s'",
        "[module]\nbot = '1s'",
        "[tls]\nboot = '1s'",
        "[uart]\npaced = 'yes'",
        "[module]\nboot = 'soon'",
        "[module]\nboot = -1",
        "[module]\nboot = true",
        "[module]\nboot = '-1s'",
        "[module]\nboot = { median = '1s' }",
        "[module]\nboot = { median = '1s', p95 = '2s', p99 = '3s' }",
        "[network]\ndown_kbit_s = -1",
        "[network]\ndown_kbit_s = 1000001",
        "[network]\nup_kbit_s = '5'",
        "[network]\nidle_after = { median = '1s', p95 = '2s' }",
        "[network]\noutage = '5s'",
        "[network]\noutage = { often = '5s' }",
    ],
    "scenario": [
        "",
        "[reset]",
        "name: x",
        "{steps: []}",
        "{steps: reset}",
        "{steps: [reset], stps: 1}",
        "{steps: [reset], within: soon}",
        "{steps: [reset], within: -1}",
        "{steps: [reset], name: }",
        *(
            f"steps: [{step}]"
            for step in (
                "wiat-at: AT",
                "resett",
                "state",
                "quit: ",
                "help",
                "wait-host",
                "urc",
                "fault",
                "[reset]",
                "{within: 3s}",
                "{name: x}",
                "{}",
                "{wait-at: AT, wihtin: 3s}",
                "{wait-at: AT, times: 3}",
                "{wait-at: AT, reset: }",
                "{reset: , within: 3s}",
                "wait-at: CSQ",
                "wait-at: 5",
                "wait-at: ''",
                "wait-at: [AT]",
                "wait-urc: ''",
                "wait-host: ",
                "wait-event: ",
                "{wait-event: x, kind: tsl}",
                "{wait-event: x, kind: 'tls, urc'}",
                "{wait-at: AT, count: 0}",
                "{wait-at: AT, count: many}",
                "{wait-at: AT, count: 1000001}",
                "{wait-at: AT, count: 1.5}",
                "{wait-at: AT, answer: ''}",
                "when-at: AT",
                "{when-at: AT, do: []}",
                "{when-at: AT, do: reset}",
                "{when-at: AT, do: [wait-att: AT]}",
                "{repeat: 2, do: [{when-at: AT, do: [reset]}]}",
                "{repeat: 2, do: [{every: 1s, do: [reset]}]}",
                "{repeat: 2, do: [never-at]}",
                "{repeat: 2, do: [{never-at: AT}]}",
                "{repeat: 0, do: [reset]}",
                "{repeat: 10001, do: [reset]}",
                "repeat: 2",
                "{every: 9ms, do: [reset]}",
                "{every: '0.005', do: [reset]}",
                "{every: 0.0001min, do: [reset]}",
                "{every: 9999us, do: [reset]}",
                "{every: 0.009s, do: [reset]}",
                "{every: 0, do: [reset]}",
                "delay: ",
                "delay: 10 s",
                "expect-state: home",
                "expect-state: {}",
                "{expect-state: {ready: true}, within: 3s}",
                "power: kut",
                "power: {kut: true}",
                "power: {cut: perhaps}",
                "power: {cut: [1]}",
                "power: [cut, kut]",
                "power: cut=perhaps",
                "power: 5",
                "signal: {rssi: strong}",
                "signal: {rssi: 1.5}",
                "signal: {rssi: }",
                "signal: rssi",
                "location: {latitude: north}",
                "clock: {advance: soon}",
                "clock: {advance: -1}",
                "sms.deliver: {from: '1'}",
                "sms.deliver: [from=1]",
                "sms.deliver: hello",
                "urc: {}",
                "urc: {txt: x}",
                "urc: [txt=x]",
                "pdp: {context: 1}",
                "pdp: context=1",
                "fault.clear: first",
                "fault: bearer.outge",
                "fault: bearer.outage for=ever",
                "fault: bearer.outage fro=6s",
                "fault: at.error cme=-1",
                "fault: at.error text=x",
                "fault: {nme: bearer.outage}",
                "fault: {name: bearer.outge}",
                "fault: {name: bearer.outage, fro: 6s}",
                "fault: {name: bearer.outage, for: ever}",
                "fault: {name: bearer.outage, count: no}",
                "fault: {name: at.error, cme: -1}",
                "fault: {name: at.error, cme: [3]}",
                "fault: {name: at.error, probability: 2}",
                "fault: {name: pdp.drop, count: 2}",
                "fault: [at.error]",
                "{fault: at.error, for: 3s}",
                "clear-fault: bearer.outge",
                "clear-fault: ",
            )
        ),
    ],
}

NOT_IN_A_SCHEMA = {
    "configuration": [
        'module.uart = "tcp:host:0"',
        'network.apn_local = "300.1.1.1"',
        'test.scenario = "no-such-file.yaml"',
        'test.fault = "at.error match=a match=b"',
    ],
    "profile": [
        "[module]\nboot = { median = '2s', p95 = '1s' }",
        "[network]\noutage = { every = '1min', shortest = '2s', longest = '1s' }",
    ],
    "scenario": ["steps: [{fault: at.error match=a match=b}]", "steps: [{signal: [rssi=1, rssi=2]}]"],
}


def cases(table):
    return [pytest.param(kind, text, id=f"{kind}: {text[:60]!r}") for kind in FILES for text in table[kind]]


@pytest.mark.parametrize("kind, text", cases(TAKEN))
def test_taken(verdicts, kind, text):
    assert verdicts(kind, text) == ([], "")


@pytest.mark.parametrize("kind, text", cases(REFUSED))
def test_refused(verdicts, kind, text):
    errors, problem = verdicts(kind, text)
    assert errors, "the schema lets it pass"
    assert problem, "the program takes it"


@pytest.mark.parametrize("kind, text", cases(NOT_IN_A_SCHEMA))
def test_what_only_the_program_knows(verdicts, kind, text):
    errors, problem = verdicts(kind, text)
    assert not errors
    assert problem, "the program takes it"


# ---- the command, the files ----


def test_every_step_and_key_is_described(world):
    """From the tables: none is left out, none is without its meaning."""
    scenario = json.loads(world.run("schema", "scenario").stdout)
    steps = scenario["definitions"]["step"]["properties"]
    page = (SOURCE / "docs/scenarios.md").read_text()
    documented = dict(re.findall(r"^\| `([\w.-]+)` \|[^|]*\| ([^|]*?) \|", page, re.MULTILINE))
    assert set(documented) - {"restore"} <= set(steps)
    assert all(step.get("description") for step in steps.values())

    configuration = json.loads(world.run("schema", "configuration").stdout)
    keys = [key for section in configuration["properties"].values() for key in section["properties"].values()]
    assert len(keys) > 30 and all(key["description"] for key in keys)


def test_usage(world):
    done = world.run("schema", "scenaro")
    assert done.returncode == 2
    assert done.stderr.decode().startswith('error: no schema of "scenaro"; did you mean "scenario"?\n')
    done = world.run("schema")
    assert done.returncode == 2 and b"configuration, scenario or profile" in done.stderr


@pytest.mark.parametrize("kind", FILES)
def test_files_of_the_build(world, kind):
    file = Path(PROGRAM).parent / "schemas" / f"{FILES[kind]}.schema.json"
    if not file.exists():
        pytest.skip("the schemas of this build are not made: cmake --build … --target schemas")
    assert file.read_bytes() == world.run("schema", kind).stdout
