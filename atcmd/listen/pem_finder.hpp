// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::atcmd {

/// Finds PEM blocks in a stream.
class PemFinder {
 public:
  void look_at(char c);
  /// Neither inside nor after the beginning of a mark: only `kMark` can change anything.
  bool idle() const { return tail_.empty() && !inside_; }
  static constexpr char kMark = '-';
  /// After BEGIN and before END.
  bool inside() const { return inside_; }

 private:
  std::string tail_;  ///< the end of the stream, as far as it may begin one of the two marks
  bool inside_ = false;
};

}  // namespace quasimodem::atcmd
