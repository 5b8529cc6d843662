// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quasimodem::app {

/// What goes wrong.
enum class FaultKind {
  stall,    ///< nothing is read and nothing sent any more; the connection stays open until the client leaves
  alert,    ///< a TLS alert, then the end of the stream
  reset,    ///< TCP reset
  close,    ///< the end of the stream, without close_notify
  garbage,  ///< 64 bytes that are no TLS record, then as `stall`
};

/// Where it goes wrong. Everything before is in order; what was sent before has gone out.
enum class FaultStep {
  accept,        ///< the connection was accepted, nothing was read
  hello,         ///< ClientHello was read; ServerHello is withheld
  certificate,   ///< ServerHello and Certificate were sent; CertificateRequest and ServerHelloDone are withheld
  key_exchange,  ///< ClientKeyExchange was read; CertificateVerify and Finished are not looked at
  finished,      ///< the client's Finished was read and found good; ChangeCipherSpec and Finished are withheld
  connected,     ///< the handshake is done, both sides have said Finished; the banner is withheld
  data,          ///< the first application data was read; its echo is withheld
};

struct Fault {
  FaultKind kind;
  FaultStep step;
  std::uint8_t alert = 40;  ///< handshake_failure
  std::string text;         ///< as the user wrote it
};

/// `KIND@STEP`, `alert:NAME@STEP`, or `none` for a connection without a fault. The error is a phrase for the user.
tl::expected<std::optional<Fault>, std::string> read_fault(std::string_view text);

/// The words of a fault, for those who complete it.
std::vector<std::string> fault_kind_names();
std::vector<std::string> fault_step_names();

}  // namespace quasimodem::app
