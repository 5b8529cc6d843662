// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/sealer.hpp"
#include "storage/file_name.hpp"
#include "storage/flash.hpp"

namespace quasimodem::storage {

enum class StoreError { not_found, already_exists, too_large, no_space, failed };

/// The certificates and keys of AT+QSECWRITE, QSECREAD and QSECDEL (SSL 2.2.7 – 2.2.9). Sealed in both volumes; the
/// content is given out only to the TLS stack, never to the UART.
class SecurityFileStore {
 public:
  static constexpr std::size_t kMaxRamFile = 32768;   // SSL 2.2.7
  static constexpr std::size_t kMaxNvramFile = 2025;  // SSL 2.2.7
  // ASSUMED: all RAM files together; the note names no limit (at-reference 8).
  static constexpr std::size_t kRamCapacity = 200 * 1024;
  // ASSUMED: how many files of other names than the four NVRAM takes; no source tells.
  static constexpr std::size_t kMostNamedFiles = 16;

  struct Check {
    bool good;               ///< the stored checksum still fits the stored content
    std::uint16_t checksum;  ///< computed again from the stored content
  };
  struct Entry {
    SecurityFileName name;
    std::size_t size;
    Check check;
  };

  SecurityFileStore(Flash& flash, Sealer& sealer, Logger log, Journal journal = {});

  static std::size_t max_size(Volume volume);

  /// What `add` would answer, before the data is there: already_exists, too_large, no_space.
  tl::expected<void, StoreError> may_add(const SecurityFileName& name, std::size_t size) const;
  /// Stores a new file and returns its checksum. Never replaces one.
  tl::expected<std::uint16_t, StoreError> add(const SecurityFileName& name, ByteSpan content);
  tl::expected<Check, StoreError> check(const SecurityFileName& name) const;
  tl::expected<void, StoreError> remove(const SecurityFileName& name);

  /// The content for a handshake; `failed` when it is corrupted. Wipe it after use.
  tl::expected<Bytes, StoreError> open(const SecurityFileName& name) const;

  std::vector<Entry> list() const;

  /// Reset or power loss: the RAM volume forgets.
  void clear_ram();

 private:
  struct Record {
    std::size_t size = 0;
    std::uint16_t checksum = 0;
    Bytes sealed;
    bool whole = true;  ///< false: what the flash holds is damaged, or not even the form of a record
  };

  tl::expected<Record, StoreError> find(const SecurityFileName& name) const;
  static Record parse_record(ByteSpan bytes);
  static Check checked(const Record& record, const Sealer::Opened& opened);
  Check look_at(const Record& record) const;
  std::vector<SecurityFileName> named_in_nvram() const;
  std::size_t ram_used() const;

  Flash& flash_;
  Sealer& sealer_;
  Logger log_;
  Journal journal_;
  std::map<std::string, Record, std::less<>> ram_;
};

}  // namespace quasimodem::storage
