// SPDX-License-Identifier: Apache-2.0
#include "atcmd/listen/payload_guard.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace quasimodem::atcmd {
namespace {

constexpr std::size_t kCommandBeginning = 3;  // `AT` and what follows
constexpr char kBackspace = '\b';

bool ends_line(char c) { return c == '\r' || c == '\n'; }
char in_upper_case(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }

/// What follows `wanted` in `text`, which may be typed in small letters and with blanks in between.
std::optional<std::string_view> behind(std::string_view wanted, std::string_view text) {
  for (; !wanted.empty(); text.remove_prefix(1)) {
    if (text.empty()) return std::nullopt;
    if (text.front() == ' ') continue;
    if (in_upper_case(text.front()) != wanted.front()) return std::nullopt;
    wanted.remove_prefix(1);
  }
  return text;
}

/// A number that may have blanks in it, 0 when there is none.
std::size_t number_at(std::string_view text) {
  constexpr std::size_t kMostDigits = 20;
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    if (c < '0' || c > '9' || digits.size() > kMostDigits) break;
    digits += c;
  }
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::size_t announced_by(const Command& upload, std::string_view parameters) {
  for (std::size_t i = 0; i < upload.payload->size_in.value_or(0); ++i) {
    const auto comma = parameters.find(',');
    if (comma == std::string_view::npos) return 0;
    parameters.remove_prefix(comma + 1);
  }
  return number_at(parameters);
}

}  // namespace

PayloadGuard::PayloadGuard(std::span<const Family> families, Told told) : told_{std::move(told)} {
  for (const auto& family : families) {
    for (const auto& command : family.commands) {
      if (command.payload && command.payload->content == Payload::Content::secret) uploads_.push_back(&command);
    }
  }
}

/// Of several the largest. As the command line reader does it, blanks mean nothing, nor does the case.
std::optional<PayloadGuard::Announcement> PayloadGuard::announced_in(std::string_view line) const {
  std::optional<Announcement> announced;
  for (auto at = line.find('+'); at != std::string_view::npos; at = line.find('+', at + 1)) {
    for (const auto* upload : uploads_) {
      const auto mark = behind(upload->name, line.substr(at));
      const auto parameters = mark ? behind("=", *mark) : std::nullopt;
      if (!parameters) continue;
      const auto size = announced_by(*upload, *parameters);
      if (!announced || size > announced->size) announced = Announcement{*parameters, size};
    }
  }
  return announced;
}

void PayloadGuard::feed(ByteSpan bytes, Instant now, char terminator) {
  if (locked_ && now - last_ >= kSilence) quiet_before_ = line_start_ = true;
  last_ = now;
  while (!bytes.empty()) bytes = bytes.subspan(locked_ ? hide(bytes) : show(bytes, terminator));
}

void PayloadGuard::skip() {
  locked_ = false;
  pem_ = {};
  line_.clear();
  kept_back_.clear();
}

/// As far as nothing is secret. How many bytes that were.
std::size_t PayloadGuard::show(ByteSpan bytes, char terminator) {
  std::size_t used = 0;
  while (used < bytes.size() && !locked_) used += read_on(bytes.subspan(used), terminator);
  told_.shown(bytes.first(used));
  if (const auto announced = std::exchange(announcement_, std::nullopt)) told_.announced(*announced);
  return used;
}

/// One byte, or many that are none in particular: nearly every byte of a line comes through here.
std::size_t PayloadGuard::read_on(ByteSpan bytes, char terminator) {
  const auto particular = [terminator](char c) {
    return ends_line(c) || c == terminator || c == kBackspace || c == '/' || c == PemFinder::kMark;
  };
  const auto text = as_text(bytes);
  const auto plain =
      pem_.idle() ? static_cast<std::size_t>(std::find_if(text.begin(), text.end(), particular) - text.begin()) : 0;
  if (plain > 0) {
    line_ += text.substr(0, std::min(plain, kLongestLine - line_.size()));
    return plain;
  }
  const char c = text.front();
  pem_.look_at(c);
  const bool repeats = c == '/' && line_.size() == 1 && in_upper_case(line_.front()) == 'A';
  if (ends_line(c) || c == terminator || repeats) {
    end_line(repeats);
  } else if (c == kBackspace && !line_.empty()) {
    line_.pop_back();
  } else if (line_.size() < kLongestLine) {
    line_ += c;
  }
  if (pem_.inside()) lock(0);  // a key where none was announced
  return 1;
}

void PayloadGuard::end_line(bool repeats) {
  if (line_.empty()) return;
  if (!repeats) std::swap(last_line_, line_);
  line_.clear();
  announcement_ = announced_in(last_line_);
  if (announcement_) lock(announcement_->size);
}

void PayloadGuard::lock(std::size_t announced) {
  locked_ = true;
  line_start_ = !pem_.inside();
  quiet_before_ = false;
  announced_ = announced;
  seen_ = 0;
}

/// As far as it may be secret. How many bytes that were.
std::size_t PayloadGuard::hide(ByteSpan bytes) {
  std::size_t used = 0, hidden = 0;
  const auto tell_hidden = [&] {
    if (hidden > 0) told_.withheld(std::exchange(hidden, 0), seen_ > announced_);
  };
  while (used < bytes.size() && locked_) {
    const auto byte = bytes.subspan(used++, 1);
    const char c = as_text(byte).front();
    // The LF of the command line, or empty lines behind the payload: nothing to hide.
    if (line_start_ && kept_back_.empty() && ends_line(c) && !in_the_middle()) {
      tell_hidden();
      told_.shown(byte);
      continue;
    }
    kept_back_ += c;
    if (line_start_ && opens(kept_back_)) {
      if (kept_back_.size() < kCommandBeginning) continue;
      tell_hidden();
      unlock();
    } else {
      hidden += kept_back_.size();
      take_payload();
    }
  }
  tell_hidden();
  return used;
}

void PayloadGuard::unlock() {
  locked_ = false;
  line_ = kept_back_;
  if (ends_line(line_.back())) line_.clear();
  told_.shown(as_bytes(std::exchange(kept_back_, {})));
}

void PayloadGuard::take_payload() {
  const bool was_short = seen_ < announced_;
  seen_ += kept_back_.size();
  for (const char each : kept_back_) pem_.look_at(each);
  quiet_before_ = false;
  line_start_ = ends_line(kept_back_.back()) || (was_short && seen_ >= announced_);
  kept_back_.clear();
}

bool PayloadGuard::in_the_middle() const {
  // Line ends at its beginning were taken for those of the command line.
  constexpr std::size_t kUncounted = 2;
  return pem_.inside() || (seen_ > 0 && seen_ + kUncounted < announced_);
}

/// Whether a line that begins like this may be a command.
bool PayloadGuard::opens(std::string_view beginning) const {
  if (in_the_middle() && !quiet_before_) return false;
  if (in_upper_case(beginning[0]) != 'A') return false;
  if (beginning.size() > 1 && in_upper_case(beginning[1]) != 'T') return false;
  if (beginning.size() < kCommandBeginning || !in_the_middle()) return true;
  // A chunk of Base64 may begin with AT; few go on like a command.
  return ends_line(beginning[2]) || beginning[2] == '+' || beginning[2] == '&' || in_upper_case(beginning[2]) == 'E';
}

}  // namespace quasimodem::atcmd
