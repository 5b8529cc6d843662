// SPDX-License-Identifier: Apache-2.0
#include "storage/file_flash.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <span>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/core.h>

#include "core/big_endian.hpp"

namespace quasimodem::storage {
namespace {

namespace fs = std::filesystem;
using Kind = FileFlashProblem::Kind;

constexpr const char* kLockFile = ".lock";
constexpr std::string_view kTemporaryPrefix = ".new-";
constexpr std::size_t kMaxName = 200;
constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;

constexpr std::array<std::uint8_t, 4> kMagic{'Q', 'M', 'F', 'L'};
constexpr std::uint32_t kFormatVersion = 2;
constexpr std::uint32_t kVersionOfHeaderChecksum = 1;
constexpr std::size_t kHeaderSize = 16;
constexpr std::size_t kVersionOffset = 4;
constexpr std::size_t kSizeOffset = 8;
constexpr std::size_t kCrcOffset = 12;
using Header = std::array<std::uint8_t, kHeaderSize>;

tl::unexpected<FileFlashProblem> problem(Kind kind, const fs::path& directory, std::string_view what) {
  return tl::unexpected{FileFlashProblem{kind, fmt::format("The NVRAM directory {} {}.", directory.string(), what)}};
}

std::string reason() { return std::strerror(errno); }

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

constexpr auto kCrcOfByte = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    auto crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
    table[byte] = crc;
  }
  return table;
}();

/// Of both parts, as if they were one.
std::uint32_t crc32(ByteSpan first, ByteSpan second) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const auto part : {first, second}) {
    for (const auto byte : part) crc = (crc >> 8) ^ kCrcOfByte[(crc ^ byte) & 0xFF];
  }
  return ~crc;
}

Header header_of(ByteSpan content) {
  Header header{};
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  const std::span bytes{header};
  put_be(bytes.subspan(kVersionOffset), kFormatVersion);
  put_be(bytes.subspan(kSizeOffset), static_cast<std::uint32_t>(content.size()));
  put_be(bytes.subspan(kCrcOffset), crc32(ByteSpan{header}.first(kCrcOffset), content));
  return header;
}

bool begins_as_record(ByteSpan file) {
  return file.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), file.begin());
}

struct State {
  enum class Kind { whole, damaged, later };
  Kind kind = Kind::damaged;
  std::string what;  ///< is wrong; empty when nothing is
};

/// Of the bytes of a record file.
State state_of(ByteSpan file) {
  const auto damaged = [](std::string what) { return State{State::Kind::damaged, std::move(what)}; };
  if (file.size() < kHeaderSize) return damaged(fmt::format("is cut short ({} bytes)", file.size()));
  if (!begins_as_record(file)) return damaged("does not begin as a record");
  const auto content = file.subspan(kHeaderSize);
  if (content.size() > FileFlash::kLargest) return damaged("is larger than any record");
  const auto version = get_be<std::uint32_t>(file.subspan(kVersionOffset));
  const auto checked = version == kVersionOfHeaderChecksum ? ByteSpan{} : content;
  const bool fits = crc32(file.first(kCrcOffset), checked) == get_be<std::uint32_t>(file.subspan(kCrcOffset));
  const auto size = get_be<std::uint32_t>(file.subspan(kSizeOffset));
  if (content.size() != size) {
    return damaged(fmt::format("should hold {} bytes after its header, but holds {}", size, content.size()));
  }
  if (!fits) return damaged("has a wrong checksum");
  if (version == 0 || version > kFormatVersion) {
    return {State::Kind::later,
            fmt::format("has format version {}, this program knows up to {}", version, kFormatVersion)};
  }
  return {State::Kind::whole, {}};
}

FlashError flash_error() {
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? FlashError::full : FlashError::failed;
}

tl::expected<Bytes, int> read_whole(FileCalls& calls, int directory, const char* name) {
  // O_NONBLOCK: somebody's FIFO must not hold us up; for files it means nothing.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int file = retried([&] { return calls.open_at(directory, name, kFlags, 0); });
  if (file == -1) return tl::unexpected{errno};
  Bytes bytes;
  std::array<std::uint8_t, 4096> block{};
  ssize_t count = 0;
  while (bytes.size() <= kHeaderSize + FileFlash::kLargest &&
         (count = retried([&] { return calls.read(file, block.data(), block.size()); })) > 0) {
    append(bytes, ByteSpan{block}.first(static_cast<std::size_t>(count)));
  }
  const int error = errno;
  calls.close(file);
  if (count == -1) return tl::unexpected{error};
  return bytes;
}

