// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "emulator/app/host/ports/stream_source.hpp"

namespace quasimodem::app {
namespace {

/// O_NONBLOCK belongs to the open file, which the shell and others may share: it is put back at the end.
class StdioSource final : public StreamSource {
 public:
  StdioSource() : input_flags_{::fcntl(STDIN_FILENO, F_GETFL)}, output_flags_{::fcntl(STDOUT_FILENO, F_GETFL)} {}
  ~StdioSource() override { restore(); }

  void start(std::function<void(OpenEnd)> opened) override {
    opened({::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)});
  }
  bool closed() override { return false; }
  void stop() override { restore(); }
  std::string address() const override { return "stdio"; }

 private:
  void restore() const {
    if (input_flags_ >= 0) ::fcntl(STDIN_FILENO, F_SETFL, input_flags_);
    if (output_flags_ >= 0) ::fcntl(STDOUT_FILENO, F_SETFL, output_flags_);
  }

  int input_flags_;
  int output_flags_;
};

}  // namespace

Source use_stdio(const Logger& log) {
  if (::isatty(STDIN_FILENO)) {
    log.info("the UART is this terminal, as it is: lines end with LF, and Ctrl-C ends the module");
  }
  return std::make_shared<StdioSource>();
}

}  // namespace quasimodem::app
