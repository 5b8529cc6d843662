// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/arguments.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/declaration.hpp"
#include "emulator/app/problem.hpp"
#include "emulator/app/suggestion.hpp"

namespace quasimodem::app {
namespace {

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

class HelpFormat final : public CLI::Formatter {
 public:
  explicit HelpFormat(std::string lines) : lines_{std::move(lines)} {}
  std::string make_usage(const CLI::App*, std::string) const override { return lines_; }

 private:
  std::string lines_;
};

DeclaredOption declared(const CLI::Option& option) {
  DeclaredOption told{{}, option.get_type_size() == 0 ? "" : option.get_type_name(), option.get_description()};
  for (const auto& name : option.get_snames()) told.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) told.names.push_back("--" + name);
  if (told.names.empty()) told.names.push_back(option.get_name(true));
  return told;
}

std::string usage_of(const CLI::App& app) {
  const auto format = std::dynamic_pointer_cast<CLI::Formatter>(app.get_formatter());
  return format ? format->make_usage(&app, app.get_name()) : "";
}

Declaration declared(const CLI::App& app) {
  Declaration told{
      .name = app.get_name(), .description = app.get_description(), .usage = usage_of(app), .footer = app.get_footer()};
  for (const auto* option : app.get_options()) {
    (option->get_positional() ? told.words : told.options).push_back(declared(*option));
  }
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    told.commands.push_back(declared(*command));
  }
  return told;
}

}  // namespace

const std::string& CallForDeclaration::argument() {
  static const std::string kArgument{"\0tell", 5};
  return kArgument;
}

void usage(const std::string& what, const std::string& way_out) { throw Problem{ExitCode::usage, what, way_out}; }

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
  const auto meant = nearest(word, words);
  return meant ? fmt::format("; did you mean \"{}\"?", *meant) : "";
}

void set_usage(CLI::App& app, std::string lines) { app.formatter(std::make_shared<HelpFormat>(std::move(lines))); }

std::optional<std::string> read_arguments(CLI::App& app, std::vector<std::string> arguments,
                                          const std::vector<std::string>& commands) {
  if (arguments.size() == 1 && arguments.front() == CallForDeclaration::argument()) {
    throw CallForDeclaration{declared(app)};
  }
  const auto see = fmt::format("see: {} --help", app.get_name());
  app.allow_extras();
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes the last argument first
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();  // "--model: 1 required TEXT missing"
    usage(fmt::format("{} needs a value", what.substr(0, what.find(':'))), see);
  } catch (const CLI::ParseError& error) {
    usage(error.what(), see);
  }
  const auto extra = app.remaining();
  if (extra.empty()) return std::nullopt;
  const auto word = extra.front().substr(0, extra.front().find('='));
  const bool option = word.starts_with("-");
  if (std::find(commands.begin(), commands.end(), word) != commands.end()) {
    usage(fmt::format("the command \"{}\" goes before everything else", word), see);
  }
  usage(fmt::format("unknown {} \"{}\"{}",
                    option             ? "option"
                    : commands.empty() ? "argument"
                                       : "command",
                    word, did_you_mean(word, option ? option_names(app) : commands)),
        see);
}

ColorChoice read_color(const std::string& text) {
  if (text == "auto") return ColorChoice::automatic;
  if (text == "always") return ColorChoice::always;
  if (text == "never") return ColorChoice::never;
  usage("--color " + text + ": not a choice" + did_you_mean(text, {"auto", "always", "never"}),
        "use --color auto, always or never");
}

std::vector<std::string> split(const std::string& list, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(separator, at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace quasimodem::app
