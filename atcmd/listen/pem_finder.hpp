// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace quasimodem::atcmd {

/// Finds PEM blocks in a stream.
class PemFinder {
 public:
  void look_at(char c) {
    if (tail_.empty() && c != kMark) return;
    tail_ += c;
    while (!kBegin.starts_with(tail_) && !kEnd.starts_with(tail_)) tail_.erase(0, 1);
    if (tail_ == kBegin) inside_ = true;
    if (tail_ == kEnd) inside_ = false;
  }
  /// Neither inside nor after the beginning of a mark: only `kMark` can change anything.
  bool idle() const { return tail_.empty() && !inside_; }
  static constexpr char kMark = '-';
  /// After BEGIN and before END.
  bool inside() const { return inside_; }

 private:
  static constexpr std::string_view kBegin = "-----BEGIN ";
  static constexpr std::string_view kEnd = "-----END ";

  std::string tail_;  ///< the end of the stream, as far as it may begin one of the two marks
  bool inside_ = false;
};

}  // namespace quasimodem::atcmd
