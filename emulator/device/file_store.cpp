// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/file_store.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "core/big_endian.hpp"
#include "emulator/device/sms/alphabet.hpp"
#include "storage/checksum.hpp"

namespace quasimodem::device {
namespace {

// A record: size of the content (u32, big-endian), then what the sealer made of it: among the files are keys.
constexpr std::string_view kRecordPrefix = "file-";
constexpr std::size_t kSizeBytes = sizeof(std::uint32_t);
constexpr std::string_view kOldPrefix = "ufs-";  // of the program's first version: the content as it is
constexpr std::size_t kLongestName = 80;         // of the SDK (services 1.4)

std::string record_name(std::string_view prefix, const FileName& name) {
  return std::string{prefix} + sms::to_hex(as_bytes(name.file));
}

std::string record_name(const FileName& name) { return record_name(kRecordPrefix, name); }

/// The file on UFS that a record belongs to.
std::optional<FileName> file_of(std::string_view record) {
  for (const auto prefix : {kRecordPrefix, kOldPrefix}) {
    if (!record.starts_with(prefix)) continue;
    const auto file = sms::from_hex(record.substr(prefix.size()));
    if (file) return FileName{FileVolume::ufs, quasimodem::to_text(*file)};
  }
  return std::nullopt;
}

/// For what comes out of the flash and the sealer in bytes that nobody wipes.
SecretBytes secret(Bytes bytes) {
  SecretBytes taken{bytes.begin(), bytes.end()};
  wipe(bytes);
  return taken;
}

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == std::toupper(static_cast<unsigned char>(b));
         });
}

}  // namespace

std::optional<FileName> FileName::parse(std::string_view text) {
  FileName name;
  for (const std::string_view prefix : {"RAM:", "UFS:", "/RAM/", "/UFS/"}) {
    if (!has_prefix(text, prefix)) continue;
    name.volume = prefix.find("RAM") == std::string_view::npos ? FileVolume::ufs : FileVolume::ram;
    text.remove_prefix(prefix.size());
    break;
  }
  if (text.empty() || text.size() > kLongestName) return std::nullopt;
  if (text.find_first_of(":*?\\/") != std::string_view::npos) return std::nullopt;
  name.file = text;
  return name;
}

std::string FileName::text() const { return volume == FileVolume::ram ? "RAM:" + file : file; }

FileStore::FileStore(storage::Flash& flash, Sealer& sealer, Journal journal)
    : flash_{flash}, sealer_{sealer}, journal_{journal} {
  seal_old_records();
}

std::size_t FileStore::capacity(FileVolume volume) { return volume == FileVolume::ram ? kRamCapacity : kUfsCapacity; }

std::size_t FileStore::available(FileVolume volume) const {
  std::size_t used = 0;
  for (const auto& entry : list(volume)) used += entry.size;
  return capacity(volume) - std::min(used, capacity(volume));
}

std::vector<FileStore::Entry> FileStore::list(FileVolume volume) const {
  std::vector<Entry> entries;
  if (volume == FileVolume::ram) {
    for (const auto& [file, content] : ram_) entries.push_back({{volume, file}, content.size()});
    return entries;
  }
  const auto records = flash_.list();
  if (!records) return entries;
  std::set<FileName> names;
  for (const auto& record : *records) {
    if (auto name = file_of(record)) names.insert(std::move(*name));
  }
  for (const auto& name : names) {
    if (const auto file = stored(name)) entries.push_back({name, file->size});
  }
  return entries;
}

/// Those that could not be written stay as they are, and are read all the same.
void FileStore::seal_old_records() {
  const auto records = flash_.list();
  if (!records) return;
  for (const auto& record : *records) {
    const auto name = record.starts_with(kOldPrefix) ? file_of(record) : std::nullopt;
    const auto content = name ? stored(*name) : tl::unexpected{FileProblem::not_found};
    if (!content || content->sealed) continue;
    [[maybe_unused]] const auto written = store(*name, content->record);
  }
}

/// A damaged record counts as none.
FileStore::Result<FileStore::Stored> FileStore::stored(const FileName& name) const {
  for (const auto prefix : {kRecordPrefix, kOldPrefix}) {
    auto record = flash_.read(record_name(prefix, name));
    if (!record && record.error() != storage::FlashError::damaged) return tl::unexpected{FileProblem::failed};
    if (!record || !*record) continue;
    if (prefix == kOldPrefix) return Stored{(*record)->size(), secret(std::move(**record)), false};
    if ((*record)->size() < kSizeBytes) continue;
    return Stored{get_be<std::uint32_t>(**record), {(*record)->begin() + kSizeBytes, (*record)->end()}, true};
  }
  return tl::unexpected{FileProblem::not_found};
}

FileStore::Result<void> FileStore::store(const FileName& name, ByteSpan content) {
  Bytes record;
  append(record, to_be(static_cast<std::uint32_t>(content.size())));
  append(record, sealer_.seal(content));
  const auto written = flash_.write(record_name(name), record);
  if (written && flash_.erase(record_name(kOldPrefix, name))) return {};
  return tl::unexpected{!written && written.error() == storage::FlashError::full ? FileProblem::no_space
                                                                                 : FileProblem::failed};
}

