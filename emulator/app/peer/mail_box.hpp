// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "net/smtp/server.hpp"

namespace quasimodem::app {

/// Where `quasimodem peer smtp` puts the mails: each in a file of its own, mode 0600, `0001.eml` and so on, or nowhere.
class MailBox {
 public:
  /// `folder` must be there; without one nothing is kept.
  explicit MailBox(std::optional<std::string> folder) : folder_{std::move(folder)} {}

  /// The file that has the mail now, empty without a folder; or why it could not be written, and then there is none. No
  /// file that is there already is touched.
  tl::expected<std::string, std::string> keep(const net::smtp::Delivery& mail);

 private:
  std::optional<std::string> folder_;
  unsigned next_ = 1;
};

/// The envelope and the size in one line, printable whatever a client says, and without the mail's text:
/// `mail from <a@b> to <c@d>, <e@f>, 120 B, over TLS, user u`.
std::string envelope_line(const net::smtp::Delivery& mail);

}  // namespace quasimodem::app
