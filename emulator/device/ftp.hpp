// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/number_row.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/service_errors.hpp"
#include "net/ftp/client.hpp"

namespace quasimodem::device {

/// What AT+QFTP* asks a server for; each has a result of its own.
enum class FtpCommand {
  open,
  close,
  path,
  size,
  get,
  put,
  list,
  name_list,
  rename,
  remove,
  make_directory,
  remove_directory
};

/// FTP of AT+QFTP*: one control connection, one command of the server's at a time (services.md 3). Data goes to a file
/// or to the TE, and comes from there; no socket index knows of it.
class Ftp final : private Tenant, private net::ListenObserver {
 public:
  struct Surroundings {
    Timeline& timeline;
    FileStore& files;
    EventSink& events;
    Logger log;
    Journal journal{};
  };

  /// Of AT+QFTPSTAT.
  enum class State { idle, opening, opened, working, transfer, closing, closed };

  /// Where a transfer ends or begins in the module.
  struct Place {
    /// `/RAM/f`, `RAM:f`, `/RAM/`, `RAM`.
    static std::optional<Place> parse(std::string_view text);

    std::optional<FileVolume> volume{};  ///< none: the serial port
    std::string file{};                  ///< empty: as it is called on the server
  };

  struct Settings {
    std::string user;
    std::string password;
    std::string path;
    net::ftp::Client::Transfer transfer{.mode = net::ftp::Client::Mode::active};
    std::uint64_t offset = 0;  ///< of the next transfer
    Place place;
    std::string place_text = "/COM/";  ///< as it was given
    int unknown = 0;                   ///< AT+QFTPCFG=6
  };
  Settings settings;

  /// Octets, of a transfer or a file; else 0.
  using Result = tl::expected<std::uint64_t, FtpError>;
  using Done = std::function<void(Result)>;
  /// Refused at once; otherwise the result comes later: to `Done` where there is one, else as `FtpFinished`.
  using Started = tl::expected<void, FtpError>;

  /// The TE's side of a transfer to or from the serial port.
  struct Port {
    std::function<void()> begun;  ///< the server has agreed. Never, when it fails before
    std::function<void()> ready;  ///< there is something to take, or room again
    Done done;                    ///< of an upload only until `begun`: see end_input
  };

  explicit Ftp(Surroundings surroundings);
  ~Ftp();
  Ftp(const Ftp&) = delete;
  Ftp& operator=(const Ftp&) = delete;

  /// The context is brought up; then logs in, and goes to `settings.path`.
  Started open(PdpContext& context, std::string host, std::uint16_t port);
  /// What is under way ends first, with FtpError::interrupted. Without a connection nothing follows: false.
  bool close();
  /// Kept for the next connection when there is none. True: it is done already.
  tl::expected<bool, FtpError> change_path(std::string path);
  Started size(std::string_view name);
  Started rename(std::string_view from, std::string_view to);
  /// Also for directories.
  Started change(FtpCommand command, std::string_view name);
  /// AT+QFTPGET, and with `list` or `name_list` what a directory has. No more than `most` octets; 0: all. With the
  /// serial port as its place `port` is the TE's side, otherwise it is not looked at.
  Started get(FtpCommand command, std::string_view name, std::uint64_t most, Port port);
  Started put(std::string_view name, std::uint64_t size, Port port);

  // Data of a transfer from or to the serial port. The ticket is that of who began it: see ticket().
  int ticket() const { return tickets_; }
  Bytes take(int ticket, std::size_t most);
  /// How much of it was taken. All of it, when the transfer has failed: the host goes on, and none of it is a command.
  std::size_t give(int ticket, ByteSpan data);
  /// No more comes. The result is that of the whole transfer.
  void end_input(int ticket, Done done);
  /// The TE is gone.
  void abandon(int ticket);
  /// For who may outlive it.
  std::weak_ptr<Ftp*> handle() const { return self_; }

