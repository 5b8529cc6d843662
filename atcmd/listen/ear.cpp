// SPDX-License-Identifier: Apache-2.0
#include "atcmd/listen/ear.hpp"

#include <algorithm>
#include <utility>

#include "atcmd/syntax/response_writer.hpp"

namespace quasimodem::atcmd {
namespace {

constexpr std::uint8_t kCtrlZKey = 0x1A;
constexpr std::uint8_t kEscKey = 0x1B;
constexpr std::size_t kLongestSaid = 600;  // a longer line is data
constexpr std::string_view kPromptSign = "> ";

bool ends_said_line(std::uint8_t byte) { return byte == '\r' || byte == '\n'; }

/// CONNECT, alone or with a rate; CONNECT OK of AT+QIOPEN is none.
bool begins_data_state(std::string_view line) {
  constexpr std::string_view kConnect = "CONNECT";
  if (!line.starts_with(kConnect)) return false;
  line.remove_prefix(kConnect.size());
  return line.empty() || (line.size() > 1 && line[0] == ' ' && line[1] >= '0' && line[1] <= '9');
}

/// `SEND OK`, `0, CLOSE OK`, `SEND FAIL`, in place of OK.
bool is_result_of_maker(std::string_view line) { return line.ends_with(" OK") || line.ends_with(" FAIL"); }

/// ATV0 has digits.
bool is_numeric_result(std::string_view line) { return line.size() == 1 && line[0] >= '0' && line[0] <= '9'; }

}  // namespace

std::vector<CommandCall> calls_of(std::string_view body) {
  std::vector<CommandCall> calls;
  CommandLineReader line{std::string{body}};
  while (!line.done()) {
    auto call = line.next();
    if (!call) break;
    calls.push_back(std::move(*call));
  }
  return calls;
}

Ear::Ear(std::span<const Family> families, Tell tell, Attention attention)
    : tell_{std::move(tell)},
      attention_{attention},
      guard_{families,
             {.announced =
                  [this](const PayloadGuard::Announcement& announced) {
                    tell_({.kind = Heard::Kind::announcement, .text = announced.parameters, .size = announced.size});
                  },
              .shown = [this](ByteSpan bytes) { take_typed(bytes); },
              .withheld =
                  [this](std::size_t count, bool overrun) {
                    if (overrun || insight_.echoing.value_or(!in_data_state())) echoes_secret_ = true;
                    count_payload(count, true);
                  }}} {
  for (const auto& family : families) {
    for (const auto& command : family.commands) {
      if (command.payload) takers_.push_back(&command);
    }
  }
}

// ---- the TE ----

void Ear::from_te(ByteSpan bytes, Instant now, const Insight& insight) {
  insight_ = insight;
  guard_.feed(bytes, now, static_cast<char>(insight_.dialogue.line_terminator));
}

bool Ear::takes_data() const { return insight_.takes_data.value_or(data_.has_value()); }

void Ear::take_typed(ByteSpan bytes) {
  tell_({.kind = Heard::Kind::typed, .bytes = bytes});
  if (attention_ == Attention::secrets) return;
  while (!bytes.empty()) {
    if (takes_data()) {
      bytes = bytes.subspan(take_data(bytes));
    } else {
      edit(bytes.front());
      bytes = bytes.subspan(1);
    }
  }
}

/// Of bytes that are data. How many are.
std::size_t Ear::take_data(ByteSpan bytes) {
  editor_.clear();
  auto size = bytes.size();
  if (data_ && data_->left) size = std::min(size, *data_->left);
  const bool key = data_ && data_->ends_with_key;
  const auto is_key = [](auto byte) { return byte == kCtrlZKey || byte == kEscKey; };
  const auto end = key ? std::find_if(bytes.begin(), bytes.end(), is_key) : bytes.end();
  const bool ended = end != bytes.end();
  if (ended) size = static_cast<std::size_t>(end - bytes.begin()) + 1;
  count_payload(size, false);
  if (ended) end_data();
  return size;
}

void Ear::count_payload(std::size_t size, bool secret) {
  tell_({.kind = Heard::Kind::payload, .size = size, .secret = secret});
  if (!data_ || !data_->left) return;
  *data_->left -= std::min(size, *data_->left);
  if (*data_->left == 0) end_data();
}

void Ear::edit(std::uint8_t byte) {
  switch (editor_.push(byte)) {
    case LineEditor::Event::command:
      last_body_ = editor_.take_body();
      begin_command_line(last_body_);
      return tell_({.kind = Heard::Kind::command_line, .text = last_body_});
    case LineEditor::Event::repeat:
      begin_command_line(last_body_);
      return tell_({.kind = Heard::Kind::repetition, .text = last_body_});
    case LineEditor::Event::too_long: waits_ = true; return;
    default: return;
  }
}

void Ear::begin_command_line(std::string_view body) {
  waits_ = true;
  takes_payload_ = false;
  announced_.reset();
  for (const auto& call : calls_of(body)) {
    const auto taker =
        std::find_if(takers_.begin(), takers_.end(), [&](const auto* each) { return each->name == call.name; });
    if (taker == takers_.end()) continue;
    takes_payload_ = true;
    const auto size_in = (*taker)->payload->size_in;
    if (!size_in || *size_in >= call.arguments.size()) continue;
    const auto size = parse_integer(call.arguments[*size_in].text);
    if (size && *size > 0) announced_ = static_cast<std::size_t>(*size);
  }
}

// ---- the module ----

void Ear::from_module(ByteSpan bytes, Rest rest) {
  if (echoes_secret_) {
    line_.clear();
    tell_({.kind = Heard::Kind::withheld, .size = bytes.size(), .secret = true});
    echoes_secret_ = guard_.locked() || rest == Rest::waits;
    return;
  }
  while (!bytes.empty()) {
    const bool inside = pem_.inside();
    std::size_t size = 0;
    for (; size < bytes.size() && pem_.inside() == inside; ++size) {
      if (pem_.idle()) {
        const auto mark = std::find(bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end(), PemFinder::kMark);
        size = static_cast<std::size_t>(mark - bytes.begin());
        if (mark == bytes.end()) break;
      }
      pem_.look_at(static_cast<char>(bytes[size]));
    }
    const auto part = bytes.first(size);
    if (inside) {
      line_.clear();
      tell_({.kind = Heard::Kind::withheld, .size = size, .secret = true});
    } else {
      take_said(part);
    }
    bytes = bytes.subspan(size);
  }
}

void Ear::take_said(ByteSpan bytes) {
  tell_({.kind = Heard::Kind::said, .bytes = bytes});
  if (attention_ == Attention::secrets) return;
  while (!bytes.empty()) {
    const auto end = std::find_if(bytes.begin(), bytes.end(), &ends_said_line);
    const auto size = static_cast<std::size_t>(end - bytes.begin());
    read_on(as_text(bytes.first(size)));
    if (end == bytes.end()) return;
    if (!line_.empty()) end_line();
    bytes = bytes.subspan(size + 1);
  }
}

void Ear::read_on(std::string_view text) {
  for (; !text.empty() && line_.size() < kPromptSign.size(); text.remove_prefix(1)) {
    line_ += text.front();
    if (line_ == kPromptSign) prompt();
  }
  line_ += text.substr(0, std::min(text.size(), kLongestSaid - line_.size()));
}

void Ear::prompt() {
  line_.clear();
  connected_ = false;
  data_ = Data{announced_, !announced_};
  tell_({.kind = Heard::Kind::prompt});
}

/// ASSUMED: a line that begins with AT is an echo; no answer and no URC of these modules does. Lines of a peer cannot
/// be told from the module's own: whoever needs to know it has the module at hand.
void Ear::end_line() {
  const std::string_view line{line_};
  connected_ = begins_data_state(line);
  if (line.starts_with("AT") || line.starts_with("at")) {
    line_.clear();
  } else if (connected_) {
    data_ = Data{announced_, false};
    waits_ = takes_payload_;  // the answer to an upload comes behind it
    end_line_as(Heard::Kind::answer);
  } else if (is_final_result(line) || (waits_ && (is_result_of_maker(line) || is_numeric_result(line)))) {
    end_data();
    waits_ = false;
    end_line_as(Heard::Kind::answer);
  } else {
    // While an upload goes on behind CONNECT the module says nothing.
    if (takes_payload_ && data_ && !data_->ends_with_key) end_data();
    end_line_as(waits_ ? Heard::Kind::information : Heard::Kind::urc);
  }
}

void Ear::end_line_as(Heard::Kind kind) {
  tell_({.kind = kind, .text = line_});
  line_.clear();
}

}  // namespace quasimodem::atcmd
