// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/journal.hpp"
#include "emulator/app/base/json.hpp"
#include "emulator/app/base/rows.hpp"

namespace quasimodem::app {

/// Draws the records of a module for people: a row for each line of text, a row for each thing that happens.
class View {
 public:
  /// Takes one row, or more when it needs them, with the line ends.
  using Put = std::function<void(const std::string& rows)>;

  View(Rows rows, Put put) : rows_{std::move(rows)}, put_{std::move(put)} {}

  /// Whether records of this kind make rows. Those of commands and URCs do not: their text is seen on the UART.
  static bool shows(RecordKind kind);

  /// A record as `record_json` makes it. What is no record is left out.
  void show(const Json& record);

  /// Somebody has begun a line, which the next record may end.
  bool line_has_begun() const { return !host_.begun().empty() || !module_.begun().empty(); }
  /// Shows what has begun as it is: nothing more comes for a while.
  void finish_lines();

 private:
  void host_says(const Json& record, std::string_view bytes);
  void module_says(const Json& record, std::string_view bytes);
  void show_host(const std::string& line, std::string_view remark = {});
  void show_module(const std::string& line);
  void happens(RecordKind kind, const Json& record);

  Rows rows_;
  Put put_;
  SaidLines host_, module_;
  double host_time_ = 0, module_time_ = 0;  ///< of the last bytes, in seconds
  std::string echo_;                        ///< the module may say next what the host has said
};

}  // namespace quasimodem::app
