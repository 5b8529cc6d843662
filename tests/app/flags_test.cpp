// SPDX-License-Identifier: Apache-2.0
// Every flag: its default, what it does when it is given, what its variable does. CLI11 changes from version to version
// in what it makes of flags, defaults, values and help; nothing of that may be seen.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/doctor/doctor.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "emulator/app/desk/play/play_options.hpp"
#include "emulator/app/desk/record/record.hpp"
#include "emulator/app/peer/peer.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;
using quasimodem::LogLevel;

namespace {

// ---- the options of run ----

Invocation run_with(Arguments arguments, const Environment& environment = {}, const Arguments& command = {}) {
  arguments.insert(arguments.begin(), {"--config", "/dev/null"});
  if (!command.empty()) {
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), command.begin(), command.end());
  }
  return read_command_line(arguments, environment);
}

/// What came of the flags.
const std::map<std::string_view, std::function<std::int64_t(const RunOptions&)>> kEffects{
    {"ephemeral", [](const RunOptions& run) { return run.ephemeral ? 1 : 0; }},
    {"json", [](const RunOptions& run) { return run.json ? 1 : 0; }},
    {"quiet", [](const RunOptions& run) { return run.quiet ? 1 : 0; }},
    {"verbose", [](const RunOptions& run) { return run.verbose; }},
};

bool bare(const Option& option) { return option.kind == OptionKind::flag || option.kind == OptionKind::count; }

std::vector<const Option*> bare_options() {
  std::vector<const Option*> options;
  for (const auto& option : run_option_table()) {
    if (bare(option)) options.push_back(&option);
  }
  return options;
}

// ---- those of the other commands ----

struct Other {
  std::string command;  ///< with the words that it needs
  std::string flag;
  std::function<bool(const Arguments&)> given;  ///< reads what stands behind `command`
};

bool peer_json(const Arguments& arguments) { return read_peer_options(arguments)->json; }
bool peer_secure(const Arguments& arguments) { return read_peer_options(arguments)->secure; }
bool peer_writable(Arguments arguments) {
  arguments.insert(arguments.end(), {"--root", "/"});
  return read_peer_options(arguments)->ftp.writable;
}
bool peer_starts_tls(const Arguments& arguments) { return read_peer_options(arguments)->starts_tls; }
bool peer_has_no_pingresp(const Arguments& arguments) {
  return read_peer_options(arguments)->manners.ignored.contains(quasimodem::net::mqtt::PacketType::pingreq);
}
bool peer_has_no_acks(const Arguments& arguments) { return read_peer_options(arguments)->manners.never_acknowledges; }
bool peer_has_no_subscriptions(const Arguments& arguments) {
  return read_peer_options(arguments)->manners.refuses_subscriptions;
}
bool peer_once(const Arguments& arguments) { return read_peer_options(arguments)->once; }
bool peer_tells(const Arguments& arguments) { return read_peer_options(arguments)->log_level == LogLevel::info; }

