// SPDX-License-Identifier: Apache-2.0
#include "storage/security_file_store.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "core/big_endian.hpp"
#include "core/secret_bytes.hpp"
#include "storage/checksum.hpp"

namespace quasimodem::storage {
namespace {

// An NVRAM record: size of the content (u32) and its checksum (u16), both big-endian, then what the sealer made of it.
constexpr std::size_t kSizeBytes = sizeof(std::uint32_t);
constexpr std::size_t kHeaderBytes = kSizeBytes + sizeof(std::uint16_t);

// The four names are the records' own, as they always were; another name is told in hexadecimal.
constexpr std::string_view kNamedPrefix = "nvram-";

std::string record_name(const SecurityFileName& name) {
  if (name.is_one_of_four()) return name.file();
  std::string record{kNamedPrefix};
  for (const char c : name.file()) record += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return record;
}

/// Nothing when it is no record of a named file.
std::optional<SecurityFileName> name_of(std::string_view record) {
  if (!record.starts_with(kNamedPrefix)) return std::nullopt;
  record.remove_prefix(kNamedPrefix.size());
  std::string file;
  for (; record.size() >= 2; record.remove_prefix(2)) {
    unsigned character = 0;
    const auto* const end = record.data() + 2;
    if (std::from_chars(record.data(), end, character, 16).ptr != end) return std::nullopt;
    file += static_cast<char>(character);
  }
  return SecurityFileName::parse("NVRAM:" + file, NvramNames::any);
}

std::string_view describe(FlashError error) { return error == FlashError::full ? "no space" : "flash failure"; }

}  // namespace

SecurityFileStore::SecurityFileStore(Flash& flash, Sealer& sealer, Logger log, Journal journal)
    : flash_{flash}, sealer_{sealer}, log_{std::move(log)}, journal_{journal} {}

std::size_t SecurityFileStore::max_size(Volume volume) { return volume == Volume::ram ? kMaxRamFile : kMaxNvramFile; }

tl::expected<void, StoreError> SecurityFileStore::may_add(const SecurityFileName& name, std::size_t size) const {
  const auto existing = find(name);
  if (existing) return tl::unexpected{StoreError::already_exists};
  if (existing.error() != StoreError::not_found) return tl::unexpected{existing.error()};
  if (size > max_size(name.volume())) return tl::unexpected{StoreError::too_large};
  if (name.volume() == Volume::ram && size > kRamCapacity - ram_used()) return tl::unexpected{StoreError::no_space};
  const bool named = name.volume() == Volume::nvram && !name.is_one_of_four();
  if (named && named_in_nvram().size() >= kMostNamedFiles) return tl::unexpected{StoreError::no_space};
  return {};
}

tl::expected<std::uint16_t, StoreError> SecurityFileStore::add(const SecurityFileName& name, ByteSpan content) {
  if (const auto allowed = may_add(name, content.size()); !allowed) return tl::unexpected{allowed.error()};
  const auto sum = checksum(content);
  auto sealed = sealer_.seal(content);
  if (name.volume() == Volume::ram) {
    ram_.emplace(name.file(), Record{.size = content.size(), .checksum = sum, .sealed = std::move(sealed)});
  } else {
    Bytes record;
    append(record, to_be(static_cast<std::uint32_t>(content.size())));
    append(record, to_be(sum));
    append(record, sealed);
    if (const auto written = flash_.write(record_name(name), record); !written) {
      log_.error("{} could not be stored: {}", name.text(), describe(written.error()));
      return tl::unexpected{written.error() == FlashError::full ? StoreError::no_space : StoreError::failed};
    }
  }
  journal_.write(
      RecordKind::file,
      {{"event", "stored"}, {"name", name.text()}, {"size", content.size()}, {"checksum", fmt::format("{:x}", sum)}});
  return sum;
}

tl::expected<SecurityFileStore::Check, StoreError> SecurityFileStore::check(const SecurityFileName& name) const {
  return find(name).map([this](const Record& record) { return look_at(record); });
}

tl::expected<void, StoreError> SecurityFileStore::remove(const SecurityFileName& name) {
  if (const auto existing = find(name); !existing) return tl::unexpected{existing.error()};
  if (name.volume() == Volume::ram) {
    ram_.erase(name.file());
  } else if (const auto erased = flash_.erase(record_name(name)); !erased) {
    log_.error("{} could not be deleted: {}", name.text(), describe(erased.error()));
    return tl::unexpected{StoreError::failed};
  }
  journal_.write(RecordKind::file, {{"event", "deleted"}, {"name", name.text()}});
  return {};
}

tl::expected<Bytes, StoreError> SecurityFileStore::open(const SecurityFileName& name) const {
  const auto record = find(name);
  if (!record) return tl::unexpected{record.error()};
  auto opened = sealer_.open(record->sealed);
  if (checked(*record, opened).good) return std::move(opened.content);
  wipe(opened.content);
  log_.warning("{} is corrupted", name.text());
  return tl::unexpected{StoreError::failed};
}

std::vector<SecurityFileStore::Entry> SecurityFileStore::list() const {
  std::vector<Entry> entries;
  const auto enter = [&](const SecurityFileName& name) {
    if (const auto record = find(name)) entries.push_back({name, record->size, look_at(*record)});
  };
  for (const auto& [file, record] : ram_) enter(*SecurityFileName::parse("RAM:" + file));
  for (const auto file : kNvramFiles) enter(*SecurityFileName::parse(fmt::format("NVRAM:{}", file)));
  for (const auto& name : named_in_nvram()) enter(name);
  return entries;
}

void SecurityFileStore::clear_ram() { ram_.clear(); }

tl::expected<SecurityFileStore::Record, StoreError> SecurityFileStore::find(const SecurityFileName& name) const {
  if (name.volume() == Volume::ram) {
    const auto found = ram_.find(name.file());
    if (found == ram_.end()) return tl::unexpected{StoreError::not_found};
    return found->second;
  }
  const auto stored = flash_.read(record_name(name));
  if (!stored && stored.error() == FlashError::damaged) {
    // MANUAL: SSL 2.2.8: a damaged file does not vanish, AT+QSECREAD answers <good> 0.
    auto record = parse_record(flash_.remains_of(record_name(name)));
    record.whole = false;
    return record;
  }
  if (!stored) {
    log_.error("{} could not be read: {}", name.text(), describe(stored.error()));
    return tl::unexpected{StoreError::failed};
  }
  if (!*stored) return tl::unexpected{StoreError::not_found};
  return parse_record(**stored);
}

SecurityFileStore::Record SecurityFileStore::parse_record(ByteSpan bytes) {
  // Too short to be ours: a file is there, so it is a corrupted one.
  if (bytes.size() < kHeaderBytes) return Record{.whole = false};
  const auto sealed = bytes.subspan(kHeaderBytes);
  return Record{.size = get_be<std::uint32_t>(bytes),
                .checksum = get_be<std::uint16_t>(bytes.subspan(kSizeBytes)),
                .sealed = {sealed.begin(), sealed.end()}};
}

SecurityFileStore::Check SecurityFileStore::checked(const Record& record, const Sealer::Opened& opened) {
  const auto sum = checksum(opened.content);
  const bool good = record.whole && opened.authentic && opened.content.size() == record.size && sum == record.checksum;
  return {good, sum};
}

SecurityFileStore::Check SecurityFileStore::look_at(const Record& record) const {
  auto opened = sealer_.open(record.sealed);
  const auto check = checked(record, opened);
  wipe(opened.content);
  return check;
}

std::vector<SecurityFileName> SecurityFileStore::named_in_nvram() const {
  std::vector<SecurityFileName> names;
  const auto records = flash_.list();
  if (!records) return names;
  for (const auto& record : *records) {
    if (auto name = name_of(record)) names.push_back(std::move(*name));
  }
  return names;
}

std::size_t SecurityFileStore::ram_used() const {
  std::size_t used = 0;
  for (const auto& [file, record] : ram_) used += record.size;
  return used;
}

}  // namespace quasimodem::storage
