// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/open_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

constexpr const char* kFifo = "it is a FIFO, not a file";

bool has_a_name(int descriptor) {
  std::array<char, 16> target{};
  const auto size = ::readlink(fmt::format("/proc/self/fd/{}", descriptor).c_str(), target.data(), target.size());
  return size <= 0 || !std::string_view{target.data(), static_cast<std::size_t>(size)}.starts_with("pipe:");
}

std::string reason(const std::filesystem::path& path, int problem) {
  struct stat info {};
  // Nobody reads it.
  if (problem == ENXIO && ::stat(path.c_str(), &info) == 0 && S_ISFIFO(info.st_mode)) return kFifo;
  return std::generic_category().message(problem);
}

bool is_fifo(int file) {
  struct stat info {};
  return ::fstat(file, &info) == 0 && S_ISFIFO(info.st_mode) && has_a_name(file);
}

/// Without waiting, then and later. The flag is ours alone: opening a pipe by its name, or that of its descriptor
/// (/dev/fd/N), makes a description of its own.
tl::expected<int, std::string> open_file(const std::filesystem::path& path, int flags, mode_t mode) {
  const int file = ::open(path.c_str(), flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
  if (file < 0) return tl::unexpected{reason(path, errno)};
  return file;
}

void let_wait(int file) { ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) & ~O_NONBLOCK); }

/// For a reader that is only slow. What is no pipe, or may not grow, stays as it is.
void enlarge_pipe(int file) {
  constexpr int kMostWithoutPrivileges = 1024 * 1024;
  const int size = ::fcntl(file, F_GETPIPE_SZ);
  if (size >= 0 && size < kMostWithoutPrivileges) ::fcntl(file, F_SETPIPE_SZ, kMostWithoutPrivileges);
}

/// The bits are too many where the file was there before. Not those of a device.
void keep_to_owner(int file) {
  struct stat info {};
  if (::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid()) ::fchmod(file, 0600);
}

}  // namespace

tl::expected<int, std::string> open_to_read(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDONLY, 0);
  if (!file) return file;
  if (!is_fifo(*file)) {
    let_wait(*file);
    return file;
  }
  ::close(*file);
  return tl::unexpected{std::string{kFifo}};
}

tl::expected<int, std::string> open_to_write(const std::filesystem::path& path, Access access, Content content) {
  const int flags = O_WRONLY | O_CREAT | (content == Content::replaced ? O_TRUNC : O_APPEND);
  auto file = open_file(path, flags, access == Access::owner ? 0600 : 0666);
  if (!file) return file;
  enlarge_pipe(*file);
  if (access == Access::owner) keep_to_owner(*file);
  return file;
}

std::string why_not_written(int problem) {
  return problem == EAGAIN ? "nobody reads it" : std::generic_category().message(problem);
}

}  // namespace quasimodem::app
