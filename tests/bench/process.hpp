// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem::bench {

/// A file descriptor and its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_{fd} {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_{other.release()} {}
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return fd_; }
  int release();
  void reset();

 private:
  int fd_;
};

struct Pipe {
  Pipe();
  Descriptor reading;
  Descriptor writing;
};

/// All of `bytes`, blocking.
void write_all(int fd, ByteSpan bytes);

/// What a process that has ended was: wall clock from its start, processor time in user and kernel mode.
struct Usage {
  double wall_s = 0;
  double cpu_s = 0;
};

/// A process started here. It does not outlive its object, nor this program.
class Child {
 public:
  /// Runs `body` in a forked process, which ends after it. It keeps every descriptor of this program that is open now.
  explicit Child(const std::function<void()>& body);
  /// Executes a command. What is not given is /dev/null, as is its stderr.
  explicit Child(const std::vector<std::string>& command, int stdout_fd = -1, int stdin_fd = -1);
  ~Child() { stop(); }
  Child(Child&& other) noexcept : pid_{std::exchange(other.pid_, 0)} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  /// Processor time so far, of all its threads.
  double cpu_seconds() const;
  /// Resident memory in KB, as /proc tells it: all of it, and with shared pages divided by their users.
  double resident_kb() const;
  double proportional_kb() const;

  /// Waits until it has ended by itself, and fails when its exit code is not 0.
  double wait();
  /// Asks it to end, and sees to it.
  void stop();

 private:
  pid_t pid_ = 0;
};

struct Finished {
  std::string output;  ///< what it wrote to stdout
  Usage usage;
};
/// Runs a command to its end.
Finished run(const std::vector<std::string>& command);

}  // namespace quasimodem::bench
