// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/key_log.hpp"

#include <cerrno>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "core/secret_bytes.hpp"
#include "emulator/app/base/open_file.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/stderr_output.hpp"
#include "tls/capabilities.hpp"

namespace quasimodem::app {
namespace {

class KeyLog {
 public:
  KeyLog(int descriptor, std::function<void(const std::string&)> failed)
      : descriptor_{descriptor}, failed_{std::move(failed)} {}
  ~KeyLog() { ::close(descriptor_); }
  KeyLog(const KeyLog&) = delete;
  KeyLog& operator=(const KeyLog&) = delete;

  void write(std::string_view line) {
    if (!failed_) return;
    // In one piece: other programs may append to the same file.
    auto text = fmt::format("{}\n", line);
    const auto written = ::write(descriptor_, text.data(), text.size());
    const auto problem = written < 0 ? errno : ENOSPC;  // a line in part: there was no room for the rest
    const bool whole = written == static_cast<ssize_t>(text.size());
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    if (!whole) std::exchange(failed_, {})(why_not_written(problem));
  }

 private:
  int descriptor_;
  std::function<void(const std::string&)> failed_;  ///< empty when it has failed
};

}  // namespace

std::function<void(std::string_view)> open_key_log(const std::filesystem::path& file,
                                                   std::function<void(const std::string&)> failed) {
  if (!tls::library().exports_keys) {
    throw Problem{ExitCode::environment, "the mbedTLS of this build cannot write a key log",
                  "run without --keylog and SSLKEYLOGFILE"};
  }
  const auto opened = open_to_write(file, Access::owner, Content::kept);
  if (!opened) {
    throw Problem{ExitCode::environment, fmt::format("cannot write the key log {}: {}", file.string(), opened.error()),
                  "name another file, --keylog FILE, or unset SSLKEYLOGFILE"};
  }
  print_to_stderr(
      fmt::format("warning: the secrets of every TLS connection are written to {}; with them anybody can decrypt it\n",
                  file.string()));
  return [log = std::make_shared<KeyLog>(*opened, std::move(failed))](std::string_view line) { log->write(line); };
}

}  // namespace quasimodem::app
