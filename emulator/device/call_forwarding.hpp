// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace quasimodem::device {

/// What the network does with calls that the module does not get, AT+CCFC (27.007 7.11).
class CallForwarding {
 public:
  static constexpr int kReasons = 4;   ///< <reas>: 0 always, 1 busy, 2 no answer, 3 not reachable
  static constexpr int kServices = 3;  ///< <class> 1 voice, 2 data, 4 facsimile, by the number of its bit

  struct Service {
    bool active = false;
    std::string number;  ///< empty: none registered
    int wait = 20;       ///< s before "no answer"
  };

  Service& of(int reason, int service) {
    return services_.at(static_cast<std::size_t>(reason)).at(static_cast<std::size_t>(service));
  }
  const Service& of(int reason, int service) const {
    return services_.at(static_cast<std::size_t>(reason)).at(static_cast<std::size_t>(service));
  }
  /// A voice call never gets as far as the module.
  bool diverts_voice() const { return of(0, 0).active; }

 private:
  std::array<std::array<Service, kServices>, kReasons> services_{};
};

}  // namespace quasimodem::device
