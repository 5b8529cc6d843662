// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atcmd/syntax/dialogue.hpp"
#include "core/bytes.hpp"

namespace quasimodem::atcmd {

struct Line;

/// V.250 result codes with their ATV0 digits, M66 table 3.
enum class ResultCode {
  ok = 0,
  connect = 1,
  ring = 2,
  no_carrier = 3,
  error = 4,
  no_dialtone = 6,
  busy = 7,
  no_answer = 8,
  proceeding = 9,
};

/// A final result code of V.250 or 27.007, in words: `OK`, `NO CARRIER`, `CONNECT 9600`, `+CME ERROR: 10`.
bool is_final_result(std::string_view line);

/// The only place that writes CR and LF. CR and LF are really S3 and S4.
class ResponseWriter {
 public:
  ResponseWriter(Bytes& out, const Dialogue& dialogue, const ErrorTexts& texts)
      : out_{out}, dialogue_{dialogue}, texts_{texts} {}

  /// One information response: `\r\n<line>\r\n`, several lines joined by one line end each.
  void information(std::string_view line);
  void information(const std::vector<std::string>& lines);

  void result(ResultCode code);
  /// A result code of the maker's own, such as `SEND OK` or `CLOSE OK`.
  void result(std::string_view words);
  void cme_error(int number);
  void cms_error(int number);

  /// The words of these results, as the TE's settings want them; for who keeps a journal.
  static std::string_view words(ResultCode code);
  /// The result codes, each at its digit, errors and the prompt: what belongs to no command.
  static std::span<const Line> lines();
  std::string cme_words(int number) const { return error_words("+CME ERROR", number, texts_.cme(number)); }
  std::string cms_words(int number) const { return error_words("+CMS ERROR", number, texts_.cms(number)); }

  /// An unsolicited line is framed like an information response.
  void unsolicited(std::string_view line) { information(line); }

  /// `\r\n> `, M66 11.2.
  void prompt();

  /// A header line and the raw bytes it announces: `\r\n<header>\r\n<data>`. The line end after the data is the one
  /// that the following result code brings.
  void data(std::string_view header, ByteSpan data);
  void raw(ByteSpan bytes) { append(out_, bytes); }
  /// `<text>\r\n`, without a line end before it: headers inside pushed data.
  void bare_line(std::string_view text);

  bool verbose() const { return dialogue_.verbose != 0; }

 private:
  void line_end();
  std::string error_words(std::string_view prefix, int number, std::string_view text) const;

  Bytes& out_;
  const Dialogue& dialogue_;
  const ErrorTexts& texts_;
};

}  // namespace quasimodem::atcmd
