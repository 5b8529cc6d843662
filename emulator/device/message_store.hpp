// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "emulator/device/message_settings.hpp"
#include "storage/flash.hpp"

namespace quasimodem::device {

/// The values are <stat> of PDU mode.
enum class MessageState { unread = 0, read = 1, unsent = 2, sent = 3 };

struct StoredMessage {
  MessageState state = MessageState::unread;
  Bytes pdu;  ///< with the service centre's address
};

/// Why the message storage refuses.
enum class StorageProblem { invalid_index, full, failed };

/// The messages on the SIM and in the module's own memory, one flash record each. An index counts from 1.
class MessageStore {
 public:
  static constexpr int kSimCapacity = 50;        // M66 8.4
  static constexpr int kEquipmentCapacity = 10;  // M66 8.4

  MessageStore(storage::Flash& flash, Logger log) : flash_{flash}, log_{std::move(log)} {}

  static int capacity(MessageMemory memory);
  int used(MessageMemory memory);

  /// In the first free place; its index.
  tl::expected<int, StorageProblem> add(MessageMemory memory, StoredMessage message);
  /// Nothing in a place that is free.
  tl::expected<std::optional<StoredMessage>, StorageProblem> at(MessageMemory memory, int index);
  tl::expected<void, StorageProblem> set_state(MessageMemory memory, int index, MessageState state);
  /// Removing from a free place is not an error.
  tl::expected<void, StorageProblem> remove(MessageMemory memory, int index);

  struct Entry {
    int index;
    StoredMessage message;
  };
  std::vector<Entry> list(MessageMemory memory);

 private:
  /// `memory` is not `both` any more.
  struct Place {
    MessageMemory memory;
    int index;
    auto operator<=>(const Place&) const = default;
  };
  static std::optional<Place> place(MessageMemory memory, int index);
  /// The flash is read when the messages are asked for first.
  bool loaded();
  tl::expected<void, StorageProblem> write(const Place& place, const StoredMessage& message);

  storage::Flash& flash_;
  Logger log_;
  std::map<Place, StoredMessage> messages_;
  bool loaded_ = false;
};

}  // namespace quasimodem::device
