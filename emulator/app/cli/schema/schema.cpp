// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/schema/schema.hpp"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/cli/schema/documents.hpp"
#include "emulator/app/cli/schema/pretty.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem schema configuration|scenario|profile
)";

constexpr const char* kFooter =
    R"(An editor checks and completes a file that names its schema in the first line. A TOML file:
  #:schema file:///usr/share/quasimodem/schemas/quasimodem.schema.json
a scenario:
  # yaml-language-server: $schema=file:///usr/share/quasimodem/schemas/scenario.schema.json
Installed packages bring the files along. For a program that lies elsewhere:
  quasimodem schema scenario >scenario.schema.json)";

struct Document {
  std::string_view name;
  JsonObject (*make)();
};
constexpr Document kDocuments[] = {
    {"configuration", &schema::configuration_schema},
    {"scenario", &schema::scenario_schema},
    {"profile", &schema::profile_schema},
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& document : kDocuments) all.emplace_back(document.name);
  return all;
}

CommandLine schema_line(std::string& what) {
  CommandLine line{{.name = "quasimodem schema",
                    .description = "Prints the JSON Schema of a kind of file, for editors.",
                    .usage = kUsage,
                    .footer = kFooter}};
  line.word("what", what, fmt::format("{}", fmt::join(names(), "|")), "of which kind of file");
  return line;
}

}  // namespace

Declaration declare_schema() {
  std::string what;
  return schema_line(what).declaration();
}

int print_schema(const std::vector<std::string>& arguments) {
  std::string what;
  if (const auto help = schema_line(what).read(arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  if (what.empty()) usage("the schema of what?", "quasimodem schema configuration, scenario or profile");
  for (const auto& document : kDocuments) {
    if (document.name != what) continue;
    fmt::print("{}", schema::pretty(document.make()));
    return static_cast<int>(ExitCode::ok);
  }
  usage(fmt::format("no schema of \"{}\"{}", what, did_you_mean(what, names())),
        "there are configuration, scenario and profile");
}

}  // namespace quasimodem::app
