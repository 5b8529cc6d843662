// SPDX-License-Identifier: Apache-2.0
#include "core/journal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace quasimodem {
namespace {

constexpr std::array<std::string_view, kRecordKinds> kNames{"uart.rx", "uart.tx", "at",    "urc",   "state", "bearer",
                                                            "socket",  "tls",     "http",  "ftp",   "mail",  "mqtt",
                                                            "file",    "sms",     "fault", "power", "ctl"};

}  // namespace

std::string_view name_of(RecordKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<RecordKind> record_kind(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<RecordKind>(found - kNames.begin());
}

Journal Journal::of_channel(int channel) const {
  Journal same = *this;
  same.channel_ = channel;
  return same;
}

}  // namespace quasimodem
