// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/ftp_folder.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace quasimodem::app {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0666;  // less the umask

/// Control characters would end a line of a listing, or the name itself.
bool sayable(std::string_view name) {
  return std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

class HostFile final : public net::ftp::OpenFile {
 public:
  explicit HostFile(int descriptor) : descriptor_{descriptor} {}
  ~HostFile() override { ::close(descriptor_); }
  HostFile(const HostFile&) = delete;
  HostFile& operator=(const HostFile&) = delete;

  bool ordinary() const {
    struct stat state {};
    return ::fstat(descriptor_, &state) == 0 && S_ISREG(state.st_mode);
  }
  std::size_t size() const override {
    struct stat state {};
    return ::fstat(descriptor_, &state) == 0 ? static_cast<std::size_t>(state.st_size) : 0;
  }
  Bytes read(std::size_t position, std::size_t most) override {
    Bytes bytes(most);
    std::size_t filled = 0;
    while (filled < most) {
      const auto n = ::pread(descriptor_, bytes.data() + filled, most - filled, static_cast<off_t>(position + filled));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      filled += static_cast<std::size_t>(n);
    }
    bytes.resize(filled);
    return bytes;
  }
  bool append(ByteSpan more) override {
    while (!more.empty()) {
      const auto n = ::write(descriptor_, more.data(), more.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      more = more.subspan(static_cast<std::size_t>(n));
    }
    return true;
  }
  bool cut(std::size_t kept) { return kept <= size() && ::ftruncate(descriptor_, static_cast<off_t>(kept)) == 0; }

 private:
  int descriptor_;
};

/// `resolved` has no links any more: one that somebody put there since is not followed. O_NONBLOCK is for pipes.
std::unique_ptr<HostFile> open_ordinary(const fs::path& resolved, int flags) {
  const int descriptor = ::open(resolved.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kMode);
  if (descriptor < 0) return nullptr;
  auto file = std::make_unique<HostFile>(descriptor);
  return file->ordinary() ? std::move(file) : nullptr;
}

}  // namespace

FtpFolder::FtpFolder(const Path& root, bool writable) : root_{fs::canonical(root)}, writable_{writable} {}

bool FtpFolder::within(const Path& resolved) const {
  return std::mismatch(root_.begin(), root_.end(), resolved.begin(), resolved.end()).first == root_.end();
}

std::optional<fs::path> FtpFolder::existing(std::string_view path) const {
  if (!sayable(path)) return std::nullopt;
  std::error_code error;
  auto resolved = fs::canonical(root_.native() + std::string{path}, error);
  if (error || !within(resolved)) return std::nullopt;
  return resolved;
}

std::optional<fs::path> FtpFolder::changeable(std::string_view path) const {
  if (!writable_ || path == "/" || !sayable(path)) return std::nullopt;
  const auto slash = path.rfind('/');
  const auto directory = existing(path.substr(0, std::max<std::size_t>(slash, 1)));
  std::error_code error;
  if (!directory || !fs::is_directory(*directory, error)) return std::nullopt;
  return *directory / path.substr(slash + 1);
}

bool FtpFolder::is_directory(std::string_view path) const {
  const auto resolved = existing(path);
  std::error_code error;
  return resolved && fs::is_directory(*resolved, error);
}

std::unique_ptr<net::ftp::OpenFile> FtpFolder::open(std::string_view path) {
  const auto resolved = existing(path);
  return resolved ? open_ordinary(*resolved, O_RDONLY) : nullptr;
}

std::unique_ptr<net::ftp::OpenFile> FtpFolder::open_for_writing(std::string_view path, std::size_t kept) {
  auto place = changeable(path);
  if (!place) return nullptr;
  if (auto resolved = existing(path)) place = std::move(resolved);  // the file a link leads to, if it is below
  auto file = open_ordinary(*place, O_WRONLY | O_APPEND | O_CREAT);
  return file && file->cut(kept) ? std::move(file) : nullptr;
}

bool FtpFolder::remove(std::string_view path) {
  const auto place = changeable(path);
  return place && ::unlink(place->c_str()) == 0;
}

bool FtpFolder::make_directory(std::string_view path) {
  const auto place = changeable(path);
  std::error_code error;
  return place && fs::create_directory(*place, error);
}

bool FtpFolder::remove_directory(std::string_view path) {
  const auto place = changeable(path);
  return place && ::rmdir(place->c_str()) == 0;
}

bool FtpFolder::rename(std::string_view from, std::string_view to) {
  const auto old_place = changeable(from), new_place = changeable(to);
  std::error_code error;
  if (!old_place || !new_place || fs::exists(fs::symlink_status(*new_place, error))) return false;
  fs::rename(*old_place, *new_place, error);
  return !error;
}

std::optional<net::ftp::Files::Entry> FtpFolder::entry(const fs::directory_entry& found) const {
  std::error_code error;
  const auto name = found.path().filename().native();
  const auto resolved = fs::canonical(found.path(), error);
  if (error || !within(resolved) || !sayable(name)) return std::nullopt;
  if (fs::is_directory(resolved, error)) return Entry{.name = name, .directory = true};
  if (!fs::is_regular_file(resolved, error)) return std::nullopt;
  const auto size = fs::file_size(resolved, error);
  return Entry{.name = name, .size = error ? 0 : static_cast<std::size_t>(size)};
}

std::optional<std::vector<net::ftp::Files::Entry>> FtpFolder::entries(std::string_view directory) const {
  std::vector<Entry> all;
  const auto resolved = existing(directory);
  if (!resolved) return all;
  std::error_code error;
  for (fs::directory_iterator next{*resolved, error}, end; !error && next != end; next.increment(error)) {
    auto found = entry(*next);
    if (!found) continue;
    if (all.size() == kMostEntries) return std::nullopt;
    all.push_back(std::move(*found));
  }
  std::ranges::sort(all, {}, &Entry::name);
  return all;
}

}  // namespace quasimodem::app
