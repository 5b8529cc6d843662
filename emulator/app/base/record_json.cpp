// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/record_json.hpp"

#include <chrono>
#include <variant>

namespace quasimodem::app {

Json record_json(const Record& record, const std::string& modem) {
  const auto seconds = std::chrono::duration<double>{record.time.time_since_epoch()}.count();
  JsonObject object{{"seq", record.seq}, {"t", seconds}, {"modem", modem}, {"kind", name_of(record.kind)}};
  for (const auto& [name, value] : record.fields) {
    object.emplace(name, std::visit([](const auto& each) { return Json(each); }, value));
  }
  return object;
}

}  // namespace quasimodem::app
