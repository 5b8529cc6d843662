// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "net/ftp/server.hpp"

namespace quasimodem::app {

/// What `quasimodem peer ftp` was asked for.
struct FtpOptions {
  std::optional<std::string> root;  ///< the folder that is shown; none: a few files in memory, which takes uploads
  bool writable = false;            ///< the folder may be changed
  std::map<std::string, std::string> users{};  ///< and their passwords; none: everybody may log in
};

/// Throws std::filesystem::filesystem_error when the folder is not there.
std::shared_ptr<net::ftp::Site> ftp_site(const FtpOptions& options);

/// The files without --root, for the command's help.
inline constexpr std::string_view kFtpFiles =
    R"(  /hello.txt         the word hello
  /pub/numbers.bin   65536 octets, 0 to 255 over and over
  /pub/digits.txt    1000000 octets, the digits in turn
  /upload            an empty directory)";

}  // namespace quasimodem::app
