// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/timeline.hpp"
#include "net/ftp/client.hpp"
#include "net/ftp/server.hpp"

namespace quasimodem::net::ftp {

inline constexpr IpAddress kFtpServer{{203, 0, 113, 7}};
inline constexpr IpAddress kFtpClient{{203, 0, 113, 200}};

/// A client and a server with wires between them, which carry so many octets at a time.
class Lan final : private DataCarrier {
 public:
  explicit Lan(std::size_t piece = 1500, Client::Options options = {.server = kFtpServer});

  /// Carries what there is to carry until nothing moves any more.
  void settle();
  /// The same, then the outcome, which must be there.
  Client::Outcome outcome();
  /// The client logs in; whether that worked.
  bool log_in(std::string_view user = "u", std::string_view password = "p");

  std::shared_ptr<Site> site = std::make_shared<Site>();
  Timeline timeline;
  std::string log;
  std::unique_ptr<Client> client;
  std::unique_ptr<Server> server;

  std::optional<Bytes> upload{};        ///< what the client gives in a transfer
  Bytes got;                            ///< what it got in the last one
  std::optional<std::size_t> enough{};  ///< it wants no more than this
  bool unreachable = false;             ///< nobody can make a data connection, either way
  bool deaf = false;                    ///< an attempt to make one is never answered
  std::string said;                     ///< by the client, on the control connection
  int drops = 0;

 private:
  struct Sink;

  std::optional<std::uint16_t> listen() override;
  void connect(Endpoint peer) override;
  void data_ready() override {}
  void close(bool in_order) override;

  bool step();
  bool carry_control();
  bool carry_orders();
  bool carry_download();
  bool carry_upload();
  void bring_up();
  void take_down();

  std::size_t piece_;
  std::unique_ptr<LogSink> sink_;
  std::uint16_t next_port_ = 20000;
  std::optional<std::uint16_t> server_port_, client_port_;
  bool up_ = false;
  bool ending_ = false;  ///< the server ends it when all has arrived
  bool cut_ = false;     ///< by the server
  Bytes to_server_, to_client_, data_;
  std::size_t uploaded_ = 0;
};

}  // namespace quasimodem::net::ftp
