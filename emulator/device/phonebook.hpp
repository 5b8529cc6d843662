// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "emulator/device/sms/alphabet.hpp"
#include "storage/flash.hpp"

namespace quasimodem::device {

struct PhonebookEntry {
  std::string number;  ///< without the plus
  int type = 129;      ///< 145 international
  sms::Text name;

  bool operator==(const PhonebookEntry&) const = default;
};

/// One phonebook storage of AT+CPBS, a flash record. An index counts from 1.
class Phonebook {
 public:
  enum class Problem { invalid_index, full, read_only, failed };
  /// `record` empty: it cannot be written to and forgets with the process.
  Phonebook(storage::Flash& flash, std::string record, int capacity);

  int capacity() const { return capacity_; }
  int used();
  bool read_only() const { return record_.empty(); }

  std::optional<PhonebookEntry> at(int index);
  /// Without an index in the first free place.
  tl::expected<void, Problem> write(std::optional<int> index, PhonebookEntry entry);
  tl::expected<void, Problem> remove(int index);
  const std::map<int, PhonebookEntry>& entries();

  /// A call list: the newest first, the oldest falls out.
  void push_front(PhonebookEntry entry);

 private:
  bool loaded();
  bool store(const std::map<int, PhonebookEntry>& entries);

  storage::Flash& flash_;
  std::string record_;
  int capacity_;
  std::map<int, PhonebookEntry> entries_;
  bool loaded_ = false;
};

}  // namespace quasimodem::device
