// SPDX-License-Identifier: Apache-2.0
#include "emulator/payload_guard.hpp"

#include <cctype>
#include <utility>

#include "emulator/commands/uploads.hpp"

namespace quasimodem::emulator {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN ";
constexpr std::string_view kPemEnd = "-----END ";
constexpr std::size_t kCommandBeginning = 3;  // `AT` and what follows

bool line_end(char c) { return c == '\r' || c == '\n'; }
char upper(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }

}  // namespace

void PayloadGuard::look_at(char c, char terminator) {
  pem_.look_at(c);
  read_line(c, terminator);
  if (pem_.inside()) lock(0);  // a key where none was announced
}

void PayloadGuard::lock(std::size_t announced) {
  locked_ = true;
  line_start_ = !pem_.inside();
  quiet_before_ = false;
  announced_ = announced;
  seen_ = 0;
}

void PayloadGuard::read_line(char c, char terminator) {
  constexpr char kBackspace = '\b';
  const bool repeats = line_.size() == 1 && upper(line_.front()) == 'A' && c == '/';
  if (!line_end(c) && c != terminator && !repeats) {
    if (c == kBackspace && !line_.empty()) {
      line_.pop_back();
    } else if (line_.size() < kLongestLine) {
      line_ += c;
    }
    return;
  }
  if (line_.empty()) return;
  if (!repeats) last_line_ = line_;
  line_.clear();
  if (const auto size = commands::announced_upload(last_line_)) lock(*size);
}

PayloadGuard::Step PayloadGuard::guard(char c) {
  // The LF of the command line, or empty lines behind the payload: nothing to hide.
  if (line_start_ && kept_back_.empty() && line_end(c) && !in_the_middle()) return {std::string{c}, 0};
  if (line_start_) {
    kept_back_ += c;
    if (opens(kept_back_)) {
      if (kept_back_.size() < kCommandBeginning) return {};
      locked_ = false;
      line_ = kept_back_;
      if (line_end(c)) line_.clear();
      return {std::exchange(kept_back_, {}), 0};
    }
  } else {
    kept_back_ = c;
  }
  const auto payload = std::exchange(kept_back_, {});
  const bool was_short = seen_ < announced_;
  seen_ += payload.size();
  for (const char each : payload) pem_.look_at(each);
  quiet_before_ = false;
  line_start_ = line_end(c) || (was_short && seen_ >= announced_);
  return {{}, payload.size()};
}

bool PayloadGuard::in_the_middle() const {
  // Line ends at its beginning were taken for those of the command line.
  constexpr std::size_t kUncounted = 2;
  return pem_.inside() || (seen_ > 0 && seen_ + kUncounted < announced_);
}

/// Whether a line that begins like this may be a command.
bool PayloadGuard::opens(std::string_view beginning) const {
  if (in_the_middle() && !quiet_before_) return false;
  if (upper(beginning[0]) != 'A') return false;
  if (beginning.size() > 1 && upper(beginning[1]) != 'T') return false;
  if (beginning.size() < kCommandBeginning || !in_the_middle()) return true;
  // A chunk of Base64 may begin with AT; few go on like a command.
  return line_end(beginning[2]) || beginning[2] == '+' || beginning[2] == '&' || upper(beginning[2]) == 'E';
}

void PemFinder::look_at(char c) {
  if (tail_.empty() && c != kPemBegin.front())
    return;  // as nearly always, and every byte of the UART comes through here
  tail_ += c;
  while (!kPemBegin.starts_with(tail_) && !kPemEnd.starts_with(tail_)) tail_.erase(0, 1);
  if (tail_ == kPemBegin) inside_ = true;
  if (tail_ == kPemEnd) inside_ = false;
}

void PayloadGuard::silence() {
  if (!locked_) return;
  quiet_before_ = line_start_ = true;
}

}  // namespace quasimodem::emulator