FileStore::Result<SecretBytes> FileStore::read(const FileName& name) const {
  if (name.volume == FileVolume::ram) {
    const auto found = ram_.find(name.file);
    if (found == ram_.end()) return tl::unexpected{FileProblem::not_found};
    return found->second;
  }
  auto file = stored(name);
  if (!file) return tl::unexpected{file.error()};
  if (!file->sealed) return std::move(file->record);
  auto opened = sealer_.open(file->record);
  auto content = secret(std::move(opened.content));
  if (!opened.authentic) return tl::unexpected{FileProblem::failed};  // sealed with a key that is lost
  return content;
}

FileStore::Result<void> FileStore::present(const FileName& name) const {
  if (name.volume == FileVolume::ufs) return stored(name).map([](const Stored&) {});
  if (ram_.contains(name.file)) return {};
  return tl::unexpected{FileProblem::not_found};
}

FileStore::Result<void> FileStore::put(const FileName& name, SecretBytes content) {
  if (name.volume == FileVolume::ufs) {
    if (const auto written = store(name, content); !written) return written;
    note_stored(name, content);
    return {};
  }
  auto& file = ram_[name.file];
  file = std::move(content);
  note_stored(name, file);
  return {};
}

void FileStore::note_stored(const FileName& name) const {
  if (const auto content = journal_ ? read(name) : tl::unexpected{FileProblem::failed}) note_stored(name, *content);
}

void FileStore::note_stored(const FileName& name, ByteSpan content) const {
  if (!journal_) return;
  journal_.write(RecordKind::file, {{"event", "stored"},
                                    {"name", name.text()},
                                    {"size", content.size()},
                                    {"checksum", fmt::format("{:x}", storage::checksum(content))}});
}

FileStore::Result<void> FileStore::may_add(const FileName& name, std::size_t size) const {
  const auto there = present(name);
  if (there) return tl::unexpected{FileProblem::exists};
  if (there.error() != FileProblem::not_found) return tl::unexpected{there.error()};
  if (size > capacity(name.volume)) return tl::unexpected{FileProblem::too_large};
  if (size > available(name.volume)) return tl::unexpected{FileProblem::no_space};
  return {};
}

FileStore::Result<void> FileStore::add(const FileName& name, ByteSpan content) {
  if (const auto possible = may_add(name, content.size()); !possible) return possible;
  return put(name, {content.begin(), content.end()});
}

FileStore::Result<std::size_t> FileStore::extend(const FileName& name, ByteSpan more) {
  const auto part = more.first(std::min(more.size(), available(name.volume)));
  if (name.volume == FileVolume::ram) {
    append(ram_[name.file], part);
    return part.size();
  }
  auto content = read(name);
  if (!content && content.error() != FileProblem::not_found) return tl::unexpected{content.error()};
  if (!content) content = SecretBytes{};
  append(*content, part);
  if (const auto written = store(name, *content); !written) return tl::unexpected{written.error()};
  return part.size();
}

FileStore::Result<void> FileStore::make_way(const FileName& name) {
  const auto removed = remove(name);
  if (removed || removed.error() == FileProblem::not_found) return {};
  return removed;
}

FileStore::Result<void> FileStore::remove(const FileName& name) {
  if (const auto there = present(name); !there) return tl::unexpected{there.error()};
  if (is_open(name)) return tl::unexpected{FileProblem::open};
  if (name.volume == FileVolume::ram) {
    ram_.erase(name.file);
  } else if (!flash_.erase(record_name(name)) || !flash_.erase(record_name(kOldPrefix, name))) {
    return tl::unexpected{FileProblem::failed};
  }
  journal_.write(RecordKind::file, {{"event", "deleted"}, {"name", name.text()}});
  return {};
}

FileStore::Result<std::size_t> FileStore::remove_all(FileVolume volume) {
  const auto entries = list(volume);
  for (const auto& entry : entries) {
    if (const auto removed = remove(entry.name); !removed) return tl::unexpected{removed.error()};
  }
  return entries.size();
}

FileStore::Result<SecretBytes> FileStore::read_part(const FileName& name, std::size_t from, std::size_t most) const {
  const auto part_of = [=](ByteSpan content) {
    const auto part = content.subspan(std::min(from, content.size()));
    return SecretBytes{part.begin(), part.begin() + static_cast<std::ptrdiff_t>(std::min(most, part.size()))};
  };
  if (name.volume == FileVolume::ram) {
    const auto found = ram_.find(name.file);
    if (found == ram_.end()) return tl::unexpected{FileProblem::not_found};
    return part_of(found->second);
  }
  const auto content = read(name);
  if (!content) return tl::unexpected{content.error()};
  return part_of(*content);
}

// ---- handles ----

bool FileStore::is_open(const FileName& name) const {
  return std::any_of(open_.begin(), open_.end(), [&](const auto& entry) { return entry.second.name == name; });
}

