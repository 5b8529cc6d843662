// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/time.hpp"
#include "emulator/app/base/json.hpp"

namespace quasimodem::app {

/// A trace (docs/control.md, "Records"), as far as a replay needs it: one module's side of `run --trace` or `record`.
struct Trace {
  struct Entry {
    int line = 0;  ///< in the file
    Duration time{};
    RecordKind kind{};
    std::string bytes;         ///< uart.rx, uart.tx: what went over the UART
    std::size_t withheld = 0;  ///< so many bytes that the trace does not show
    bool heard = true;         ///< uart.rx: the module was on
    Json record;
  };

  std::string name;   ///< of the file
  std::string modem;  ///< whose records these are
  std::vector<Entry> entries;

  /// Whether a file is a trace and no transcript.
  static bool looks_like_one(std::string_view text);
  /// Whether its first line is a record. Of a folder's files others are left out: there is much JSON in the world.
  static bool begins_like_one(std::string_view text);
  /// Or what is wrong with the text, and where. `modem` chooses, when several modules speak; empty: there is only one.
  static tl::expected<Trace, std::string> parse(std::string_view name, std::string_view text,
                                                const std::string& modem = {});
};

/// Puts the host's files in the place of what the trace withholds: the bytes after AT+QSECWRITE="NAME" and the like
/// come from `files[NAME]`. Or says what is missing or does not fit.
tl::expected<void, std::string> fill_in(Trace& trace, const std::map<std::string, std::string>& files);

}  // namespace quasimodem::app
