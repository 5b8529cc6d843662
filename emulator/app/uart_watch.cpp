// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/uart_watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace quasimodem::app {

UartWatch::UartWatch(Expectations expectations, JournalRing& journal, Found found)
    : expectations_{std::move(expectations)}, found_{std::move(found)} {
  for (const auto* texts : {&expectations_.expect, &expectations_.fail}) {
    for (const auto& text : *texts) longest_ = std::max(longest_, text.size());
  }
  subscription_ = journal.listen([this](const Record& record) { look_at(record); });
}

void UartWatch::look_at(const Record& record) {
  const bool received = record.kind == RecordKind::uart_rx;
  if (done_ || (!received && record.kind != RecordKind::uart_tx) || record.find("withheld")) return;
  const auto shown = record.text();
  if (received) last_from_host_ = shown;
  auto& window = received ? from_host_ : from_module_;
  window += quasimodem::to_text(unescaped(shown));
  search(window);
  if (window.size() >= longest_) window.erase(0, window.size() - longest_ + 1);
}

void UartWatch::search(std::string& window) {
  const auto shows = [&](const std::string& text) { return window.find(text) != std::string::npos; };
  for (const auto& [texts, seen] :
       {std::pair{&expectations_.fail, Seen::failure}, std::pair{&expectations_.expect, Seen::expected}}) {
    const auto found = std::find_if(texts->begin(), texts->end(), shows);
    if (found == texts->end()) continue;
    done_ = true;
    return found_(seen, *found);
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