FileStore::Open* FileStore::find(int handle) {
  const auto found = open_.find(handle);
  return found == open_.end() ? nullptr : &found->second;
}

FileStore::Result<int> FileStore::open(const FileName& name, Mode mode) {
  if (is_open(name)) return tl::unexpected{FileProblem::open};
  if (open_.size() == kMostOpen) return tl::unexpected{FileProblem::failed};
  const auto present = read(name);
  if (!present && (present.error() != FileProblem::not_found || mode == Mode::read_only))
    return tl::unexpected{present.error()};
  if (!present || mode == Mode::replace) {
    if (const auto made = put(name, {}); !made) return tl::unexpected{made.error()};
  }
  int handle = 1;
  while (open_.contains(handle)) ++handle;
  open_[handle] = {name, mode};
  return handle;
}

FileStore::Result<SecretBytes> FileStore::read_on(int handle, std::size_t most) {
  auto* file = find(handle);
  if (!file) return tl::unexpected{FileProblem::invalid_handle};
  const auto content = read(file->name);
  if (!content) return tl::unexpected{content.error()};
  const auto from = std::min(file->position, content->size());
  const auto part = ByteSpan{*content}.subspan(from, std::min(most, content->size() - from));
  file->position = from + part.size();
  return SecretBytes{part.begin(), part.end()};
}

FileStore::Result<std::size_t> FileStore::write_on(int handle, ByteSpan data) {
  auto* file = find(handle);
  if (!file) return tl::unexpected{FileProblem::invalid_handle};
  if (file->mode == Mode::read_only) return tl::unexpected{FileProblem::read_only};
  auto content = read(file->name);
  if (!content) return tl::unexpected{content.error()};
  const auto at = std::min(file->position, content->size());
  const auto size = std::max(content->size(), at + data.size());
  if (size - content->size() > available(file->name.volume)) return tl::unexpected{FileProblem::no_space};
  content->resize(size);
  std::copy(data.begin(), data.end(), content->begin() + static_cast<std::ptrdiff_t>(at));
  if (const auto written = put(file->name, std::move(*content)); !written) return tl::unexpected{written.error()};
  file->position = at + data.size();
  return size;
}

FileStore::Result<void> FileStore::seek(int handle, std::size_t offset, Origin origin) {
  auto* file = find(handle);
  if (!file) return tl::unexpected{FileProblem::invalid_handle};
  const auto content = read(file->name);
  if (!content) return tl::unexpected{content.error()};
  // ASSUMED: <offset> counts forwards from the start and from here, backwards from the end; beyond the file is its end.
  const auto size = content->size();
  if (origin == Origin::end) {
    file->position = size - std::min(size, offset);
  } else {
    const auto from = origin == Origin::here ? file->position : 0;
    file->position = std::min(size, from + offset);
  }
  return {};
}

FileStore::Result<std::size_t> FileStore::position(int handle) const {
  const auto found = open_.find(handle);
  if (found == open_.end()) return tl::unexpected{FileProblem::invalid_handle};
  return found->second.position;
}

FileStore::Result<void> FileStore::truncate(int handle) {
  auto* file = find(handle);
  if (!file) return tl::unexpected{FileProblem::invalid_handle};
  if (file->mode == Mode::read_only) return tl::unexpected{FileProblem::read_only};
  const auto content = read(file->name);
  if (!content) return tl::unexpected{content.error()};
  // A copy: cut off in its place, the rest would stay in the file's memory.
  const auto kept = ByteSpan{*content}.first(std::min(content->size(), file->position));
  return put(file->name, {kept.begin(), kept.end()});
}

std::vector<FileStore::OpenFile> FileStore::open_files() const {
  std::vector<OpenFile> files;
  for (const auto& [handle, file] : open_) files.push_back({handle, file.name, file.mode});
  return files;
}

FileStore::Result<void> FileStore::move(const FileName& from, const FileName& to, Source source, Target target) {
  auto content = read(from);
  if (!content) return tl::unexpected{content.error()};
  if (is_open(from) || is_open(to)) return tl::unexpected{FileProblem::open};
  if (from == to) return tl::unexpected{FileProblem::exists};
  const auto replaced = read(to);
  if (!replaced && replaced.error() != FileProblem::not_found) return tl::unexpected{replaced.error()};
  if (replaced && target == Target::must_be_free) return tl::unexpected{FileProblem::exists};
  // A move within a volume takes no more room than there was.
  const bool leaves = source == Source::removed && from.volume == to.volume;
  const auto freed = (replaced ? replaced->size() : 0) + (leaves ? content->size() : 0);
  if (content->size() > available(to.volume) + freed) return tl::unexpected{FileProblem::no_space};
  if (const auto written = put(to, std::move(*content)); !written) return written;
  return source == Source::kept ? Result<void>{} : remove(from);
}

FileStore::Result<void> FileStore::close(int handle) {
  if (open_.erase(handle) == 0) return tl::unexpected{FileProblem::invalid_handle};
  return {};
}

void FileStore::power_off() {
  open_.clear();
  ram_.clear();
}

}  // namespace quasimodem::device
