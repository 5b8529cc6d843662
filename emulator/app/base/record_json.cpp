// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/record_json.hpp"

#include <chrono>
#include <type_traits>
#include <variant>

#include "core/bytes.hpp"

namespace quasimodem::app {
namespace {

constexpr auto in_json = []<class Value>(const Value& value) {
  if constexpr (std::is_same_v<Value, Bytes>) {
    return Json(escaped(value));
  } else {
    return Json(value);
  }
};

}  // namespace

Json record_json(const Record& record, const std::string& modem) {
  const auto seconds = std::chrono::duration<double>{record.time.time_since_epoch()}.count();
  JsonObject object{{"seq", record.seq}, {"t", seconds}, {"modem", modem}, {"kind", name_of(record.kind)}};
  for (const auto& [name, value] : record.fields) {
    object.emplace(name, std::visit(in_json, value));
  }
  return object;
}

}  // namespace quasimodem::app
