// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/message_store.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace quasimodem::device {
namespace {

std::string record_name(MessageMemory memory, int index) {
  return fmt::format("sms-{}-{}", memory == MessageMemory::sim ? "sm" : "me", index);
}

// A record: one octet of state, then the PDU.
constexpr std::size_t kMostPdu = 12 + 164;

std::optional<StoredMessage> parse_record(ByteSpan record) {
  if (record.size() < 2 || record.size() > 1 + kMostPdu || record.front() > 3) return std::nullopt;
  const auto pdu = record.subspan(1);
  return StoredMessage{static_cast<MessageState>(record.front()), {pdu.begin(), pdu.end()}};
}

}  // namespace

// ASSUMED: "MT" is both, one behind the other.
int MessageStore::capacity(MessageMemory memory) {
  switch (memory) {
    case MessageMemory::sim: return kSimCapacity;
    case MessageMemory::equipment: return kEquipmentCapacity;
    case MessageMemory::both: break;
  }
  return kSimCapacity + kEquipmentCapacity;
}

std::optional<MessageStore::Place> MessageStore::place(MessageMemory memory, int index) {
  if (index < 1 || index > capacity(memory)) return std::nullopt;
  if (memory != MessageMemory::both) return Place{memory, index};
  if (index <= kSimCapacity) return Place{MessageMemory::sim, index};
  return Place{MessageMemory::equipment, index - kSimCapacity};
}

bool MessageStore::loaded() {
  if (loaded_) return true;
  const auto names = flash_.list();
  if (!names) return false;
  for (int index = 1; index <= capacity(MessageMemory::both); ++index) {
    const auto where = *place(MessageMemory::both, index);
    const auto name = record_name(where.memory, where.index);
    if (std::find(names->begin(), names->end(), name) == names->end()) continue;
    const auto record = flash_.read(name);
    if (!record && record.error() != storage::FlashError::damaged) return false;
    auto message = record && *record ? parse_record(**record) : std::nullopt;
    if (message) {
      messages_[where] = std::move(*message);
    } else {
      log_.warning("the stored message {} is damaged and ignored", name);
    }
  }
  return loaded_ = true;
}

int MessageStore::used(MessageMemory memory) {
  if (!loaded()) return 0;
  return static_cast<int>(std::count_if(messages_.begin(), messages_.end(), [memory](const auto& entry) {
    return memory == MessageMemory::both || entry.first.memory == memory;
  }));
}

tl::expected<void, StorageProblem> MessageStore::write(const Place& where, const StoredMessage& message) {
  Bytes record{static_cast<std::uint8_t>(message.state)};
  append(record, message.pdu);
  const auto name = record_name(where.memory, where.index);
  if (flash_.write(name, record)) return {};
  log_.error("{} could not be stored", name);
  return tl::unexpected{StorageProblem::failed};
}

tl::expected<int, StorageProblem> MessageStore::add(MessageMemory memory, StoredMessage message) {
  if (!loaded()) return tl::unexpected{StorageProblem::failed};
  for (int index = 1; index <= capacity(memory); ++index) {
    const auto where = *place(memory, index);
    if (messages_.contains(where)) continue;
    if (const auto written = write(where, message); !written) return tl::unexpected{written.error()};
    messages_[where] = std::move(message);
    return index;
  }
  return tl::unexpected{StorageProblem::full};
}

tl::expected<std::optional<StoredMessage>, StorageProblem> MessageStore::at(MessageMemory memory, int index) {
  const auto where = place(memory, index);
  if (!where) return tl::unexpected{StorageProblem::invalid_index};
  if (!loaded()) return tl::unexpected{StorageProblem::failed};
  const auto found = messages_.find(*where);
  if (found == messages_.end()) return std::nullopt;
  return found->second;
}

tl::expected<void, StorageProblem> MessageStore::set_state(MessageMemory memory, int index, MessageState state) {
  const auto where = place(memory, index);
  if (!where || !loaded() || !messages_.contains(*where)) return tl::unexpected{StorageProblem::invalid_index};
  auto& message = messages_[*where];
  if (message.state == state) return {};
  auto changed = message;
  changed.state = state;
  if (const auto written = write(*where, changed); !written) return written;
  message = std::move(changed);
  return {};
}

tl::expected<void, StorageProblem> MessageStore::remove(MessageMemory memory, int index) {
  const auto where = place(memory, index);
  if (!where) return tl::unexpected{StorageProblem::invalid_index};
  if (!loaded()) return tl::unexpected{StorageProblem::failed};
  if (!messages_.contains(*where)) return {};
  if (!flash_.erase(record_name(where->memory, where->index))) return tl::unexpected{StorageProblem::failed};
  messages_.erase(*where);
  return {};
}

std::vector<MessageStore::Entry> MessageStore::list(MessageMemory memory) {
  std::vector<Entry> entries;
  if (!loaded()) return entries;
  for (int index = 1; index <= capacity(memory); ++index) {
    const auto found = messages_.find(*place(memory, index));
    if (found != messages_.end()) entries.push_back({index, found->second});
  }
  return entries;
}

}  // namespace quasimodem::device
