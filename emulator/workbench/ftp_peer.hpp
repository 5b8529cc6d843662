// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emulator/workbench/service_peer.hpp"
#include "net/ftp/server.hpp"
#include "net/sim/sim_network.hpp"

namespace quasimodem::workbench {

/// An FTP server on the simulated network, with its data connections.
class FtpPeer {
 public:
  FtpPeer(net::SimNetwork& network, ServicePeer::Address address);
  ~FtpPeer();
  FtpPeer(const FtpPeer&) = delete;
  FtpPeer& operator=(const FtpPeer&) = delete;

  /// What it has and how it behaves.
  net::ftp::Site& site() { return *site_; }
  ServicePeer& control() { return control_; }
  /// Data connections that were made so far.
  int data_connections() const { return data_connections_; }
  /// What becomes of the next one that it is to listen for; the control connection goes on.
  net::SimListener::Answer data_answer = net::SimListener::Answer::accept;
  /// The newest data connection's wire; null before the first.
  net::SimConnection* data_wire() const { return data_wire_.get(); }

 private:
  class Carrier;

  net::SimNetwork& network_;
  std::string host_;
  std::shared_ptr<net::ftp::Site> site_ = std::make_shared<net::ftp::Site>();
  std::vector<std::unique_ptr<Carrier>> carriers_;
  std::uint16_t last_port_ = 50000;
  int data_connections_ = 0;
  std::shared_ptr<net::SimConnection> data_wire_;
  ServicePeer control_;
};

}  // namespace quasimodem::workbench
