// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/ftp/file_tree.hpp"
#include "net/ftp/files.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::net::ftp {

/// What goes wrong at a server.
struct Misbehaviour {
  static constexpr int kAlways = std::numeric_limits<int>::max();

  /// Verb → what it is answered with instead of being done: lines with CR LF, or not even that. Empty: never anything.
  std::map<std::string, std::string, std::less<>> answers{};
  std::optional<std::size_t> break_data_after{};  ///< octets of a data connection, in either direction: a reset
  int breaks = kAlways;                           ///< so many of them
  std::optional<std::size_t> stall_data_after{};  ///< then nothing comes or is taken any more
  std::optional<IpAddress> passive_address{};     ///< in the reply to PASV, whatever the true one is
};

/// What all sessions of a server have in common.
struct Site {
  std::string greeting = "220 Ready.";
  std::map<std::string, std::string, std::less<>> users{};  ///< name → password
  bool anybody = false;                                     ///< may log in, with whatever password
  FileTree files{};
  std::unique_ptr<Files> folder{};  ///< shown instead of `files`
  Misbehaviour misbehaviour{};
};

/// Who carries the data connections of a server's session: one at a time, and it takes what `Server::take_data` gives
/// as there is room.
class DataCarrier {
 public:
  virtual ~DataCarrier() = default;

  /// Opens a port for one connection and says its number; none: there is no port. Ends an earlier one.
  virtual std::optional<std::uint16_t> listen() = 0;
  virtual void connect(Endpoint client) = 0;
  /// There is something to take: on an open connection only.
  virtual void data_ready() = 0;
  /// Ends connection and port; in order, once all is sent that was taken, or at once by a reset.
  virtual void close(bool in_order) = 0;
};

/// A small FTP server's side of one control connection, for tests, play and demos: RFC 959, and SIZE and REST as RFC
/// 3659 has them. Files go over as they are, in ASCII mode too.
class Server final : public PeerSession {
 public:
  static constexpr std::size_t kLineLimit = 1024;
  static constexpr std::size_t kOutgoingLimit = 16384;

  /// `address`: what the client knows this server by. The carrier outlives the session.
  Server(std::shared_ptr<Site> site, IpAddress address, DataCarrier& carrier);

  void start() override;
  void receive(ByteSpan bytes) override;
  void input_ended() override;
  Bytes take_outgoing() override;
  bool wants_input() const override { return outgoing_.size() < kOutgoingLimit; }
  bool over() const override { return over_; }

  // The data connection. After each call look at take_outgoing.
  void data_connected();
  void data_failed();
  void data_received(ByteSpan bytes);
  void data_ended(bool in_order);
  /// At most `most` octets for the client; empty when there are none now.
  Bytes take_data(std::size_t most);
  /// An upload is under way: what comes meanwhile without that, `data_received` throws away.
  bool wants_data() const { return transfer_ && transfer_->upload && data_up_ && !stalls_now(); }

 private:
  struct Command;
  struct Transfer {
    std::shared_ptr<OpenFile> file;
    std::size_t position = 0;
    bool upload = false;
    std::size_t moved = 0;
  };
  enum class Way { none, passive, active };

  static const Command* find(std::string_view verb);
  void take_line(std::string_view line);
  bool misbehaves(std::string_view verb);
  void say(std::string_view line);
  void say_if(bool done, std::string_view well, std::string_view otherwise);
  Files& files() const { return site_->folder ? *site_->folder : site_->files; }
  std::string path_of(std::string_view argument) const { return FileTree::absolute(directory_, argument); }

  void user(std::string_view argument);
  void pass(std::string_view argument);
  void quit(std::string_view argument);
  void noop(std::string_view argument);
  void syst(std::string_view argument);
  void type(std::string_view argument);
  void pwd(std::string_view argument);
  void cwd(std::string_view argument);
  void size(std::string_view argument);
  void rest(std::string_view argument);
  void pasv(std::string_view argument);
  void port(std::string_view argument);
  void retr(std::string_view argument);
  void stor(std::string_view argument);
  void appe(std::string_view argument);
  void list(std::string_view argument);
  void nlst(std::string_view argument);
  void dele(std::string_view argument);
  void mkd(std::string_view argument);
  void rmd(std::string_view argument);
  void rnfr(std::string_view argument);
  void rnto(std::string_view argument);

  void write(std::string_view path, std::size_t kept);
  void show(std::string_view argument, std::string (*line)(const Files::Entry&));
  void begin(Transfer transfer);
  void agree();
  bool breaks_now();
  bool stalls_now() const;
  std::size_t left_to_move(std::size_t most) const;
  void finish(std::string_view reply, bool in_order);

  std::shared_ptr<Site> site_;
  IpAddress address_;
  DataCarrier& carrier_;
  std::string line_;
  Bytes outgoing_;
  bool over_ = false;

  std::string user_;
  bool logged_in_ = false;
  bool ascii_ = true;  ///< RFC 959 3.1.1.1: until TYPE says otherwise
  std::string directory_ = "/";
  std::string renamed_;
  std::size_t restart_ = 0;

  Way way_ = Way::none;
  Endpoint client_;  ///< of PORT
  bool data_up_ = false;
  std::optional<Transfer> transfer_;
};

}  // namespace quasimodem::net::ftp