const std::vector<Other> kOthers{
    {"peer tls-echo", "--once", &peer_once},
    {"peer tls-echo", "--json", &peer_json},
    {"peer tls-echo", "--verbose", &peer_tells},
    {"peer tcp-echo", "--once", &peer_once},
    {"peer tcp-echo", "--json", &peer_json},
    {"peer tcp-echo", "--verbose", &peer_tells},
    {"peer udp-echo", "--once", &peer_once},
    {"peer udp-echo", "--json", &peer_json},
    {"peer udp-echo", "--verbose", &peer_tells},
    {"peer http", "--once", &peer_once},
    {"peer http", "--json", &peer_json},
    {"peer http", "--tls", &peer_secure},
    {"peer http", "--verbose", &peer_tells},
    {"peer ftp", "--once", &peer_once},
    {"peer ftp", "--json", &peer_json},
    {"peer ftp", "--verbose", &peer_tells},
    {"peer ftp", "--writable", &peer_writable},
    {"peer mqtt", "--once", &peer_once},
    {"peer mqtt", "--json", &peer_json},
    {"peer mqtt", "--tls", &peer_secure},
    {"peer mqtt", "--verbose", &peer_tells},
    {"peer mqtt", "--no-pingresp", &peer_has_no_pingresp},
    {"peer mqtt", "--no-acks", &peer_has_no_acks},
    {"peer mqtt", "--no-subscriptions", &peer_has_no_subscriptions},
    {"peer smtp", "--once", &peer_once},
    {"peer smtp", "--json", &peer_json},
    {"peer smtp", "--tls", &peer_secure},
    {"peer smtp", "--starttls", &peer_starts_tls},
    {"peer smtp", "--verbose", &peer_tells},
    {"doctor", "--json",
     [](const auto& given) { return read_doctor_options(given)->form == DoctorOptions::Form::json; }},
    {"doctor", "--tls",
     [](const auto& given) { return read_doctor_options(given)->extent == DoctorOptions::Extent::tls; }},
    {"play FILE", "--attended", [](const auto& given) { return read_play_options(given)->attended; }},
    {"play FILE", "--json", [](const auto& given) { return read_play_options(given)->json; }},
    {"record --dce /dev/null", "--with-payload",
     [](const auto& given) {
       return read_record_options(given)->payload == quasimodem::emulator::UartJournal::Payload::shown;
     }},
    {"record --dce /dev/null", "--verbose",
     [](const auto& given) { return read_record_options(given)->log_level == LogLevel::info; }},
};

/// Commands that act at once and give nobody their options: tests/integration look at these.
const std::set<std::string> kActAtOnce{
    "ctl --json",           "wait --json",    "config show --origin",    "config show --json",
    "demo --at-once",       "explain --json", "config show --ephemeral", "config show --quiet",
    "config show --verbose"};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

/// `--once` of `peer tls-echo` is `peer tls-echo --once`.
void collect_flags(const Declaration& declared, const std::string& name, std::set<std::string>& flags) {
  for (const auto& option : declared.options) {
    if (option.value.empty() && option.names.back() != "--help") flags.insert(name + " " + option.names.back());
  }
  for (const auto& command : declared.commands) collect_flags(command, name + " " + command.name, flags);
}

// ---- one line of every kind ----

struct Read {
  bool flag = false;
  std::int64_t times = 7;
  std::string text = "usual";
  std::optional<std::string> maybe{};
  int number = 7;
  std::vector<std::string> list{}, words{};
  std::set<std::string> given{};
};

const std::vector<std::string> kNames{"--flag", "--verbose", "--text", "--maybe", "--number", "--list"};

CommandLine declare(Read& read) {
  CommandLine line{{.name = "x", .description = "Does.", .usage = "\nUsage: x\n", .footer = "Examples:\n  x   y\n"}};
  line.flag("-f,--flag", read.flag, "a flag");
  line.count("-v,--verbose", read.times, "a count");
  line.option("-t,--text", read.text, "TEXT", "a text");
  line.option("--maybe", read.maybe, "TEXT", "a text or none");
  line.option("--number", read.number, "N", "a number");
  line.list("--list", read.list, "PART", "texts");
  line.rest("words", read.words, "WORD", "the rest");
  return line;
}

Read read_line(const Arguments& arguments) {
  Read read;
  auto line = declare(read);
  const auto help = line.read(arguments);
  CHECK_FALSE(help);
  for (const auto& name : kNames) {
    if (line.given(name)) read.given.insert(name);
  }
  return read;
}

std::string problem_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Problem& problem) {
    CHECK(problem.code() == ExitCode::usage);
    return fmt::format("{}\n{}", problem.what(), problem.way_out());
  }
  return "none";
}

std::string problem_of(const Arguments& arguments) {
  return problem_of([&] { read_line(arguments); });
}

}  // namespace

