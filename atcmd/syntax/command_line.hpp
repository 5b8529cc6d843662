// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quasimodem::atcmd {

/// SSL 2.1: `AT+X=?`, `AT+X?`, `AT+X=…`, `AT+X`. A basic command such as `E1` counts as a write.
enum class CommandForm { test, read, write, execution };

/// One parameter as it was typed. "Left out" and "malformed" are different things: the second never gets here.
struct Argument {
  enum class Kind { omitted, bare, quoted };
  Kind kind = Kind::omitted;
  std::string text;  ///< without the quotes

  bool omitted() const { return kind == Kind::omitted; }
  bool operator==(const Argument&) const = default;
};

/// One command of a line, in upper case, its parameters taken apart.
struct CommandCall {
  std::string name;  ///< `+QSSLOPEN`, `E`, `&W`, `S3`, `D`
  CommandForm form = CommandForm::execution;
  std::vector<Argument> arguments;

  bool operator==(const CommandCall&) const = default;
};

/// The text that reads back as `call`, without `AT`.
std::string print(const CommandCall& call);

struct SyntaxError {};

/// Reads the commands of one line one after the other, so that those before a malformed one are still carried out.
///
/// Blanks outside quotes mean nothing (the note itself writes `AT+ QSSLOPEN =1, 0,"…"`). Extended commands are
/// separated by `;`; basic ones may be run together (`E0V1`), and may follow an extended one (`+IPR=115200&W`).
class CommandLineReader {
 public:
  /// `body` is the line without `AT` and without its terminator.
  explicit CommandLineReader(std::string body) : text_{std::move(body)} {}

  bool done();
  tl::expected<CommandCall, SyntaxError> next();
  /// What `next` read last, as it was typed.
  std::string_view last() const { return std::string_view{text_}.substr(begin_, position_ - begin_); }
  /// The rest of the line is ignored (ATZ).
  void drop_rest() { position_ = text_.size(); }

 private:
  char peek();
  char take();
  bool at_separator();
  CommandCall dial_command();
  tl::expected<CommandCall, SyntaxError> basic_command();
  tl::expected<CommandCall, SyntaxError> extended_command();
  tl::expected<CommandCall, SyntaxError> s_register();
  tl::expected<void, SyntaxError> read_arguments(CommandCall& call);
  tl::expected<Argument, SyntaxError> read_argument();
  std::string digits();

  std::string text_;
  std::size_t position_ = 0;
  std::size_t begin_ = 0;  ///< of the command read last
};

}  // namespace quasimodem::atcmd
