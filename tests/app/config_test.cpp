// SPDX-License-Identifier: Apache-2.0
// Flags, variables and configuration file: who counts, where it comes from, what is wrong with it.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/safe_toml.hpp"
#include "emulator/app/cli/config/settings_text.hpp"
#include "emulator/app/cli/options/environment.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/run/invocation.hpp"
#include "emulator/app/cli/run/run_options.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::app;
using quasimodem::LogLevel;
namespace device = quasimodem::device;

namespace {

/// A file of its own that is gone afterwards.
class File {
 public:
  explicit File(const std::string& text) {
    char name[] = "/tmp/quasimodem-config-XXXXXX";
    const int descriptor = ::mkstemp(name);
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = name;
    std::ofstream{path_} << text;
  }
  ~File() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Invocation read(const std::string& file, std::vector<std::string> arguments = {}, const Environment& environment = {}) {
  const File config{file};
  arguments.insert(arguments.begin(), {"--config", config.path()});
  return read_command_line(arguments, environment);
}

/// What is wrong, with `FILE` for the name of the file: message and way out.
std::string wrong(const std::string& file, const std::vector<std::string>& arguments = {},
                  const Environment& environment = {}) {
  const File config{file};
  auto all = arguments;
  all.insert(all.begin(), {"--config", config.path()});
  try {
    read_command_line(all, environment);
  } catch (const Problem& problem) {
    CHECK(problem.code() == ExitCode::usage);
    auto text = fmt::format("{}\n{}", problem.what(), problem.way_out());
    for (auto at = text.find(config.path()); at != std::string::npos; at = text.find(config.path())) {
      text.replace(at, config.path().size(), "FILE");
    }
    return text;
  }
  return "nothing";
}

std::string place_of(const Invocation& invocation, std::string_view option) {
  const auto* setting = invocation.settings.find(option);
  return setting ? setting->values.front().place : "default";
}

std::string contents(const std::string& path) {
  std::ifstream file{std::string{QUASIMODEM_SOURCE_DIR} + path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("Flag before variable before file before default", "[config]") {
  const std::string file = "[network]\nseed = 3\n";
  const Environment variable{{"QUASIMODEM_SEED", "2"}};
  const auto from_default = read_command_line({"--config", "/dev/null"}, {});
  CHECK(from_default.run->module.seed == 1);
  CHECK(place_of(from_default, "seed") == "default");
  const auto from_file = read(file);
  CHECK(from_file.run->module.seed == 3);
  CHECK(place_of(from_file, "seed") == *from_file.configuration + ":2");
  const auto from_variable = read(file, {}, variable);
  CHECK(from_variable.run->module.seed == 2);
  CHECK(place_of(from_variable, "seed") == "QUASIMODEM_SEED");
  const auto from_flag = read(file, {"--seed", "1"}, variable);
  CHECK(from_flag.run->module.seed == 1);
  CHECK(place_of(from_flag, "seed") == "--seed");
}

TEST_CASE("Every option can be said in each way, and is found by each name once", "[config]") {
  std::set<std::string> names;
  for (const auto& option : run_option_table()) {
    INFO(option.name);
    CHECK(run_option(option.name) == &option);
    CHECK(names.insert(variable_of(option)).second);
    CHECK_FALSE(names_an_endpoint(variable_of(option)));
    CHECK_FALSE(option.meaning.empty());
  }
  CHECK(variable_of(*run_option("time-scale")) == "QUASIMODEM_TIME_SCALE");
  CHECK(key_of(*run_option("time-scale")) == "time_scale");
}

TEST_CASE("A list is taken as a whole from who counts", "[config]") {
  const std::string file = "[module]\nuart = ['pty:', 'stdio']\n";
  CHECK(read(file).run->uarts.size() == 2);
  CHECK(read(file, {}, {{"QUASIMODEM_UART", "pty:;tcp-listen::0;unix:x"}}).run->uarts.size() == 3);
  CHECK(read(file, {"--uart", "pty:"}).run->uarts.size() == 1);
  CHECK(read("[network]\nallow = 'one.example'\n").run->network.allow.size() == 1);
  CHECK(read("[network]\nallow = []\n", {}, {}).run->network.allow.empty());
}

TEST_CASE("What contradicts each other", "[config]") {
  CHECK(read("[module]\nnvram = 'x'\n", {"--ephemeral"}).run->ephemeral);
  CHECK_FALSE(read("[module]\nnvram = 'x'\n", {"--ephemeral"}).run->nvram);
  CHECK_FALSE(read("[module]\nephemeral = true\n", {"--nvram", "x"}).run->ephemeral);
  CHECK_FALSE(read("[module]\nephemeral = true\n", {"--ephemeral=false"}).run->ephemeral);
  CHECK(wrong("[module]\nephemeral = true\nnvram = 'x'\n").starts_with("--nvram and --ephemeral"));
  CHECK(read("[output]\nverbose = 1\n", {"-q"}).run->log.lowest == LogLevel::error);
  CHECK(read("[output]\nquiet = true\n", {"-v"}).run->log.lowest == LogLevel::debug);
}

TEST_CASE("With a command other defaults hold", "[config]") {
  const auto alone = read("");
  const auto wrapped = read("", {"--", "true"});
  CHECK(alone.run->module.timing.name == "lab");
  CHECK(wrapped.run->module.timing.name == "instant");
  CHECK(wrapped.run->ephemeral);
  CHECK(wrapped.run->log.lowest == LogLevel::warning);
  CHECK(read("", {"-v", "--", "true"}).run->log.lowest == LogLevel::info);
  CHECK(read("", {"-vv", "--", "true"}).run->log.lowest == LogLevel::debug);
  CHECK(read("[network]\nprofile = 'poor'\n", {"--", "true"}).run->module.timing.name == "poor");
  CHECK_FALSE(read("[module]\nnvram = 'x'\n", {"--", "true"}).run->ephemeral);
}

TEST_CASE("Variables", "[config]") {
  const auto with = [](Environment environment) { return read("", {}, environment); };
  CHECK(with({{"QUASIMODEM_MODEL", "m10"}}).run->name == "m10");
  CHECK(with({{"QUASIMODEM_MODEL", ""}}).run->name == "m95");
  CHECK(with({{"QUASIMODEM_JSON", "Yes"}}).run->json);
  CHECK_FALSE(with({{"QUASIMODEM_JSON", "off"}}).run->json);
  CHECK(with({{"QUASIMODEM_VERBOSE", "1"}}).run->log.lowest == LogLevel::debug);
  CHECK(wrong("", {}, {{"QUASIMODEM_JSON", "perhaps"}}) ==
        "QUASIMODEM_JSON=perhaps: neither true nor false\nuse 1 or 0");
  CHECK(wrong("", {}, {{"QUASIMODEM_SEED", "one"}}) == "QUASIMODEM_SEED=one: not a whole number\nuse 1, 2, 3 ...");
  CHECK(wrong("", {}, {{"QUASIMODEM_MODEL", "m96"}}).starts_with("QUASIMODEM_MODEL=m96: unknown model \"m96\""));
  const auto known =
      with({{"QUASIMODEM_TTY", "/dev/pts/1"}, {"QUASIMODEM_CTL_12", "x"}, {"QUASIMODEM_RFC2217", "h:1"}});
  CHECK(known.warnings.empty());
  const auto unknown = with({{"QUASIMODEM_MODLE", "m66"}, {"QUASIMODEM_TTYS", "x"}});
  REQUIRE(unknown.warnings.size() == 2);
  CHECK(unknown.warnings[0] ==
        R"(the environment variable QUASIMODEM_MODLE means nothing here; did you mean "QUASIMODEM_MODEL"?)");
}

TEST_CASE("The key log of other programs", "[config]") {
  const Environment variable{{"SSLKEYLOGFILE", "theirs"}};
  CHECK(read("[output]\nkeylog = 'file'\n", {}, variable).run->key_log == "theirs");
  CHECK(read("", {}, {{"SSLKEYLOGFILE", "theirs"}, {"QUASIMODEM_KEYLOG", "ours"}}).run->key_log == "ours");
  CHECK(read("", {"--keylog", "flag"}, variable).run->key_log == "flag");
}

TEST_CASE("Values of a file have types", "[config]") {
  CHECK(read("[network]\ntime_scale = 2.5\n").run->time_scale == 2.5);
  CHECK(read("[network]\ntime_scale = 10\n").run->time_scale == 10);
  CHECK(read("[network]\nseed = '18446744073709551615'\n").run->module.seed == ~std::uint64_t{0});
  for (const auto* time : {"2015-04-08T12:00:00Z", "2015-04-08T12:00:00+02:00", "2015-04-08"}) {
    const auto bare = read(fmt::format("[module]\nrtc = {}\n", time));
    CHECK(bare.settings.find("rtc")->values.front().text == time);
  }
  CHECK(read("network.profile = 'poor'\n").run->module.timing.name == "poor");
}

TEST_CASE("What is wrong with a file", "[config]") {
  CHECK(wrong("#\n[network]\nproflie = 'realistic'\n") ==
        "FILE:3: unknown key \"proflie\" in [network]; did you mean \"profile\"?\n"
        "2 | [network]\n"
        "3 | proflie = 'realistic'\n"
        "  | ^^^^^^^");
  CHECK(wrong("[network]\n\n\n\n\n\n\n\n\nseed = true # no\n") ==
        "FILE:10: seed: a number is wanted\n"
        " 1 | [network]\n"
        "10 | seed = true # no\n"
        "   |        ^^^^");
  CHECK(wrong("[module]\nuart = [\n  'pty:',\n\t'tcp:host:0',\n]\n") ==
        "FILE:4: uart = tcp:host:0: nobody listens on port 0\n"
        "1 | [module]\n"
        "4 |  'tcp:host:0',\n"
        "  |  ^^^^^^^^^^^^\n"
        "the form is tcp:HOST:PORT");
  CHECK(wrong("[module]\nmodel = 'm96'\n").starts_with("FILE:2: unknown model \"m96\"; did you mean"));
  CHECK(wrong("[network]\nseed = -1\n").starts_with("FILE:2: seed = -1: not a whole number\n"));
  CHECK(wrong("[network]\ntime_scale = 1e9\n").starts_with("FILE:2: time_scale = 1000000000: not a factor\n"));
  CHECK(wrong("[module]\nprofile = 'lab'\n")
            .starts_with("FILE:2: unknown key \"profile\" in [module]; it belongs in [net"));
  CHECK(wrong("profile = 'lab'\n")
            .starts_with("FILE:1: unknown key \"profile\" outside of a section; it belongs in [net"));
  CHECK(wrong("[netwrok]\n").starts_with("FILE:1: unknown section [netwrok]; did you mean \"network\"?\n"));
  CHECK(wrong("[[module]]\n").starts_with("FILE:1: \"module\" is a section: [module]\n"));
  CHECK(wrong("[module]\nready_fd = 3\n").starts_with("FILE:2: unknown key \"ready_fd\" in [module]\n"));
  CHECK(wrong("[module]\nimei = 490154203237518\n").starts_with("FILE:2: imei: a string is wanted\n"));
  CHECK(wrong("[module]\nuart = [1]\n").starts_with("FILE:2: uart: a string, or an array of strings, is wanted\n"));
  CHECK(wrong("[output]\njson = 1\n").starts_with("FILE:2: json: true or false is wanted\n"));
  CHECK(wrong("[output]\nlog_format = 'jsn'\n").find("did you mean \"json\"") != std::string::npos);
  CHECK(wrong("[output]\ncolor = 'alway'\n")
            .starts_with("FILE:2: color = alway: not a choice; did you mean \"always\"?\n"));
  // The first of several mistakes, in the order of the file.
  CHECK(wrong("[output]\nb = 1\na = 1\n[module]\nx = 1\n").starts_with("FILE:2: unknown key \"b\" in [output]"));
  CHECK(wrong("[module\nmodel = 1").starts_with("FILE:1: "));
  CHECK(wrong("[module]\nname = 'a'\nname = 'b'\n").starts_with("FILE:3: "));
  CHECK(wrong("\xff\xfe").starts_with("FILE:1: "));
}

TEST_CASE("A time in a file is text or a number of seconds", "[config]") {
  using namespace std::chrono_literals;
  CHECK(read("[test]\ntimeout = 5\n").run->expectations.timeout == 5s);
  CHECK(read("[test]\ntimeout = 1.5\n").run->expectations.timeout == 1500ms);
  CHECK(read("[test]\ntimeout = 0.00001\n").run->expectations.timeout == 10us);
  CHECK(read("[test]\ntimeout = \"2min\"\n").run->expectations.timeout == 2min);
  CHECK(wrong("[test]\ntimeout = true\n").starts_with("FILE:2: timeout: a time, like \"500ms\", \"10s\" or a number"));
}

TEST_CASE("What a file may hold is bounded in depth", "[config]") {
  const auto nested = [](std::size_t depth) { return "[module]\nuart = " + std::string(depth, '['); };
  CHECK(wrong(nested(300)).starts_with("FILE:2: "));
  CHECK(wrong(nested(500'000)).starts_with("FILE:2: "));
  std::string key = "a";
  for (int parts = 1; parts < 300'000; ++parts) key += ".a";
  for (const auto& text : {"\n" + key + " = 1\n", "\n[" + key + "]\n", "\nx = {" + key + " = 1}\n"}) {
    CHECK(wrong(text) ==
          "FILE:2: a key of too many parts\nwhat it can say: man quasimodem.toml; docs/configuration.md");
  }
  CHECK(wrong(std::string(100, '.')).starts_with("FILE:1: "));
  CHECK_NOTHROW(read("[network]\nmap = ['a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.0.1.2.3.4.5.6.7=b:1']\n"));
}

TEST_CASE("The parts of a key are counted", "[config]") {
  const auto line_of_long_key = [](std::string_view text) {
    const auto safe = safe_toml(text, 2);
    return safe ? 0 : safe.error().line;
  };
  CHECK(line_of_long_key("a.b.c = 1") == 1);
  CHECK(safe_toml("a.b.c = 1", 3).has_value());
  CHECK(line_of_long_key("a.b = 1\n\n[ a . \"b.b\" . 'c' ]") == 3);
  CHECK(line_of_long_key("a = '''\n.\n'''\na.b.c = 1") == 4);
  CHECK(line_of_long_key("a.b = 'a.b.c'\na.b = \"a.\\\"b.c\" # a.b.c") == 0);
  CHECK(line_of_long_key("a = [1.5, 2.5, 3.5]") == 0);
  CHECK(line_of_long_key("a = \"\"\"\na.b.c\n\"\"\"") == 0);
}

TEST_CASE("What toml++ has assertions for is an error", "[config]") {
  const auto told = [](const std::string& at) {
    return at + "\nwhat it can say: man quasimodem.toml; docs/configuration.md";
  };
  for (const auto* header : {"[=", "[", "[[", "[#", "[,]", "[]", "[\n", " [ \n]", "[[=]]", "[é]"}) {
    INFO(header);
    CHECK(wrong(fmt::format("\n{}", header)) == told("FILE:2: a section without a name"));
  }
  for (const auto* text :
       {"größe=1", "é", "model=é", "[module]é", "profíl=\"x\"", "a=\"x\"é", "a=[\"é\", é]", "\u00a0"}) {
    INFO(text);
    CHECK(wrong(fmt::format("#é\n{}", text)) ==
          told("FILE:2: a character beyond ASCII, neither between quotes nor in a comment"));
  }
  for (const auto* text : {"a=1\"é\"", "a=1.'é'", "a=0x['é'", "a=1='é'"}) {
    INFO(text);
    CHECK(wrong(text) == told("FILE:1: a value with quotes, a bracket or = within"));
  }
  CHECK(wrong("a=[1,\n}") == told("FILE:2: a } before the ] of its array"));
  for (const auto* text : {"a=[2015-04-08 1]", "a=2015-04-08_ 1#"}) {
    INFO(text);
    CHECK(wrong(text) == told("FILE:1: a time of day of one digit"));
  }
  // These it tells itself.
  for (const auto* text : {"a=\"\"\"\\é\"\"\"", "a=\"\"\"\\ é\"\"\"", "a=\"\"\"é", "a='''é", "a=\"é", "a='é\n'"}) {
    INFO(text);
    CHECK(wrong(text).starts_with("FILE:1: Error while parsing"));
  }
}

TEST_CASE("What is TOML stays so", "[config]") {
  const auto name_in = [](const std::string& value) { return read("[module]\nname = " + value + "\n").run->name; };
  CHECK(name_in("\"é\" # é") == "é");
  CHECK(name_in("'é'") == "é");
  CHECK(name_in("'''\né'''") == "é");
  CHECK(name_in("\"\"\"\né\\\"\"\"\"\"") == "é\"\"");
  CHECK(name_in("\"\"\"a\\\n  é\\\\é\\\r\n\n 😀\"\"\"") == "aé\\é😀");
  for (const auto* text :
       {"\xEF\xBB\xBF[network]", " [ network ]", "[\"network\"]",
        "[network]\nallow = [\n'a.example', \"b.example\"\n,\n]", "network = { seed = 1, allow = ['a.example'] } # [",
        "['module']\nrtc = 2015-04-08 12:00:00Z"}) {
    INFO(text);
    CHECK_NOTHROW(read(text));
  }
  const std::string nested = "a = [\n [1, 2],\n [{\"é\".b = '''é''''', c = [\n[]]}]]";
  CHECK(safe_toml(nested).value_or("") == nested);
}

TEST_CASE("config show writes what reads back the same", "[config]") {
  const auto once = read(
      "[module]\nuart = ['pty:./a b', 'tcp-listen::0']\nname = 'ü'\nsim = 'pin:1234'\n"
      "[network]\nprofile = 'poor'\nseed = '18446744073709551615'\ntime_scale = '.5'\nallow = []\n"
      "[test]\nexpect = [\"say \\\"hi\\\"\\r\\n\", 'back\\slash']\nfault = 'at.answer match=AT text=\"a b\"'\n"
      "[output]\nverbose = 2\njson = true\nquiet = false\n",
      {"--count", "3"}, {{"QUASIMODEM_RTC", "factory"}});
  const auto text = settings_text(once, ShowOrigin::no);
  INFO(text);
  const auto again = read(text);
  for (const auto& option : run_option_table()) {
    if (option.section.empty()) continue;
    INFO(option.name);
    CHECK(same_values(once.settings.find(option.name), again.settings.find(option.name)));
  }
  CHECK(again.run->expectations.expect.front() == "say \"hi\"\r\n");
  CHECK(read(settings_text(once, ShowOrigin::yes)).run->count == 3);
  CHECK(settings_text(once, ShowOrigin::yes).find("  # configuration file\n") != std::string::npos);
  CHECK(settings_text(once, ShowOrigin::yes).find("count = 3                              # --count") !=
        std::string::npos);
}

TEST_CASE("With nothing said, config show says nothing but comments", "[config]") {
  std::istringstream lines{settings_text(read_command_line({"--config", "/dev/null"}, {}), ShowOrigin::no)};
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK((line.empty() || line.starts_with("#") || line.starts_with("[")));
  }
}

namespace {

/// `host, factory, TIME: ` where an option takes one of several.
std::string choices(const Option& option) {
  if (option.placeholder.find('|') == std::string_view::npos) return {};
  return fmt::format("{}: ", fmt::join(split(std::string{option.placeholder}, '|'), ", "));
}

/// Narrow enough for a page of 80 columns: flag and variable are made of the key, and the page says how.
std::string reference_row(const Option& option) {
  const auto letter = option.letter.empty() ? std::string{} : fmt::format(", `-{}`", option.letter);
  return fmt::format("| `{}`{} | {} | {} | {}{} |\n", option.section.empty() ? flag_of(option) : key_of(option), letter,
                     default_in_words(option), option.change == OptionChange::at_once ? "at once" : "restart",
                     choices(option), option.meaning);
}

/// All options as tables in Markdown, one for each section, as in docs/configuration.md.
std::string configuration_reference() {
  constexpr std::string_view kHead = "| Key | Default | SIGHUP | Meaning |\n| --- | --- | --- | --- |\n";
  std::string text;
  auto names = option_sections(run_option_table());
  names.push_back("");  // what a file cannot say
  for (const auto section : names) {
    text += section.empty() ? std::string{"### Not in a file\n\n"} : fmt::format("### `[{}]`\n\n", section);
    text += kHead;
    for (const auto& option : run_option_table()) {
      if (option.section == section) text += reference_row(option);
    }
    text += "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("docs/configuration.md has the table", "[config][docs]") {
  const auto page = contents("/docs/configuration.md");
  const auto table = configuration_reference();
  const std::string above = "## Keys\n", below = "\n## Signals\n";
  const auto begin = page.find("### `[", page.find(above)), end = page.find(below);
  if (std::getenv("QUASIMODEM_UPDATE")) {
    std::ofstream{std::string{QUASIMODEM_SOURCE_DIR} + "/docs/configuration.md"} << page.substr(0, begin) << table
                                                                                 << page.substr(end);
  } else {
    CHECK(page.substr(begin, end - begin) == table);
  }
}

TEST_CASE("docs/quasimodem.toml is an example that works", "[config][docs]") {
  const auto example = read(contents("/docs/quasimodem.toml"));
  CHECK(example.run->name == "meter");
  CHECK(example.run->uarts.size() == 2);
  CHECK(example.run->faults.size() == 2);
  CHECK(example.run->time_scale == 10);
  CHECK(example.run->log.format == LogFormat::json);
}
