// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/text_finder.hpp"

namespace quasimodem::app {

int TextFinder::feed(std::string_view more) {
  window_ += more;
  int found = 0;
  std::size_t read = 0;
  for (auto at = window_.find(text_); at != std::string::npos; at = window_.find(text_, read)) {
    ++found;
    read = at + text_.size();
  }
  if (window_.size() - read >= text_.size()) read = window_.size() - text_.size() + 1;
  window_.erase(0, read);
  return found;
}

}  // namespace quasimodem::app