/// Of all files there, in order: so that the same damage gives the same message.
tl::expected<std::vector<std::string>, std::error_code> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry{directory, error}, end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return tl::unexpected{error};
  std::sort(names.begin(), names.end());
  return names;
}

/// As the XDG specification has it, whatever the umask. Where it fails the directory itself tells.
void make_private(const fs::path& directory) {
  std::error_code error;
  if (directory.empty() || fs::exists(directory, error)) return;
  make_private(directory.parent_path());
  ::mkdir(directory.c_str(), kDirectoryMode);
}

}  // namespace

// ── opening ──

tl::expected<std::unique_ptr<FileFlash>, FileFlashProblem> FileFlash::open(const fs::path& directory, FileCalls& calls,
                                                                           FlashRecords records) {
  std::error_code ignored;
  auto path = fs::absolute(directory, ignored).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // `dir/` is `dir`, else it would be made with the wrong mode
  // Not make_unique: the constructor is private.
  std::unique_ptr<FileFlash> flash{new FileFlash{std::move(path), calls, std::move(records)}};
  const auto opened = flash->make_directory()
                          .and_then([&] { return flash->lock(); })
                          .and_then([&] { return flash->remove_leftovers(); })
                          .and_then([&] { return flash->check_records(); });
  if (!opened) return tl::unexpected{opened.error()};
  return flash;
}

FileFlash::~FileFlash() {
  // The lock file stays: removing it would let two later processes lock two different files of that name.
  if (lock_ != -1) calls_.close(lock_);
  if (directory_ != -1) calls_.close(directory_);
}

FileFlash::Opened FileFlash::make_directory() {
  make_private(path_.parent_path());
  if (::mkdir(path_.c_str(), kDirectoryMode) == -1 && errno != EEXIST) {
    return problem(Kind::cannot_create, path_,
                   fmt::format("cannot be created: {}. Choose a place where you may write", reason()));
  }
  directory_ = retried([&] { return calls_.open_at(AT_FDCWD, path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (directory_ == -1) {
    return problem(Kind::not_writable, path_,
                   fmt::format("cannot be opened: {}. Give yourself access to it or choose another one", reason()));
  }
  return {};
}

FileFlash::Opened FileFlash::lock() {
  lock_ = open_at(kLockFile, O_RDWR | O_CREAT);
  if (lock_ == -1) {
    return problem(Kind::not_writable, path_,
                   fmt::format("is not writable: {}. Give yourself access to it or choose another one", reason()));
  }
  if (retried([&] { return ::flock(lock_, LOCK_EX | LOCK_NB); }) == -1) {
    std::array<char, 16> digits{};
    const auto count = ::pread(lock_, digits.data(), digits.size() - 1, 0);
    int pid = 0;
    if (count > 0) std::from_chars(digits.data(), digits.data() + count, pid);
    const auto who = pid > 0 ? fmt::format("process {}", pid) : std::string{"another process"};
    return problem(Kind::in_use, path_,
                   fmt::format("is in use by {}. Stop that process or choose another directory", who));
  }
  // Only for the message above; the lock itself is the kernel's, so a stale number does no harm.
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock_, 0) == -1 || !write_all(lock_, as_bytes(pid))) {
    return problem(Kind::not_writable, path_,
                   fmt::format("cannot be written to: {}. Make room or choose another one", reason()));
  }
  return {};
}

FileFlash::Opened FileFlash::remove_leftovers() {
  const auto names = names_in(path_);
  if (!names) {
    return problem(
        Kind::not_writable, path_,
        fmt::format("cannot be read: {}. Give yourself access to it or choose another one", names.error().message()));
  }
  for (const auto& name : *names) {
    if (name.starts_with(kTemporaryPrefix)) calls_.unlink_at(directory_, name.c_str());
  }
  return {};
}

FileFlash::Opened FileFlash::check_records() const {
  for (const auto& name : names_in(path_).value_or(std::vector<std::string>{})) {
    if (name == kLockFile || name.starts_with(kTemporaryPrefix)) continue;
    std::string problem_of_file = "is not a record of quasimodem";
    if (is_record_name(name)) {
      const auto bytes = read_whole(calls_, directory_, name.c_str());
      const auto state = bytes ? state_of(*bytes) : State{};
      const bool ours = bytes && (begins_as_record(*bytes) || (records_.known && records_.known(name)));
      if (state.kind == State::Kind::whole) continue;
      if (ours && state.kind == State::Kind::damaged) {
        tell_damage(name, state.what);
        continue;
      }
      if (!bytes) problem_of_file = fmt::format("cannot be read: {}", std::strerror(bytes.error()));
      if (ours) problem_of_file = state.what;
    }
    return tl::unexpected{FileFlashProblem{
        Kind::foreign, fmt::format("The file {} in the NVRAM directory {}. Move it away; nothing was changed.",
                                   (path_ / name).string(), problem_of_file)}};
  }
  return {};
}

void FileFlash::tell_damage(std::string_view record, std::string what) const {
  if (!told_.emplace(record).second || !records_.on_damage) return;
  records_.on_damage({path_ / record, std::string{record}, std::move(what)});
}

// ── records ──

bool FileFlash::is_record_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= kMaxName && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), allowed);
}

