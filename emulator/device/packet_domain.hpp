// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <utility>

namespace quasimodem::device {

/// The contexts of AT+CGDCONT and AT+CGACT. They are not those of the TCP/IP stack (at-reference 1.12).
class PacketDomain {
 public:
  // ASSUMED: how many; the manual leaves it to the test form.
  static constexpr int kContexts = 10;

  /// precedence, delay, reliability, peak, mean; 0 = whatever the network subscribes.
  using Quality = std::array<int, 5>;

  struct Context {
    bool defined = false;
    std::string access_point;
    std::string address;
    int data_compression = 0;
    int header_compression = 0;
    bool active = false;
    Quality requested{};
    Quality least{};
  };

  /// <cid> 1–10.
  Context& context(int cid) { return contexts_.at(static_cast<std::size_t>(cid - 1)); }
  const Context& context(int cid) const { return contexts_.at(static_cast<std::size_t>(cid - 1)); }
  /// True when one was active.
  bool deactivate_all() {
    bool any = false;
    for (auto& context : contexts_) any = std::exchange(context.active, false) || any;
    return any;
  }

 private:
  std::array<Context, kContexts> contexts_;
};

}  // namespace quasimodem::device