TEST_CASE("Every flag of run has its default, is given and taken back, and its variable says the same", "[flags]") {
  const auto options = bare_options();
  REQUIRE(options.size() == kEffects.size());
  for (const auto* option : options) {
    INFO(option->name);
    const auto& effect = kEffects.at(option->name);
    const auto flag = flag_of(*option), variable = variable_of(*option);

    const auto silent = run_with({});
    CHECK(silent.settings.find(option->name) == nullptr);
    CHECK(effect(*silent.run) == 0);

    CHECK(effect(*run_with({flag}).run) == 1);
    CHECK(run_with({flag}).settings.find(option->name)->source == Source::flag);
    CHECK(effect(*run_with({flag + "=false"}).run) == 0);
    CHECK(effect(*run_with({}, {{variable, "1"}}).run) == 1);
    CHECK(run_with({}, {{variable, "1"}}).settings.find(option->name)->source == Source::environment);
    CHECK(effect(*run_with({}, {{variable, "0"}}).run) == 0);
    CHECK(effect(*run_with({}, {{variable, ""}}).run) == 0);
    CHECK(effect(*run_with({flag + "=false"}, {{variable, "1"}}).run) == 0);
    CHECK(effect(*run_with({flag}, {{variable, "0"}}).run) == 1);
    if (option->kind == OptionKind::flag) {
      CHECK(effect(*run_with({}, {{variable, "true"}}).run) == 1);
      CHECK(effect(*run_with({}, {{variable, "false"}}).run) == 0);
    } else {
      CHECK(effect(*run_with({flag, flag}).run) == 2);
      CHECK(effect(*run_with({flag + "=2"}).run) == 2);
      CHECK(effect(*run_with({}, {{variable, "2"}}).run) == 2);
    }
    const auto with_command = default_value(*option, UnderRun::with_command) == "true" ? 1 : 0;
    CHECK(effect(*run_with({}, {}, {"true"}).run) == with_command);
    if (option->kind == OptionKind::flag) CHECK(effect(*run_with({}, {{variable, "0"}}, {"true"}).run) == 0);
  }
}

TEST_CASE("What nobody says is not a setting", "[flags]") {
  const auto invocation = run_with({});
  for (const auto& option : run_option_table()) {
    INFO(option.name);
    if (option.name != "config") CHECK(invocation.settings.find(option.name) == nullptr);
  }
}

TEST_CASE("--version is text, and JSON only when that is asked for", "[flags]") {
  CHECK(read_command_line({"--version"}, {}).text.starts_with("quasimodem "));
  CHECK(read_command_line({"--json", "--version"}, {}).text.starts_with(R"({"name":"quasimodem")"));
  CHECK(read_command_line({"--json=false", "--version"}, {}).text.starts_with("quasimodem "));
  CHECK(read_command_line({"--config", "/dev/null", "--version=false"}, {}).run);
}

TEST_CASE("Every flag of the other commands is off until it is given", "[flags]") {
  std::set<std::string> known{kActAtOnce};
  for (const auto& other : kOthers) {
    INFO(other.command << " " << other.flag);
    const auto words = words_of(other.command);
    known.insert(fmt::format("{} {}", words.front() == "peer" ? other.command : words.front(), other.flag));
    Arguments arguments{words.begin() + 1, words.end()};
    CHECK_FALSE(other.given(arguments));
    const auto behind = words.front() == "peer" ? arguments.end() : arguments.begin();
    arguments.insert(behind, other.flag);
    CHECK(other.given(arguments));
  }
  std::set<std::string> declared;
  for (const auto& command : command_summaries()) {
    if (command.name == "run") continue;  // above
    collect_flags(declaration_of(command.name), std::string{command.name}, declared);
  }
  CHECK(known == declared);  // a new flag belongs into one of the lists above
}

