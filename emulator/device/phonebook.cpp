// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/phonebook.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::device {
namespace {

// A record is text: a line an entry, its fields separated by blanks, the name as hexadecimal UCS2.
std::string line_of(int index, const PhonebookEntry& entry) {
  return fmt::format("{} {} {} {}\n", index, entry.type, entry.number, sms::to_hex(sms::to_ucs2(entry.name)));
}

std::string_view take_field(std::string_view& line) {
  const auto field = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), field.size() + 1));
  return field;
}

int number_of(std::string_view field) {
  int value = 0;
  std::from_chars(field.data(), field.data() + field.size(), value);
  return value;
}

}  // namespace

Phonebook::Phonebook(storage::Flash& flash, std::string record, int capacity)
    : flash_{flash}, record_{std::move(record)}, capacity_{capacity} {}

bool Phonebook::loaded() {
  if (loaded_ || record_.empty()) return true;
  const auto record = flash_.read(record_);
  if (!record && record.error() != storage::FlashError::damaged) return false;
  loaded_ = true;
  if (!record || !*record) return true;
  for (auto text = as_text(**record); !text.empty();) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const int index = number_of(take_field(line));
    const int type = number_of(take_field(line));
    const std::string number{take_field(line)};
    const auto name = sms::from_hex(line);
    if (index >= 1 && index <= capacity_ && name) entries_[index] = {number, type, sms::from_ucs2(*name)};
  }
  return true;
}

bool Phonebook::store(const std::map<int, PhonebookEntry>& entries) {
  std::string record;
  for (const auto& [index, entry] : entries) record += line_of(index, entry);
  return flash_.write(record_, as_bytes(record)).has_value();
}

int Phonebook::used() { return static_cast<int>(entries().size()); }

const std::map<int, PhonebookEntry>& Phonebook::entries() {
  loaded();
  return entries_;
}

std::optional<PhonebookEntry> Phonebook::at(int index) {
  const auto found = entries().find(index);
  return found == entries_.end() ? std::nullopt : std::optional{found->second};
}

tl::expected<void, Phonebook::Problem> Phonebook::write(std::optional<int> index, PhonebookEntry entry) {
  if (read_only()) return tl::unexpected{Problem::read_only};
  if (!loaded()) return tl::unexpected{Problem::failed};
  if (!index) {
    index = 1;
    while (entries_.contains(*index)) ++*index;
    if (*index > capacity_) return tl::unexpected{Problem::full};
  }
  if (*index < 1 || *index > capacity_) return tl::unexpected{Problem::invalid_index};
  auto changed = entries_;
  changed[*index] = std::move(entry);
  if (!store(changed)) return tl::unexpected{Problem::failed};
  entries_ = std::move(changed);
  return {};
}

tl::expected<void, Phonebook::Problem> Phonebook::remove(int index) {
  if (read_only()) return tl::unexpected{Problem::read_only};
  if (!loaded()) return tl::unexpected{Problem::failed};
  if (index < 1 || index > capacity_) return tl::unexpected{Problem::invalid_index};
  auto changed = entries_;
  if (changed.erase(index) == 0) return {};
  if (!store(changed)) return tl::unexpected{Problem::failed};
  entries_ = std::move(changed);
  return {};
}

void Phonebook::push_front(PhonebookEntry entry) {
  std::map<int, PhonebookEntry> moved;
  for (auto& [index, older] : entries_) {
    if (index < capacity_) moved[index + 1] = std::move(older);
  }
  moved[1] = std::move(entry);
  entries_ = std::move(moved);
}

}  // namespace quasimodem::device
