// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/commands.hpp"
#include "emulator/app/cli/schema/documents.hpp"

namespace quasimodem::app {
namespace {

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

struct SchemaWords {
  std::string what{};

  CommandLine line() {
    CommandLine line{{.name = "quasimodem schema",
                      .description = "Prints the JSON Schema of a kind of file, for editors.",
                      .usage = "\nUsage: quasimodem schema configuration|scenario|profile\n",
                      .footer = kFooter}};
    line.word("what", what, fmt::format("{}", fmt::join(names_of(kDocuments), "|")), "of which kind of file");
    return line;
  }

  int run() const {
    if (what.empty()) usage("the schema of what?", "quasimodem schema configuration, scenario or profile");
    if (const auto* document = named(kDocuments, what)) return printed(schema::pretty(document->make()));
    usage(fmt::format("no schema of \"{}\"{}", what, did_you_mean(what, names_of(kDocuments))),
          "there are configuration, scenario and profile");
  }
};

}  // namespace

Verb schema_command() { return verb<SchemaWords>(); }

}  // namespace quasimodem::app
