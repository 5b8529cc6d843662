// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/command_line.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "emulator/app/arguments.hpp"
#include "emulator/app/declaration.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kHelp = "-h,--help";

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

template <typename Target>
void add_option(CLI::App& app, const std::string& names, Target& target, const std::string& placeholder,
                const std::string& meaning) {
  app.add_option(names, target, meaning)->type_name(placeholder)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace

const std::string& CallForDeclaration::argument() {
  static const std::string kArgument{"\0tell", 5};
  return kArgument;
}

CommandLine::CommandLine(std::shared_ptr<CLI::App> app) : app_{std::move(app)} {}

CommandLine::CommandLine(const CommandText& text)
    : CommandLine{std::make_shared<CLI::App>(text.description, text.name)} {
  app_->formatter(std::make_shared<HelpFormat>(text.usage));
  app_->footer(text.footer);
  app_->set_help_flag(kHelp, "show this and exit");
}

void CommandLine::flag(const std::string& names, const std::string& meaning) { app_->add_flag(names, meaning); }

void CommandLine::flag(const std::string& names, bool& target, const std::string& meaning) {
  app_->add_flag(names, target, meaning);
}

void CommandLine::count(const std::string& names, std::int64_t& times, const std::string& meaning) {
  app_->add_flag(names, times, meaning);
}

void CommandLine::option(const std::string& names, std::string& target, const std::string& placeholder,
                         const std::string& meaning) {
  add_option(*app_, names, target, placeholder, meaning);
}

void CommandLine::option(const std::string& names, std::optional<std::string>& target, const std::string& placeholder,
                         const std::string& meaning) {
  add_option(*app_, names, target, placeholder, meaning);
}

void CommandLine::option(const std::string& names, int& target, const std::string& placeholder,
                         const std::string& meaning) {
  add_option(*app_, names, target, placeholder, meaning);
}

void CommandLine::list(const std::string& names, std::vector<std::string>& target, const std::string& placeholder,
                       const std::string& meaning) {
  app_->add_option(names, target, meaning)->type_name(placeholder)->allow_extra_args(false);
}

void CommandLine::word(const std::string& name, std::string& target, const std::string& placeholder,
                       const std::string& meaning) {
  app_->add_option(name, target, meaning)->type_name(placeholder);
}

void CommandLine::words(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
                        const std::string& meaning) {
  app_->add_option(name, target, meaning)->type_name(placeholder);
}

void CommandLine::rest(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
                       const std::string& meaning) {
  words(name, target, placeholder, meaning);
  app_->positionals_at_end();
}

void CommandLine::help_flag(bool& target, const std::string& meaning) {
  app_->set_help_flag();
  flag(kHelp, target, meaning);
}

std::string CommandLine::help() const { return app_->help(); }

CommandLine CommandLine::command(const CommandText& text) {
  CommandLine line{text};
  app_->add_subcommand(line.app_);
  return line;
}

std::optional<std::string> CommandLine::read(std::vector<std::string> arguments,
                                             const std::vector<std::string>& commands) {
  if (arguments.size() == 1 && arguments.front() == CallForDeclaration::argument()) {
    throw CallForDeclaration{declared(*app_)};
  }
  const auto see = fmt::format("see: {} --help", app_->get_name());
  app_->allow_extras();
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes the last argument first
    app_->parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return app_->help();
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();  // "--model: 1 required TEXT missing"
    usage(fmt::format("{} needs a value", what.substr(0, what.find(':'))), see);
  } catch (const CLI::ParseError& error) {
    usage(error.what(), see);
  }
  const auto extra = app_->remaining();
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
                    word, did_you_mean(word, option ? option_names(*app_) : commands)),
        see);
}

bool CommandLine::given(const std::string& name) const { return app_->count(name) > 0; }

std::string CommandLine::library_version() { return CLI11_VERSION; }

}  // namespace quasimodem::app
