// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/command_line.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/base/process/program_name.hpp"

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

/// Carries the usage lines of a command.
class HelpFormat final : public CLI::Formatter {
 public:
  explicit HelpFormat(std::string lines) : lines_{std::move(lines)} {}
  std::string make_usage(const CLI::App*, std::string) const override { return lines_; }

 private:
  std::string lines_;
};

bool takes_several(const CLI::Option& option) {
  return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
}

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

/// A row of the help: the meaning begins at a fixed column.
std::string help_row(const std::string& left, const std::string& meaning) {
  constexpr std::size_t kColumn = 30;
  const bool wide = left.size() >= kColumn;
  return fmt::format("{}{}{:{}}{}\n", left, wide ? "\n" : "", "", wide ? kColumn : kColumn - left.size(), meaning);
}

std::string help_row(const CLI::Option& option) {
  const auto told = declared(option);
  auto left = fmt::format("  {}", fmt::join(told.names, ","));
  if (!told.value.empty()) left += " " + told.value;
  if (!told.value.empty() && takes_several(option)) left += " ...";
  return help_row(left, told.meaning);
}

/// CLI11 lays its own out in another way in each version, and breaks the lines of the footer.
std::string help_of(const CLI::App& app) {
  std::string words, options, commands;
  for (const auto* option : app.get_options()) (option->get_positional() ? words : options) += help_row(*option);
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands += help_row("  " + command->get_name(), command->get_description());
  }
  const auto titled = [](std::string_view title, const std::string& rows) {
    return rows.empty() ? rows : fmt::format("\n{}:\n{}", title, rows);
  };
  const auto& footer = app.get_footer();
  return fmt::format("{}\n{}{}{}{}{}", app.get_description(), usage_of(app), titled("Positionals", words),
                     titled("Options", options), titled("Subcommands", commands),
                     footer.empty() ? footer : fmt::format("\n{}\n", footer));
}

// CLI11 takes an argument in brackets apart, `[a,b]` into a and b, some versions even where one value is wanted. With
// this before it, which no argument of a process can hold, it stays whole.
constexpr char kWhole = '\0';

std::string kept_whole(const std::string& argument) {
  const auto equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
  const auto value = equals == std::string::npos ? 0 : equals + 1;
  if (!argument.ends_with(']') || argument.find('[', value) != value) return argument;
  return argument.substr(0, value) + kWhole + argument.substr(value);
}

std::string as_given(std::string text) {
  std::erase(text, kWhole);
  return text;
}

std::string command_text(std::string_view runs, const std::vector<std::string>& options,
                         const std::vector<std::string>& program) {
  std::string text{runs};
  for (const auto& word : options) text += " " + shell_word(word);
  text += " --";
  for (const auto& word : program) text += " " + shell_word(word);
  return text;
}

/// What one mention of a flag adds: 1 for `-v`, 3 for `--verbose=3`, -1 for `--json=false`.
std::int64_t times_in(const std::string& name, const std::string& text) {
  if (const auto times = whole_number<std::int64_t>(text)) return *times;
  if (const auto said = truth(text)) return *said ? 1 : -1;
  usage(fmt::format("{}={}: the option takes no value", name, text), fmt::format("{0}, or {0}=false", name));
}

std::int64_t times_in(const std::string& name, const std::vector<std::string>& texts) {
  std::int64_t times = 0;
  for (const auto& text : texts) {
    if (__builtin_add_overflow(times, times_in(name, text), &times)) usage(fmt::format("{}: too often", name), "once");
  }
  return times;
}

}  // namespace

CommandLine::CommandLine(std::shared_ptr<CLI::App> app) : app_{std::move(app)} {}

CommandLine::CommandLine(const CommandText& text)
    : CommandLine{std::make_shared<CLI::App>(text.description, text.name)} {
  app_->formatter(std::make_shared<HelpFormat>(text.usage));
  app_->footer(text.footer);
  app_->set_help_flag(kHelp, "show this and exit");
}

void CommandLine::add_flag(const std::string& names, const std::string& meaning, Take take) {
  // Without a target: to a flag with a number CLI11 2.4 adds a default that counts as given.
  takes_.emplace_back(app_->add_flag(names, meaning), std::move(take));
}

void CommandLine::flag(const std::string& names, bool& target, const std::string& meaning) {
  add_flag(names, meaning, [&target](const auto& name, const auto& texts) { target = times_in(name, texts) > 0; });
}