  bool to_port() const { return !settings.place.volume; }
  State state() const;
  /// Host and port of an open connection.
  std::optional<std::pair<std::string, std::uint16_t>> server() const;
  /// Octets of the transfer that is under way, or of the last.
  std::uint64_t length() const { return length_; }
  /// Why the last command came to nothing, or the connection ended, in one line; empty when all is well.
  const std::string& failure() const { return failure_; }

  void power_off();

  /// What befalls a command; none: nothing does.
  std::function<std::optional<std::string>(std::string_view command)> on_command;  ///< the answer in the server's place
  std::function<std::optional<std::size_t>(std::string_view name)> on_transfer;    ///< breaks after so many octets

 private:
  struct Session;
  struct Job;
  struct Failure {
    FtpError error;
    std::string why;
  };

  Started may_begin() const;
  Started begin(Job job, const net::ftp::Client::Started& started);
  std::optional<FileName> local_name(std::string_view remote) const;

  void up(const std::weak_ptr<Session>& session, bool succeeded);
  void connect();
  void connected();
  void connection_failed();
  void control_arrived();
  void control_ended();
  void follow();
  void send_command();
  void push_control();
  void obey(const net::ftp::Client::DataOrder& order);
  void take_outcome(const net::ftp::Client::Outcome& outcome);

  Stream::Callbacks data_callbacks();
  void connect_data(net::Endpoint peer);
  void listen();
  void listening() override;
  void listen_failed(net::NetError error) override;
  void connection_arrived(net::Endpoint peer, const Accept& accept) override;
  void data_opened(Stream::Outcome outcome);
  void data_arrived();
  void data_ended();
  void drop_data();

  void begin_transfer();
  void move_data();
  bool moving() const;
  void go_on_soon();
  void stop_download();
  void lose_upload();
  void store();
  void hand_over();
  void tell_data_end();
  Bytes next_of_data(std::size_t most);
  void count(std::size_t octets);
  bool cut_now() const;
  void break_data();
  bool has_enough() const;
  void push_input();
  void push_file();
  std::size_t send_data(ByteSpan data);
  void end_upload();
  void stop_transfer(FtpError error, std::string why);

  void conclude(tl::expected<std::uint64_t, Failure> result);
  void explain(std::string_view what, std::string_view why);
  void drop_session();
  void evicted() override;

  Surroundings surroundings_;
  std::shared_ptr<Session> session_;
  std::unique_ptr<Job> job_;
  std::optional<Result> parked_;  ///< of an upload whose data still comes from the TE
  bool was_open_ = false;
  std::uint64_t length_ = 0;
  std::uint16_t last_port_;
  int tickets_ = 0;
  Timer moving_;
  std::string failure_;
  std::shared_ptr<Ftp*> self_ = std::make_shared<Ftp*>(this);
};

// Its settings but for the place, for snapshots.
inline constexpr NumberRow<Ftp::Settings> kFtpRows[] = {
    {"mode", [](const Ftp::Settings& settings) { return static_cast<int>(settings.transfer.mode); },
     [](Ftp::Settings& settings, int value) { settings.transfer.mode = static_cast<net::ftp::Client::Mode>(value); }, 0,
     1},
    {"type", [](const Ftp::Settings& settings) { return static_cast<int>(settings.transfer.type); },
     [](Ftp::Settings& settings, int value) { settings.transfer.type = static_cast<net::ftp::Client::Type>(value); }, 0,
     1},
    number_row<&Ftp::Settings::offset>("offset", 0, std::numeric_limits<int>::max()),
    number_row<&Ftp::Settings::unknown>("unknown", 0, std::numeric_limits<int>::max()),
};
inline constexpr TextRow<Ftp::Settings> kFtpTexts[] = {
    {"user", &Ftp::Settings::user},
    {"password", &Ftp::Settings::password},
    {"path", &Ftp::Settings::path},
};

/// `IDLE` … are for AT+QFTPSTAT to say; these are for logs and the control interface.
std::string_view name_of(Ftp::State state);
std::string_view name_of(FtpCommand command);

}  // namespace quasimodem::device
