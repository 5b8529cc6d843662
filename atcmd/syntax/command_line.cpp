// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/command_line.hpp"

namespace quasimodem::atcmd {
namespace {

constexpr char kEnd = '\0';  // cannot occur: the line editor drops control characters

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// V.250 5.4.1 reserves '+'; the others are the prefixes other makers use, sent to every modem by probing hosts.
bool starts_extended_name(char c) { return c == '+' || c == '%' || c == '*' || c == '$' || c == '^' || c == '_'; }

}  // namespace

char CommandLineReader::peek() {
  while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  return position_ < text_.size() ? text_[position_] : kEnd;
}

char CommandLineReader::take() {
  const char c = peek();
  if (c != kEnd) ++position_;
  return c;
}

bool CommandLineReader::done() {
  while (peek() == ';') take();
  return peek() == kEnd;
}

bool CommandLineReader::at_separator() { return peek() == kEnd || peek() == ';'; }

std::string CommandLineReader::digits() {
  std::string number;
  while (is_digit(peek())) number += take();
  return number;
}

tl::expected<CommandCall, SyntaxError> CommandLineReader::next() {
  const char c = peek();  // past the blanks
  begin_ = position_;
  if (starts_extended_name(c)) return extended_command();
  if (upper(c) == 'D') return dial_command();
  if (upper(c) == 'S') return s_register();
  return basic_command();
}

CommandCall CommandLineReader::dial_command() {
  take();
  CommandCall call{.name = "D", .form = CommandForm::write};
  Argument number{.kind = Argument::Kind::bare};
  // The dial string reaches to the end of the line or to its ';', which belongs to it: "voice call".
  while (peek() != kEnd) {
    number.text += take();
    if (number.text.back() == ';') break;
  }
  call.arguments.push_back(std::move(number));
  return call;
}

tl::expected<CommandCall, SyntaxError> CommandLineReader::s_register() {
  take();
  const auto index = digits();
  if (index.empty() || index.size() > 3) return tl::unexpected{SyntaxError{}};
  CommandCall call{.name = "S" + std::to_string(std::stoi(index))};
  switch (take()) {
    case '?': call.form = CommandForm::read; return call;
    case '=': {
      call.form = CommandForm::write;
      const auto value = digits();
      // V.250 5.3.2: ATSn= without a value writes 0.
      call.arguments.push_back({Argument::Kind::bare, value.empty() ? "0" : value});
      return call;
    }
    default: return tl::unexpected{SyntaxError{}};
  }
}

tl::expected<CommandCall, SyntaxError> CommandLineReader::basic_command() {
  CommandCall call{.form = CommandForm::write};
  if (peek() == '&') call.name += take();
  if (!is_letter(peek())) return tl::unexpected{SyntaxError{}};
  call.name += upper(take());
  if (const auto value = digits(); !value.empty()) {
    call.arguments.push_back({Argument::Kind::bare, value});
  } else if (peek() == '=') {
    take();
    if (take() != '?' || !at_separator()) return tl::unexpected{SyntaxError{}};
    call.form = CommandForm::test;
  }
  return call;
}

tl::expected<CommandCall, SyntaxError> CommandLineReader::extended_command() {
  CommandCall call;
  call.name += take();
  while (is_letter(peek()) || is_digit(peek()) || peek() == '_') call.name += upper(take());
  if (call.name.size() == 1) return tl::unexpected{SyntaxError{}};

  if (at_separator()) return call;
  const char mark = take();
  if (mark == '?' && at_separator()) {
    call.form = CommandForm::read;
    return call;
  }
  if (mark != '=') return tl::unexpected{SyntaxError{}};
  if (peek() == '?') {
    take();
    if (!at_separator()) return tl::unexpected{SyntaxError{}};
    call.form = CommandForm::test;
    return call;
  }
  call.form = CommandForm::write;
  if (const auto read = read_arguments(call); !read) return tl::unexpected{read.error()};
  return call;
}

tl::expected<void, SyntaxError> CommandLineReader::read_arguments(CommandCall& call) {
  for (;;) {
    auto argument = read_argument();
    if (!argument) return tl::unexpected{argument.error()};
    call.arguments.push_back(std::move(*argument));
    if (peek() != ',') return {};
    take();
  }
}

tl::expected<Argument, SyntaxError> CommandLineReader::read_argument() {
  Argument argument;
  if (peek() == '"') {
    take();
    const auto end = text_.find('"', position_);
    if (end == std::string::npos) return tl::unexpected{SyntaxError{}};
    argument = {Argument::Kind::quoted, text_.substr(position_, end - position_)};
    position_ = end + 1;
    if (!at_separator() && peek() != ',' && peek() != '&') return tl::unexpected{SyntaxError{}};
    return argument;
  }
  // '&' ends a bare value because a basic command may follow without a separator: AT+IPR=115200&W.
  while (!at_separator() && peek() != ',' && peek() != '&') {
    if (peek() == '"') return tl::unexpected{SyntaxError{}};
    argument.kind = Argument::Kind::bare;
    argument.text += take();
  }
  return argument;
}

std::string print(const CommandCall& call) {
  std::string text = call.name;
  const bool extended = starts_extended_name(call.name.front());
  switch (call.form) {
    case CommandForm::execution: return text;
    case CommandForm::read: return text + "?";
    case CommandForm::test: return text + "=?";
    case CommandForm::write: break;
  }
  if (extended || call.name.front() == 'S') text += '=';
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const auto& argument = call.arguments[i];
    if (i > 0) text += ',';
    text += argument.kind == Argument::Kind::quoted ? '"' + argument.text + '"' : argument.text;
  }
  return text;
}

}  // namespace quasimodem::atcmd
