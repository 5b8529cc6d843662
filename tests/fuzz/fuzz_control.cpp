// SPDX-License-Identifier: Apache-2.0
// Request lines of the control socket, against a module in memory. A line that begins with AT is typed on its UART.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "emulator/app/control/dispatch.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/control_desk.hpp"

using namespace quasimodem;
using namespace quasimodem::app;
using namespace quasimodem::app::control;

namespace {

class Desk final : public test::ControlDesk {
 public:
  void type(std::string_view line) { bench.send(line); }

  void request(std::string_view line) {
    const auto answers = std::make_shared<int>(0);
    const auto dispatched = dispatch(
        line, *this, *this,
        [answers](const Json& answer) {
          fuzz::require(++*answers == 1, "one answer to a request");
          check_answer(answer);
        },
        [this] { --waiting_; });
    if (dispatched == Dispatched::waits) {
      ++waiting_;
    } else {
      fuzz::require(*answers == 1, "an answer to every request");
    }
  }

  void finish() {
    request(R"({"id":1,"method":"state"})");
    bench.replug();
    fuzz::require(bench.power() != device::Power::off, "a reset module is on");
  }

 private:
  static void check_answer(const Json& answer) {
    const auto text = to_text(answer);
    fuzz::require(text.find('\n') == std::string::npos, "an answer is one line");
    const auto again = parse_json(text);
    fuzz::require(again.has_value(), "an answer is JSON");
    fuzz::require((find_member(answer, "result") != nullptr) != (find_member(answer, "error") != nullptr),
                  "a result or an error");
  }

  int waiting_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Desk desk;
  auto text = as_text({data, size});
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.starts_with("AT") ? desk.type(line) : desk.request(line);
  }
  desk.finish();
  return 0;
}
