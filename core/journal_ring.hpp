// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/journal.hpp"
#include "core/timeline.hpp"

namespace quasimodem {

/// One thing that happened, as the journal keeps it.
struct Record {
  /// Bytes of the UART stay as they are, until somebody reads them: most never are read.
  using Value = std::variant<std::string, Bytes, std::int64_t, bool>;

  std::uint64_t seq = 0;  ///< from 1 on, without gaps
  Instant time{};
  RecordKind kind{};
  std::vector<std::pair<std::string_view, Value>> fields;

  /// Null when there is no such field.
  const Value* find(std::string_view name) const;
  /// All text of the record, for matching: the values of its fields that are text or bytes, joined by blanks.
  std::string text() const;
};

/// Text as it is, bytes `escaped`; nothing where it is neither.
std::optional<std::string> readable(const Record::Value& value);

/// The last records of one module, and who wants to hear of new ones.
class JournalRing final : public JournalSink {
 public:
  // Enough for a test of minutes; older records make room. The trace file has them all.
  static constexpr std::size_t kEntries = 10'000;
  static constexpr std::size_t kOctets = 1 << 20;  ///< of text and bytes in all records together

  using Listener = std::function<void(const Record&)>;
  /// Ends when it is destroyed, also within the listener's own call.
  using Subscription = std::shared_ptr<Listener>;

  explicit JournalRing(const Timeline& timeline) : timeline_{timeline} {}
  JournalRing(const JournalRing&) = delete;
  JournalRing& operator=(const JournalRing&) = delete;

  void record(RecordKind kind, std::span<const Field> fields) override;
  void command_begins(std::span<const Field> fields) override;

  /// Calls `listener` for every record from now on, in order. It must not call the module.
  [[nodiscard]] Subscription listen(Listener listener);
  /// Calls `listener` for every command that begins from now on, with a record of kind `at` that has no result and no
  /// number: no journal keeps it, the one with the result will be the first that others see.
  [[nodiscard]] Subscription listen_for_beginnings(Listener listener);

  const std::deque<Record>& records() const { return records_; }
  /// The number of the last record; 0 before the first.
  std::uint64_t last() const { return next_ - 1; }

 private:
  using Listeners = std::list<std::weak_ptr<Listener>>;

  Record made(RecordKind kind, std::span<const Field> fields) const;
  static Subscription add(Listeners& listeners, Listener listener);
  static void tell(Listeners& listeners, const Record& record);

  const Timeline& timeline_;
  std::deque<Record> records_;
  std::size_t octets_ = 0;
  std::uint64_t next_ = 1;
  Listeners listeners_;
  Listeners for_beginnings_;
};

}  // namespace quasimodem
