// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace quasimodem::app {

/// Looks for a text in a stream that comes in pieces.
class TextFinder {
 public:
  /// `text` is not empty.
  explicit TextFinder(std::string text) : text_{std::move(text)} {}

  const std::string& text() const { return text_; }
  /// Reads on. How often the text is complete now; what was part of one is not part of another.
  int feed(std::string_view more);

 private:
  std::string text_;
  std::string window_;  ///< what may be its beginning
};

}  // namespace quasimodem::app
