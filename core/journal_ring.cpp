// SPDX-License-Identifier: Apache-2.0
#include "core/journal_ring.hpp"

#include <algorithm>

namespace quasimodem {
namespace {

Record::Value kept(const Field::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string{*text};
  if (const auto* bytes = std::get_if<ByteSpan>(&value)) return Bytes{bytes->begin(), bytes->end()};
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  return std::get<std::int64_t>(value);
}

std::size_t size_of(const Record& record) {
  std::size_t octets = 0;
  for (const auto& [name, value] : record.fields) {
    if (const auto* text = std::get_if<std::string>(&value)) octets += text->size();
    if (const auto* bytes = std::get_if<Bytes>(&value)) octets += bytes->size();
  }
  return octets;
}

}  // namespace

std::optional<std::string> readable(const Record::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* bytes = std::get_if<Bytes>(&value)) return escaped(*bytes);
  return std::nullopt;
}

const Record::Value* Record::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

std::string Record::text() const {
  std::string all;
  for (const auto& [name, value] : fields) {
    const auto text = readable(value);
    if (!text) continue;
    if (!all.empty()) all += ' ';
    all += *text;
  }
  return all;
}

Record JournalRing::made(RecordKind kind, std::span<const Field> fields) const {
  Record record{0, timeline_.now(), kind, {}};
  record.fields.reserve(fields.size());
  for (const auto& field : fields) record.fields.emplace_back(field.name, kept(field.value));
  return record;
}

void JournalRing::record(RecordKind kind, std::span<const Field> fields) {
  auto record = made(kind, fields);
  record.seq = next_++;
  octets_ += size_of(record);
  records_.push_back(std::move(record));
  while (records_.size() > kEntries || (octets_ > kOctets && records_.size() > 1)) {
    octets_ -= size_of(records_.front());
    records_.pop_front();
  }
  // A copy: a listener may have another record written, which may push this one out.
  if (!listeners_.empty()) tell(listeners_, Record{records_.back()});
}

void JournalRing::command_begins(std::span<const Field> fields) {
  if (!for_beginnings_.empty()) tell(for_beginnings_, made(RecordKind::at, fields));
}

void JournalRing::tell(Listeners& listeners, const Record& record) {
  for (auto each = listeners.begin(); each != listeners.end();) {
    if (const auto listener = each->lock()) {
      (*listener)(record);
      ++each;
    } else {
      each = listeners.erase(each);
    }
  }
}

JournalRing::Subscription JournalRing::add(Listeners& listeners, Listener listener) {
  auto subscription = std::make_shared<Listener>(std::move(listener));
  listeners.push_back(subscription);
  return subscription;
}

JournalRing::Subscription JournalRing::listen(Listener listener) { return add(listeners_, std::move(listener)); }
JournalRing::Subscription JournalRing::listen_for_beginnings(Listener listener) {
  return add(for_beginnings_, std::move(listener));
}

}  // namespace quasimodem