TEST_CASE("What is not given is not given", "[flags]") {
  const auto read = read_line({});
  CHECK(read.given.empty());
  CHECK_FALSE(read.flag);
  CHECK(read.times == 7);
  CHECK(read.text == "usual");
  CHECK_FALSE(read.maybe);
  CHECK(read.number == 7);
  CHECK(read.list.empty());
  CHECK(read.words.empty());
}

TEST_CASE("What is given is given, as it is", "[flags]") {
  CHECK(read_line({"-f"}).given == std::set<std::string>{"--flag"});
  CHECK(read_line({"-f", "-f"}).flag);
  CHECK_FALSE(read_line({"--flag=false"}).flag);
  CHECK(read_line({"--flag=false"}).given == std::set<std::string>{"--flag"});
  CHECK(read_line({"-v"}).times == 1);
  CHECK(read_line({"-vv"}).times == 2);
  CHECK(read_line({"-v", "--verbose"}).times == 2);
  CHECK(read_line({"--verbose=3"}).times == 3);
  CHECK(read_line({"-vf"}).flag);
  for (const std::string text : {"a=b", "-5", "--flag", "-", "[a,b]", "[[aa]]", "[]", "[a", "{}", "%%", "\"q\"", "'q'",
                                 "a,b", "\\n", "B\"(x)\""}) {
    INFO(text);
    CHECK(read_line({"--text", text}).text == text);
    CHECK(read_line({"--text=" + text}).text == text);
    CHECK(read_line({"--maybe", text}).maybe == text);
    CHECK(read_line({"--list", text, "--list", "more"}).list == Arguments{text, "more"});
    CHECK(read_line({"--list=" + text}).list == Arguments{text});
    if (!text.starts_with("-") || text == "-") CHECK(read_line({text, "more"}).words == Arguments{text, "more"});
  }
  CHECK(read_line({"--text", ""}).text.empty());
  CHECK(read_line({"--maybe", ""}).maybe == "");
  CHECK(read_line({"--list", ""}).list == Arguments{""});
  CHECK(read_line({"--text", "a", "-t", "b"}).text == "b");
  CHECK(read_line({"--number", "010"}).number == 10);
  CHECK(read_line({"--number", "-1"}).number == -1);
  CHECK(read_line({"--list", "a", "b"}).words == Arguments{"b"});
  CHECK(read_line({"a", "--flag", "--", "-z"}).words == Arguments{"a", "--flag", "--", "-z"});
}

TEST_CASE("A wrong value is told with what would be right", "[flags]") {
  CHECK(problem_of({"--text"}) == "--text needs a value\nsee: x --help");
  CHECK(problem_of({"--flag=perhaps"}) == "--flag=perhaps: the option takes no value\n--flag, or --flag=false");
  for (const auto* wrong : {"x", "0x10", "1'000", "1_000", "5s", "1.5", "99999999999"}) {
    CHECK(problem_of({"--number", wrong}) ==
          fmt::format("--number {}: not a whole number\nin decimal digits, as --number 7", wrong));
  }
  CHECK(problem_of({"--number", ""}) == "--number \"\": not a whole number\nin decimal digits, as --number 7");
  CHECK(problem_of({"--lst"}) == "unknown option \"--lst\"; did you mean \"--list\"?\nsee: x --help");
}

TEST_CASE("The help is laid out in the same way with every CLI11", "[flags]") {
  Read read;
  auto line = declare(read);
  CHECK(line.read({"--help"}).value() ==
        "Does.\n\n"
        "Usage: x\n\n"
        "Positionals:\n"
        "  words WORD ...              the rest\n\n"
        "Options:\n"
        "  -h,--help                   show this and exit\n"
        "  -f,--flag                   a flag\n"
        "  -v,--verbose                a count\n"
        "  -t,--text TEXT              a text\n"
        "  --maybe TEXT                a text or none\n"
        "  --number N                  a number\n"
        "  --list PART ...             texts\n\n"
        "Examples:\n  x   y\n\n");
}

