// SPDX-License-Identifier: Apache-2.0
// An ear beside a dialogue: bytes of the host, after `\m` of the module, after `\h` of the host again. A second ear
// gets the same in other pieces.
#include <algorithm>
#include <string>
#include <utility>

#include "atcmd/listen/ear.hpp"
#include "emulator/commands/all.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

/// What an ear tells, with neighbours of a kind joined: that is what must not depend on the pieces.
class Listening {
 public:
  explicit Listening(std::size_t piece) : piece_{piece} {}

  void from(bool module, ByteSpan bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(piece_, bytes.size()));
      bytes = bytes.subspan(part.size());
      if (module) {
        ear_.from_module(part, bytes.empty() ? Ear::Rest::none : Ear::Rest::waits);
      } else {
        ear_.from_te(part, now_);
      }
    }
  }
  void pass(Duration time) { now_ += time; }

  /// Bytes as they are shown and how many are not, of both sides; then what happens.
  const std::string& host() const { return host_.text; }
  const std::string& module() const { return module_.text; }
  std::string happenings() const { return happenings_ + std::to_string(data_); }
  std::size_t octets_of_host() const { return host_.octets; }
  std::size_t octets_of_module() const { return module_.octets; }

 private:
  struct Side {
    std::string text;
    std::size_t octets = 0;
    std::size_t hidden_at = 0;  ///< the count that the text ends with; 0: it ends with bytes
    std::size_t hidden = 0;

    void show(ByteSpan bytes) {
      text += as_text(bytes);
      octets += bytes.size();
      hidden = 0;
    }
    void hide(std::size_t count) {
      if (hidden > 0) text.erase(hidden_at);
      hidden_at = text.size();
      hidden += count;
      octets += count;
      text += "<" + std::to_string(hidden) + ">";
    }
  };

  void hear(const Heard& heard) {
    switch (heard.kind) {
      case Heard::Kind::typed: return host_.show(heard.bytes);
      case Heard::Kind::said: return module_.show(heard.bytes);
      case Heard::Kind::withheld: return module_.hide(heard.size);
      case Heard::Kind::payload:
        if (heard.secret) {
          fuzz::require(heard.bytes.empty() && heard.text.empty(), "of a secret only the size is told");
          return host_.hide(heard.size);
        }
        data_ += heard.size;
        return;
      default:
        happenings_ += std::to_string(std::exchange(data_, 0)) + " " + std::to_string(static_cast<int>(heard.kind)) +
                       std::string{heard.text} + "\n";
    }
  }

  std::size_t piece_;
  Instant now_{};
  Side host_, module_;
  std::string happenings_;
  std::size_t data_ = 0;
  Ear ear_{commands::all_families(), [this](const Heard& heard) { hear(heard); }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kWhole = static_cast<std::size_t>(-1);
  Listening whole{kWhole}, single{1}, odd{7};
  Bytes said;
  std::size_t from_host = 0, from_module = 0;
  bool module = false;
  const auto flush = [&] {
    for (auto* each : {&whole, &single, &odd}) each->from(module, said);
    (module ? from_module : from_host) += said.size();
    said.clear();
  };
  fuzz::play(
      {data, size}, [&](std::uint8_t byte) { said.push_back(byte); },
      [&](Duration time) {
        flush();
        for (auto* each : {&whole, &single, &odd}) each->pass(time);
      },
      [&](char what) {
        flush();
        module = what == 'm';
      });
  flush();
  for (const auto* each : {&single, &odd}) {
    fuzz::require(each->host() == whole.host(), "the host's bytes, in whatever pieces");
    fuzz::require(each->module() == whole.module(), "the module's bytes, in whatever pieces");
    fuzz::require(each->happenings() == whole.happenings(), "the happenings, in whatever pieces");
  }
  // Of the host's bytes the beginning of a command may be kept back.
  fuzz::require(whole.octets_of_host() <= from_host && whole.octets_of_host() + 2 >= from_host,
                "every byte of the host");
  fuzz::require(whole.octets_of_module() == from_module, "every byte of the module");
  return 0;
}
