// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/key_log.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

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
  const int number = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (number < 0) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot write the key log {}: {}", file.string(), std::generic_category().message(errno)),
                  "name another file, --keylog FILE, or unset SSLKEYLOGFILE"};
  }
  fmt::print(stderr,
             "warning: the secrets of every TLS connection are written to {}; with them anybody can decrypt it\n",
             file.string());
  return [log = std::make_shared<Descriptor>(number)](std::string_view line) {
    // In one piece: other programs may append to the same file.
    auto text = fmt::format("{}\n", line);
    [[maybe_unused]] const auto written = ::write(log->number(), text.data(), text.size());
    tls::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  };
}

}  // namespace quasimodem::app
