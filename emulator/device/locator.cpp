// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/locator.hpp"

#include <utility>

#include "emulator/device/pace.hpp"
#include "emulator/device/pdp_context.hpp"

namespace quasimodem::device {

void Locator::start(PdpContext& context, Done done) {
  answer_.start({}, [this, &context, run = ++run_, done = std::move(done)] {
    context.when_up([this, &context, run, done](bool up) {
      if (run != run_) return;
      if (!up) return done(false);
      answer_.start(pace_.next(&Timing::round_trip), [&context, done] { done(context.active()); });
    });
  });
}

void Locator::cancel() {
  ++run_;
  answer_.cancel();
}

}  // namespace quasimodem::device