tl::expected<std::optional<Bytes>, FlashError> FileFlash::read(std::string_view name) const {
  if (!is_record_name(name)) return tl::unexpected{FlashError::failed};
  auto bytes = read_whole(calls_, directory_, std::string{name}.c_str());
  if (!bytes && bytes.error() == ENOENT) return std::nullopt;
  if (!bytes) return tl::unexpected{FlashError::failed};
  const auto state = state_of(*bytes);
  if (state.kind == State::Kind::later) return tl::unexpected{FlashError::failed};
  if (state.kind == State::Kind::damaged) {
    tell_damage(name, state.what);
    return tl::unexpected{FlashError::damaged};
  }
  bytes->erase(bytes->begin(), bytes->begin() + kHeaderSize);
  return std::move(*bytes);
}

Bytes FileFlash::remains_of(std::string_view name) const {
  if (!is_record_name(name)) return {};
  auto bytes = read_whole(calls_, directory_, std::string{name}.c_str());
  if (!bytes || bytes->size() < kHeaderSize) return {};
  bytes->erase(bytes->begin(), bytes->begin() + kHeaderSize);
  return std::move(*bytes);
}

tl::expected<void, FlashError> FileFlash::write(std::string_view name, ByteSpan content) {
  if (!is_record_name(name)) return tl::unexpected{FlashError::failed};
  if (content.size() > kLargest) return tl::unexpected{FlashError::full};
  const std::string record{name};
  const auto temporary = std::string{kTemporaryPrefix} + record;

  const int file = open_at(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  if (file == -1) return tl::unexpected{flash_error()};
  if (!write_file(file, content) || calls_.rename_at(directory_, temporary.c_str(), record.c_str()) == -1) {
    const auto error = flash_error();
    calls_.unlink_at(directory_, temporary.c_str());
    return tl::unexpected{error};
  }
  told_.erase(record);
  // The new record is in place; only this makes it stay after a power cut of the host.
  if (retried([&] { return calls_.sync(directory_); }) == -1) return tl::unexpected{flash_error()};
  return {};
}

tl::expected<void, FlashError> FileFlash::erase(std::string_view name) {
  if (!is_record_name(name)) return tl::unexpected{FlashError::failed};
  if (calls_.unlink_at(directory_, std::string{name}.c_str()) == -1) {
    if (errno == ENOENT) return {};
    return tl::unexpected{FlashError::failed};
  }
  if (const auto told = told_.find(name); told != told_.end()) told_.erase(told);
  if (retried([&] { return calls_.sync(directory_); }) == -1) return tl::unexpected{FlashError::failed};
  return {};
}

tl::expected<std::vector<std::string>, FlashError> FileFlash::list() const {
  auto names = names_in(path_);
  if (!names) return tl::unexpected{FlashError::failed};
  std::erase_if(*names, [](const auto& name) { return !is_record_name(name); });
  return std::move(*names);
}

// ── files ──

int FileFlash::open_at(const char* name, int flags) const {
  // O_CLOEXEC: the lock must not live on in a program started by `run --`.
  return retried([&] { return calls_.open_at(directory_, name, flags | O_CLOEXEC | O_NOFOLLOW, kFileMode); });
}

/// Writes header and content, makes them lasting and closes the file in any case. errno tells of a failure.
bool FileFlash::write_file(int file, ByteSpan content) {
  const auto header = header_of(content);
  const bool written =
      write_all(file, header) && write_all(file, content) && retried([&] { return calls_.sync(file); }) == 0;
  const int error = errno;
  const bool closed = calls_.close(file) == 0;
  if (!written) errno = error;
  return written && closed;
}

bool FileFlash::write_all(int file, ByteSpan bytes) {
  while (!bytes.empty()) {
    const auto count = retried([&] { return calls_.write(file, bytes.data(), bytes.size()); });
    if (count == -1) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace quasimodem::storage