TEST_CASE("A program without -- before it: the command line that would start it", "[flags]") {
  const auto said = [](const Arguments& arguments) { return problem_of([&] { read_command_line(arguments, {}); }); };
  CHECK(said({"pytest", "-q"}) ==
        "unknown command \"pytest\"\nto run a program beside the module: quasimodem run -- pytest -q");
  CHECK(said({"--profile", "lab", "pytest", "-k", "a b"}) ==
        "unknown command \"pytest\"\n"
        "to run a program beside the module: quasimodem run --profile lab -- pytest -k 'a b'");
  CHECK(said({"./it's", "[a]"}) ==
        "unknown command \"./it's\"\nto run a program beside the module: quasimodem run -- './it'\\''s' '[a]'");
  CHECK(said({"plya"}) == "unknown command \"plya\"; did you mean \"play\"?\nsee: quasimodem --help");
}

TEST_CASE("The same link, path or port twice in one command is told as such", "[flags]") {
  const auto said = [](const Arguments& arguments) { return problem_of([&] { run_with(arguments); }); };
  const std::string own = "\neach endpoint needs a link, path or port of its own";
  CHECK(said({"--uart", "pty:/tmp/m", "--uart", "pty:/tmp/./m"}) == "--uart: /tmp/m stands twice" + own);
  CHECK(said({"--uart", "pty:/tmp/m", "--uart", "unix:/tmp/x/../m"}) == "--uart: /tmp/m stands twice" + own);
  CHECK(said({"--uart", "tcp-listen::7000", "--uart", "rfc2217:127.0.0.1:7000"}) ==
        "--uart: 127.0.0.1:7000 stands twice" + own);
  // Ports count up from module to module.
  CHECK(said({"--count", "2", "--uart", "tcp-listen::7000", "--uart", "tcp-listen::7001"}) ==
        "--uart: 127.0.0.1:7001 stands twice" + own);
  CHECK(said({"--count", "2", "--uart", "tcp-listen::7000", "--uart", "tcp-listen::7002"}) == "none");
  CHECK(said({"--uart", "tcp-listen::0", "--uart", "rfc2217::0", "--uart", "pty:", "--uart", "pty:"}) == "none");
}

TEST_CASE("A wrong value of run is told with an example", "[flags]") {
  const auto said = [](const Arguments& arguments) { return problem_of([&] { run_with(arguments); }); };
  CHECK(said({"--map", "foo"}) ==
        "--map foo: \"foo\" is not HOST[:PORT]=HOST:PORT\n"
        "use --map mqtt.example.com=127.0.0.1:1883 or --map mqtt.example.com:8883=127.0.0.1:8883");
  CHECK(said({"--allow", "http://a.example/x"}) ==
        "--allow http://a.example/x: \"http://a.example/x\" is a URL; HOST or HOST:PORT is wanted\n"
        "use --allow mqtt.example.com or --allow mqtt.example.com:8883");
  CHECK(said({"--fault", "bearer.outge"})
            .starts_with(
                "--fault bearer.outge: there is no fault \"bearer.outge\" (all of them: quasimodem help faults); "
                "did you mean \"bearer.outage\"?\n"));
  CHECK(said({"--timeout", "5m"}) ==
        "--timeout 5m: not a duration\nuse 500ms, 10s, 2min or 1h; a number alone is seconds");
  for (const auto& option : run_option_table()) {
    if (bare(option)) continue;
    INFO(option.name);
    // Nothing takes both of these, and no message leaves somebody alone.
    const auto empty = said({flag_of(option), ""}), odd = said({flag_of(option), "\x01/?"});
    CHECK((empty != "none" || odd != "none" || option.name == "scenario"));
    for (const auto& problem : {empty, odd}) {
      if (problem == "none") continue;
      CHECK(problem.find('\n') > 0);
      CHECK_FALSE(problem.ends_with("\n"));
    }
  }
}
