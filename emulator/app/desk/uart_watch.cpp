// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/uart_watch.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quasimodem::app {

UartWatch::UartWatch(Expectations expectations, JournalRing& journal, Found found)
    : expectations_{std::move(expectations)}, found_{std::move(found)} {
  for (auto* searches : {&from_host_, &from_module_}) {
    for (const auto& text : expectations_.fail) searches->push_back({Seen::failure, TextFinder{text}});
    for (const auto& text : expectations_.expect) searches->push_back({Seen::expected, TextFinder{text}});
  }
  subscription_ = journal.listen([this](const Record& record) { look_at(record); });
}

void UartWatch::look_at(const Record& record) {
  const bool received = record.kind == RecordKind::uart_rx;
  if (done_ || (!received && record.kind != RecordKind::uart_tx) || record.find("withheld")) return;
  const auto shown = record.text();
  if (received) last_from_host_ = shown;
  const auto bytes = quasimodem::to_text(unescaped(shown));
  for (auto& [seen, finder] : received ? from_host_ : from_module_) {
    if (finder.feed(bytes) == 0) continue;
    done_ = true;
    return found_(seen, finder.text());
  }
}

std::string UartWatch::unmet() const {
  auto what = expectations_.expect.empty()
                  ? std::string{"the time is up"}
                  : fmt::format("the UART did not show \"{}\"", fmt::join(expectations_.expect, "\" or \""));
  if (!last_from_host_.empty()) what += fmt::format("; last from the host: {}", last_from_host_);
  return what;
}

}  // namespace quasimodem::app