void CommandLine::count(const std::string& names, std::int64_t& times, const std::string& meaning) {
  add_flag(names, meaning, [&times](const auto& name, const auto& texts) { times = times_in(name, texts); });
}

void CommandLine::add_option(const std::string& names, const std::string& placeholder, const std::string& meaning,
                             Take take) {
  auto* option = app_->add_option(names, meaning)->type_name(placeholder)->allow_extra_args(false);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  takes_.emplace_back(option, std::move(take));
}

void CommandLine::option(const std::string& names, int& target, const std::string& placeholder,
                         const std::string& meaning) {
  add_option(names, placeholder, meaning, [&target](const auto& name, const auto& texts) {
    const auto& text = texts.back();
    const auto number = whole_number<int>(text);
    if (number) return void(target = *number);
    usage(fmt::format("{} {}: not a whole number", name, text.empty() ? "\"\"" : text),
          fmt::format("in decimal digits, as {} {}", name, target));
  });
}

void CommandLine::list(const std::string& names, std::vector<std::string>& target, const std::string& placeholder,
                       const std::string& meaning) {
  auto* option = app_->add_option(names, meaning)->type_name(placeholder)->allow_extra_args(false);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  takes_.emplace_back(option, [&target](const auto&, const auto& texts) { target = texts; });
}

void CommandLine::word(const std::string& name, std::string& target, const std::string& placeholder,
                       const std::string& meaning) {
  takes_.emplace_back(app_->add_option(name, meaning)->type_name(placeholder),
                      [&target](const auto&, const auto& texts) { target = texts.back(); });
}

void CommandLine::words(const std::string& name, std::vector<std::string>& target, const std::string& placeholder,
                        const std::string& meaning) {
  auto* option = app_->add_option(name, meaning)->type_name(placeholder)->expected(-1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  takes_.emplace_back(option, [&target](const auto&, const auto& texts) { target = texts; });
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

std::string CommandLine::help() const { return help_of(*app_); }

Declaration CommandLine::declaration() const { return declared(*app_); }

CommandLine CommandLine::command(const CommandText& text) {
  CommandLine line{text};
  app_->add_subcommand(line.app_);
  return line;
}

std::optional<std::string> CommandLine::parse(Texts arguments, const std::string& see) {
  app_->allow_extras();
  std::transform(arguments.begin(), arguments.end(), arguments.begin(), kept_whole);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes the last argument first
    app_->parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return help();
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();  // "--model: 1 required TEXT missing"
    usage(fmt::format("{} needs a value", what.substr(0, what.find(':'))), see);
  } catch (const CLI::ParseError& error) {
    usage(error.what(), see);
  }
  return std::nullopt;
}

void CommandLine::take() const {
  for (const auto& [option, take] : takes_) {
    auto texts = option->results();
    if (texts.empty()) continue;
    std::transform(texts.begin(), texts.end(), texts.begin(), as_given);
    take(option->get_name(), texts);
  }
}

std::optional<std::string> CommandLine::read(std::vector<std::string> arguments,
                                             const std::vector<std::string>& commands, std::string_view runs) {
  const auto see = fmt::format("see: {} --help", app_->get_name());
  if (auto help = parse(arguments, see)) return help;
  auto extra = app_->remaining();
  // That of `play -- FILE`, which CLI11 has heeded, and leaves over.
  if (const auto mark = std::find(extra.begin(), extra.end(), "--"); mark != extra.end()) extra.erase(mark);
  if (extra.empty()) {
    take();
    return std::nullopt;
  }
  const auto first = as_given(extra.front());
  const auto word = first.substr(0, first.find('='));
  const bool option = word.starts_with("-");
  if (std::find(commands.begin(), commands.end(), word) != commands.end()) {
    usage(fmt::format("the command \"{}\" goes before everything else", word), see);
  }
  const auto meant = did_you_mean(word, option ? option_names(*app_) : commands);
  const auto what = option ? "option" : commands.empty() ? "argument" : "command";
  const auto program =
      option || runs.empty() || !meant.empty() ? arguments.end() : std::find(arguments.begin(), arguments.end(), first);
  usage(fmt::format("unknown {} \"{}\"{}", what, word, meant),
        program == arguments.end() ? see
                                   : "to run a program beside the module: " +
                                         command_text(runs, {arguments.begin(), program}, {program, arguments.end()}));
}

bool CommandLine::given(const std::string& name) const { return app_->count(name) > 0; }

std::string CommandLine::library_version() { return CLI11_VERSION; }

}  // namespace quasimodem::app
