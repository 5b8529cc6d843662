// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt/topic.hpp"

namespace quasimodem::net::mqtt {

namespace {

/// One level after another of `a/b/c`; an empty text is one level too.
class Levels {
 public:
  explicit Levels(std::string_view text) : rest_{text} {}

  bool done() const { return done_; }
  std::string_view next() {
    const auto end = rest_.find('/');
    const auto level = rest_.substr(0, end);
    done_ = end == std::string_view::npos;
    rest_.remove_prefix(done_ ? rest_.size() : end + 1);
    return level;
  }

 private:
  std::string_view rest_;
  bool done_ = false;
};

}  // namespace

bool is_topic(std::string_view text) { return !text.empty() && text.find_first_of("+#") == std::string_view::npos; }

bool is_filter(std::string_view text) {
  if (text.empty()) return false;
  for (Levels levels{text}; !levels.done();) {
    const auto level = levels.next();
    if (level == "+" || (level == "#" && levels.done())) continue;
    if (level.find_first_of("+#") != std::string_view::npos) return false;
  }
  return true;
}

bool matches(std::string_view filter, std::string_view topic) {
  const bool wild = filter.starts_with('+') || filter.starts_with('#');
  if (wild && topic.starts_with('$')) return false;
  Levels wanted{filter}, given{topic};
  while (!wanted.done()) {
    const auto level = wanted.next();
    if (level == "#") return true;  // of `a` too when it is `a/#`
    if (given.done()) return false;
    const auto there = given.next();
    if (level != "+" && level != there) return false;
  }
  return given.done();
}

}  // namespace quasimodem::net::mqtt
