// SPDX-License-Identifier: Apache-2.0
#include "atcmd/listen/pem_finder.hpp"

#include <string_view>

namespace quasimodem::atcmd {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN ";
constexpr std::string_view kPemEnd = "-----END ";

}  // namespace

void PemFinder::look_at(char c) {
  if (tail_.empty() && c != kMark) return;
  tail_ += c;
  while (!kPemBegin.starts_with(tail_) && !kPemEnd.starts_with(tail_)) tail_.erase(0, 1);
  if (tail_ == kPemBegin) inside_ = true;
  if (tail_ == kPemEnd) inside_ = false;
}

}  // namespace quasimodem::atcmd
