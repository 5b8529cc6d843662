// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/process.hpp"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"

namespace quasimodem::bench {
namespace {

constexpr int kCannotExecute = 127;

/// In the child, right after fork.
void die_with(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotExecute);
}

pid_t forked(const std::function<void()>& in_child) {
  const auto parent = ::getpid();
  std::fflush(stdout);
  const auto pid = ::fork();
  if (pid < 0) fail_with_errno("fork");
  if (pid > 0) return pid;
  die_with(parent);
  in_child();
  ::_exit(0);
}

void execute(const std::vector<std::string>& command, int stdout_fd, int stdin_fd) {
  const Descriptor nowhere{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  ::dup2(stdin_fd < 0 ? nowhere.get() : stdin_fd, STDIN_FILENO);
  ::dup2(stdout_fd < 0 ? nowhere.get() : stdout_fd, STDOUT_FILENO);
  ::dup2(nowhere.get(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(kCannotExecute);
}

double memory_of(pid_t pid, const char* file, const std::string& name) {
  std::ifstream in{fmt::format("/proc/{}/{}", pid, file)};
  for (std::string row; std::getline(in, row);) {
    if (row.starts_with(name)) return std::stod(row.substr(name.size()));
  }
  throw Failure{fmt::format("/proc/{}/{} has no {}", pid, file, name)};
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMega;
}

/// Processor time of the child, which must have ended well.
double reap(pid_t pid) {
  int status = 0;
  rusage used{};
  if (::wait4(pid, &status, 0, &used) != pid) fail_with_errno("waiting for a process");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Failure{WIFEXITED(status) ? fmt::format("a process ended with {}", WEXITSTATUS(status))
                                    : fmt::format("a process was ended by signal {}", WTERMSIG(status))};
  }
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this == &other) return *this;
  reset();
  fd_ = other.release();
  return *this;
}

int Descriptor::release() { return std::exchange(fd_, -1); }

void Descriptor::reset() {
  if (const int fd = release(); fd >= 0) ::close(fd);
}

Pipe::Pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail_with_errno("pipe");
  reading = Descriptor{ends[0]};
  writing = Descriptor{ends[1]};
}

void write_all(int fd, ByteSpan bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) fail_with_errno("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

Child::Child(const std::function<void()>& body) {
  pid_ = forked([&] {
    ::alarm(0);
    try {
      body();
    } catch (const std::exception& error) {
      fmt::print(stderr, "in a helper process: {}\n", error.what());
      ::_exit(1);
    }
  });
}

Child::Child(const std::vector<std::string>& command, int stdout_fd, int stdin_fd) {
  pid_ = forked([&] { execute(command, stdout_fd, stdin_fd); });
}

double Child::cpu_seconds() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) fail_with_errno("processor time");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double Child::resident_kb() const { return memory_of(pid_, "status", "VmRSS:"); }
double Child::proportional_kb() const { return memory_of(pid_, "smaps_rollup", "Pss:"); }

double Child::wait() { return reap(std::exchange(pid_, 0)); }

void Child::stop() {
  const auto pid = std::exchange(pid_, 0);
  if (pid == 0) return;
  ::kill(pid, SIGTERM);
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (::waitpid(pid, nullptr, WNOHANG) != 0) return;
    ::poll(nullptr, 0, 5);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

Finished run(const std::vector<std::string>& command) {
  Finished finished;
  Pipe pipe;
  const Stopwatch watch;
  Child child{command, pipe.writing.get()};
  pipe.writing.reset();
  char piece[4096];
  for (;;) {
    const auto size = ::read(pipe.reading.get(), piece, sizeof piece);
    if (size < 0) fail_with_errno(command.front());
    if (size == 0) break;
    finished.output.append(piece, static_cast<std::size_t>(size));
  }
  finished.usage.cpu_s = child.wait();
  finished.usage.wall_s = watch.seconds();
  return finished;
}

}  // namespace quasimodem::bench
