// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem {

/// What a record of the journal is about. docs/control.md lists the fields of each.
enum class RecordKind {
  uart_rx,
  uart_tx,
  at,
  urc,
  state,
  bearer,
  socket,
  tls,
  http,
  ftp,
  mail,
  mqtt,
  file,
  sms,
  fault,
  power,
  ctl
};
inline constexpr int kRecordKinds = 17;

/// `uart.rx`, `at` …
std::string_view name_of(RecordKind kind);
std::optional<RecordKind> record_kind(std::string_view name);

/// One field of a record as its writer has it at hand: it owns nothing and is copied only when somebody listens.
/// The name is a literal. Bytes are shown as text with `\r \n \xNN` escapes.
struct Field {
  using Value = std::variant<std::string_view, ByteSpan, std::int64_t, bool>;

  Field(std::string_view field_name, std::string_view text) : name{field_name}, value{text} {}
  Field(std::string_view field_name, const char* text) : name{field_name}, value{std::string_view{text}} {}
  Field(std::string_view field_name, const std::string& text) : name{field_name}, value{std::string_view{text}} {}
  Field(std::string_view field_name, ByteSpan bytes) : name{field_name}, value{bytes} {}
  Field(std::string_view field_name, bool flag) : name{field_name}, value{flag} {}
  template <class Integer>
  requires std::is_integral_v<Integer> Field(std::string_view field_name, Integer number)
      : name{field_name}, value{static_cast<std::int64_t>(number)} {}

  std::string_view name;
  Value value;
};

/// Where the records of one module go. It must not call the module back: records are written in the middle of things.
class JournalSink {
 public:
  virtual void record(RecordKind kind, std::span<const Field> fields) = 0;
  /// A command begins of which a record will tell once it has its result: for whoever follows a module live. Nothing of
  /// it is kept.
  virtual void command_begins(std::span<const Field>) {}

 protected:
  ~JournalSink() = default;
};

/// What the parts of a module write into. Copy freely. Without a sink a record costs one comparison.
/// Content of certificates and keys never goes through here.
class Journal {
 public:
  static constexpr int kFirstChannel = 1;

  Journal() = default;
  explicit Journal(JournalSink& sink) : sink_{&sink} {}

  /// The same journal for one of several AT channels of a module, from 1 on. Records of the first are as if it were the
  /// only one, those of the others have its number in a field `channel`.
  Journal of_channel(int channel) const;

  /// Somebody listens: worth asking before text is put together for a record.
  explicit operator bool() const { return sink_ != nullptr; }

  void write(RecordKind kind, std::initializer_list<Field> fields) const {
    if (sink_) pass_on({fields.begin(), fields.size()}, [&](auto all) { sink_->record(kind, all); });
  }

  /// `typed`: a command, AT and all, as its record will have it.
  void command_begins(std::string_view typed) const {
    const Field command{"command", typed};
    if (sink_) pass_on({&command, 1}, [&](auto all) { sink_->command_begins(all); });
  }

 private:
  template <class To>
  void pass_on(std::span<const Field> fields, const To& to) const {
    if (channel_ == kFirstChannel) return to(fields);
    std::vector<Field> all{fields.begin(), fields.end()};
    all.emplace_back("channel", channel_);
    to(std::span<const Field>{all});
  }

  JournalSink* sink_ = nullptr;
  int channel_ = kFirstChannel;
};

}  // namespace quasimodem
