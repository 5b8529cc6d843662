// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace quasimodem::atcmd {

/// How TA and TE talk to each other: the V.250 and 27.007 settings that shape every line.
/// The defaults are the factory ones of the module family, M66 16.3.
struct Dialogue {
  int echo = 1;                ///< ATE
  int verbose = 1;             ///< ATV: 1 words, 0 digits
  int quiet = 0;               ///< ATQ: 1 suppresses result codes
  int call_progress = 4;       ///< ATX
  int error_format = 1;        ///< AT+CMEE: 0 ERROR, 1 number, 2 text
  int line_terminator = '\r';  ///< S3
  int line_feed = '\n';        ///< S4
  int backspace = '\b';        ///< S5
};

/// The words behind +CME ERROR and +CMS ERROR numbers; empty when a number has none.
struct ErrorTexts {
  std::string_view (*cme)(int number);
  std::string_view (*cms)(int number);
};

}  // namespace quasimodem::atcmd
