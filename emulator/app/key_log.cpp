// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/key_log.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/open_file.hpp"
#include "emulator/app/problem.hpp"
#include "tls/capabilities.hpp"
#include "tls/wipe.hpp"

namespace quasimodem::app {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

std::function<void(std::string_view)> open_key_log(const std::filesystem::path& file) {
  if (!tls::library().exports_keys) {
    throw Problem{ExitCode::environment, "the mbedTLS of this build cannot write a key log",
                  "run without --keylog and SSLKEYLOGFILE"};
  }
  const auto opened = open_to_write(file, Access::owner, Content::kept);
  if (!opened) {
    throw Problem{ExitCode::environment, fmt::format("cannot write the key log {}: {}", file.string(), opened.error()),
                  "name another file, --keylog FILE, or unset SSLKEYLOGFILE"};
  }
  fmt::print(stderr,
             "warning: the secrets of every TLS connection are written to {}; with them anybody can decrypt it\n",
             file.string());
  return [log = std::make_shared<Descriptor>(*opened)](std::string_view line) {
    // In one piece: other programs may append to the same file.
    auto text = fmt::format("{}\n", line);
    [[maybe_unused]] const auto written = ::write(log->number(), text.data(), text.size());
    tls::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  };
}

}  // namespace quasimodem::app
