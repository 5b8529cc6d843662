// SPDX-License-Identifier: Apache-2.0
// FTP, AT+QFTP* (services.md 3, from drivers and a table of the maker's commands). OK comes first, then a line with a
// number, negative when it failed; a bad value is +CME ERROR: 3765.
#include "emulator/device/ftp.hpp"

#include <memory>
#include <utility>

#include "atcmd/channel/channel.hpp"
#include "atcmd/channel/sink.hpp"
#include "atcmd/channel/source.hpp"
#include "emulator/commands/family.hpp"
#include "emulator/commands/ftp_text.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using device::Ftp;
using device::FtpCommand;
using device::FtpError;
using net::ftp::Client;

constexpr int kLongestWord = 30;
constexpr int kLongestPath = 100;
constexpr int kLongestName = 50;
constexpr int kLargest = 0x7FFFFFFF;
constexpr int kLongestTime = 65535;  // seconds
constexpr int kUsualPort = 21;
// ASSUMED: the silence that ends an upload, when none is given, in seconds.
constexpr int kUsualTime = 90;
// No time-out of the transfer's own is longer; it would be a bug of ours.
constexpr Duration kNeverThatLong = 30min;

// ---- results ----

std::string_view prefix_of(FtpCommand command) {
  switch (command) {
    case FtpCommand::open: return "+QFTPOPEN";
    case FtpCommand::close: return "+QFTPCLOSE";
    case FtpCommand::path: return "+QFTPPATH";
    case FtpCommand::size: return "+QFTPSIZE";
    case FtpCommand::get: return "+QFTPGET";
    case FtpCommand::put: return "+QFTPPUT";
    case FtpCommand::list: return "+QFTPLIST";
    case FtpCommand::name_list: return "+QFTPNLST";
    case FtpCommand::rename: return "+QFTPRENAME";
    case FtpCommand::remove: return "+QFTPDELETE";
    case FtpCommand::make_directory: return "+QFTPMKDIR";
    case FtpCommand::remove_directory: return "+QFTPRMDIR";
  }
  return "";
}

/// OBSERVED: on one M95 these four have it, the others not.
bool has_blank(FtpCommand command, const device::Firmware& firmware) {
  return firmware.ftp_blank &&
         (command == FtpCommand::path || command == FtpCommand::close || command == FtpCommand::size);
}

bool moves_data(FtpCommand command) { return command == FtpCommand::get || command == FtpCommand::put; }

/// Behind the OK, when nothing is in the way.
void tell(Call& call, FtpCommand command, Ftp::Result result) {
  for (auto& line : ftp_result(call.me(), {command, result})) call.channel().unsolicited(std::move(line));
}

/// The result comes as an event, unless it is there already.
Reply begun(Call& call, FtpCommand command, const Ftp::Started& started) {
  if (started) {
    call.own({Task::Kind::ftp});
  } else {
    tell(call, command, tl::unexpected{started.error()});
  }
  return Reply::ok();
}

Reply shown(Call& call, std::string_view name, std::string_view value) {
  call.respond(fmt::format("{}: \"{}\"", name, value));
  return Reply::ok();
}

// ---- who and where ----

// AT+QFTPUSER=<user>, AT+QFTPPASS=<password>
struct Word {
  std::string word;
};
constexpr std::array kUser{atcmd::text<&Word::word>("user_name", 0, kLongestWord)};
constexpr std::array kPassword{atcmd::text<&Word::word>("password", 0, kLongestWord)};

Reply set_user(Call& call, const Word& args) {
  call.me().ftp().settings.user = args.word;
  return Reply::ok();
}
Reply set_password(Call& call, const Word& args) {
  call.me().ftp().settings.password = args.word;
  return Reply::ok();
}
Reply show_user(Call& call) { return shown(call, "+QFTPUSER", call.me().ftp().settings.user); }
Reply show_password(Call& call) { return shown(call, "+QFTPPASS", call.me().ftp().settings.password); }

// AT+QFTPOPEN=<host>[,<port>] → OK, later +QFTPOPEN:0
struct Server {
  std::string host;
  std::uint16_t port = 0;
};
constexpr std::array kServer{
    atcmd::text<&Server::host>("host", 1, kLongestPath),
    atcmd::integer<&Server::port>("port", 1, 65535).as_range().optional(kUsualPort),
};

Reply open(Call& call, const Server& args) {
  return begun(call, FtpCommand::open, call.me().ftp().open(call.context(), args.host, args.port));
}

Reply show_server(Call& call) {
  if (const auto server = call.me().ftp().server())
    call.respond(fmt::format("+QFTPOPEN: \"{}\",{}", server->first, server->second));
  return Reply::ok();
}

Reply close(Call& call) {
  call.own({Task::Kind::ftp});
  if (!call.me().ftp().close()) tell(call, FtpCommand::close, 0);
  return Reply::ok();
}

// AT+QFTPPATH=<path> → OK, then +QFTPPATH:0
struct Path {
  std::string path;
};
constexpr std::array kPath{atcmd::text<&Path::path>("path", 1, kLongestPath)};

Reply set_path(Call& call, const Path& args) {
  if (!args.path.starts_with('/')) return Reply::cme(cme::kInvalidInput);
  const auto done = call.me().ftp().change_path(args.path);
  if (done && !*done) return begun(call, FtpCommand::path, {});
  tell(call, FtpCommand::path, done ? Ftp::Result{0} : tl::unexpected{done.error()});
  return Reply::ok();
}
Reply show_path(Call& call) { return shown(call, "+QFTPPATH", call.me().ftp().settings.path); }

// ---- settings ----

// AT+QFTPCFG=<type>[,<value>] → OK, then +QFTPCFG:0; without a value +QFTPCFG: <type>,<value>
struct Setting {
  int type = 0;
  std::optional<std::string> value{};
};
constexpr int kMode = 1, kTransferType = 2, kOffset = 3, kPlace = 4, kUnknown = 6;
constexpr Meaning kTypes[] = {
    {kMode, "how the data connection is made: 0 by the server (active), 1 by the module (passive)"},
    {kTransferType, "0 binary, 1 ASCII"},
    {kOffset, "where the next transfer begins, octets"},
    {kPlace, "the module's side of transfers: \"/COM/\", \"/RAM/\" or \"/UFS/\", with a file's name"},
    {kUnknown, "unknown; taken"}};
constexpr std::array kSetting{
    atcmd::choice<&Setting::type>("type", kTypes),
    atcmd::text<&Setting::value>("value", 0, kLongestPath).optional(),
};

/// False when it is none of its values.
bool set(Ftp::Settings& settings, int type, const std::string& value) {
  if (type == kPlace) {
    const auto place = Ftp::Place::parse(value);
    if (!place) return false;
    settings.place = *place;
    settings.place_text = value;
    return true;
  }
  const auto number = atcmd::parse_integer(value);
  const std::int64_t highest = type == kOffset || type == kUnknown ? kLargest : 1;
  if (!number || *number < 0 || *number > highest) return false;
  if (type == kMode) settings.transfer.mode = *number == 1 ? Client::Mode::passive : Client::Mode::active;
  if (type == kTransferType) settings.transfer.type = *number == 1 ? Client::Type::ascii : Client::Type::binary;
  if (type == kOffset) settings.offset = static_cast<std::uint64_t>(*number);
  if (type == kUnknown) settings.unknown = static_cast<int>(*number);  // OBSERVED: the maker's SDK sends 6,1
  return true;
}

std::string value_of(const Ftp::Settings& settings, int type) {
  switch (type) {
    case kMode: return settings.transfer.mode == Client::Mode::passive ? "1" : "0";
    case kTransferType: return settings.transfer.type == Client::Type::ascii ? "1" : "0";
    case kOffset: return fmt::format("{}", settings.offset);
    case kPlace: return fmt::format("\"{}\"", settings.place_text);
    default: return fmt::format("{}", settings.unknown);
  }
}

Reply configure(Call& call, const Setting& args) {
  auto& settings = call.me().ftp().settings;
  if (!args.value) {
    call.respond(fmt::format("+QFTPCFG: {},{}", args.type, value_of(settings, args.type)));
    return Reply::ok();
  }
  if (!set(settings, args.type, *args.value)) return Reply::cme(cme::kInvalidInput);
  call.channel().unsolicited("+QFTPCFG:0");
  return Reply::ok();
}

// ---- to the TE ----

/// A file of the server's on its way to the TE.
class Download final : public atcmd::Source {
 public:
  Download(Ftp& ftp, atcmd::Channel& channel) : ftp_{ftp.handle()}, channel_{channel} {}
  ~Download() override {
    if (const auto ftp = ftp_.lock()) (*ftp)->abandon(ticket_);
  }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// Of the transfer that has begun just now.
  void belongs_to(int ticket) { ticket_ = ticket; }
  void begin() { channel_.source_begins(); }
  void go_on() { channel_.source_ready(); }

  Bytes take(std::size_t most) override {
    const auto ftp = ftp_.lock();
    return ftp ? (*ftp)->take(ticket_, most) : Bytes{};
  }

 private:
  std::weak_ptr<Ftp*> ftp_;
  atcmd::Channel& channel_;  ///< which this belongs to
  int ticket_ = 0;
};

/// The line that ends a transfer to or from the TE.
Reply ended(Call& call, FtpCommand command, const Ftp::Result& result) {
  for (const auto& line : ftp_result(call.me(), {command, result})) call.respond(line);
  return Reply::said();
}

/// CONNECT when the server has agreed.
Reply deliver(Call& call, FtpCommand command, std::string_view name, std::uint64_t most) {
  auto& ftp = call.me().ftp();
  auto download = std::make_shared<Download>(ftp, call.channel());
  const auto if_there = [weak = std::weak_ptr{download}](void (Download::*what)()) {
    return [weak, what] {
      if (const auto there = weak.lock()) (*there.*what)();
    };
  };
  auto done = call.hold(kNeverThatLong,
                        [command](Call& held, const Ftp::Result& result) { return ended(held, command, result); });
  const auto started =
      ftp.get(command, name, most,
              {.begun = if_there(&Download::begin), .ready = if_there(&Download::go_on), .done = std::move(done)});
  if (!started) return begun(call, command, started);
  download->belongs_to(ftp.ticket());
  call.write_result(ResultCode::ok);
  return Reply::delivering_later(std::move(download));
}

Reply fetch(Call& call, FtpCommand command, std::string_view name, std::uint64_t most) {
  auto& ftp = call.me().ftp();
  if (ftp.to_port()) return deliver(call, command, name, most);
  return begun(call, command, ftp.get(command, name, most, {}));
}

// AT+QFTPGET=<name>[,<size>] → OK, then CONNECT, the data and +QFTPGET:<n>, or later +QFTPGET:<n>
struct Get {
  std::string_view name;
  int size = 0;
};
constexpr std::array kGet{
    atcmd::text<&Get::name>("file_name", 1, kLongestName),
    atcmd::integer<&Get::size>("size", 0, kLargest).optional(0),
};
Reply get(Call& call, const Get& args) {
  return fetch(call, FtpCommand::get, args.name, static_cast<std::uint64_t>(args.size));
}

// AT+QFTPLIST[=<path>], AT+QFTPNLST[=<path>]
struct Directory {
  std::string_view path;
};
constexpr std::array kDirectory{atcmd::text<&Directory::path>("path", 1, kLongestPath)};
template <FtpCommand Which>
Reply list(Call& call, const Directory& args) {
  return fetch(call, Which, args.path, 0);
}
template <FtpCommand Which>
Reply list_here(Call& call) {
  return fetch(call, Which, {}, 0);
}

// ---- from the TE ----

/// What the TE sends, on its way to the server.
class Upload final : public atcmd::Sink {
 public:
  Upload(Ftp& ftp, atcmd::Channel& channel) : ftp_{ftp.handle()}, channel_{channel}, ticket_{ftp.ticket()} {}
  ~Upload() override {
    const auto ftp = ftp_.lock();
    if (ftp && !ended_) (*ftp)->abandon(ticket_);
  }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  std::size_t take(ByteSpan data) override {
    const auto ftp = ftp_.lock();
    return ftp ? (*ftp)->give(ticket_, data) : data.size();
  }
  void go_on() { channel_.sink_ready(); }
  void end(Ftp::Done done) {
    ended_ = true;
    if (const auto ftp = ftp_.lock()) (*ftp)->end_input(ticket_, std::move(done));
  }

 private:
  std::weak_ptr<Ftp*> ftp_;
  atcmd::Channel& channel_;  ///< which this belongs to
  int ticket_;
  bool ended_ = false;
};

// AT+QFTPPUT=<name>,<size>[,<time>] → OK, then CONNECT, the data and +QFTPPUT:<n>, or later +QFTPPUT:<n>
struct Put {
  std::string_view name;
  int size = 0;
  int time_s = 0;
};
constexpr std::array kPut{
    atcmd::text<&Put::name>("file_name", 1, kLongestName),
    atcmd::integer<&Put::size>("size", 1, kLargest),
    atcmd::integer<&Put::time_s>("time", 1, kLongestTime).as_range().optional(kUsualTime),
};

Reply result_of_put(Call& call, const Ftp::Result& result) { return ended(call, FtpCommand::put, result); }

// ASSUMED: with fewer octets than announced, after the time-out or `+++`, the server has those that came; that is no
// failure.
Reply take_upload(Call& call, const std::shared_ptr<Upload>& upload, std::size_t size, Duration timeout) {
  return call.data_mode({.length = size, .timeout = timeout, .sink = upload},
                        [weak = std::weak_ptr{upload}](Call& resumed, const IntakeOutcome&) {
                          const auto taking = weak.lock();
                          if (taking) taking->end(resumed.hold(kNeverThatLong, &result_of_put));
                          return taking ? Reply::held() : Reply::error();
                        });
}

/// CONNECT when the server has agreed, or the result when it has not.
Reply put_from_port(Call& call, const Put& args) {
  const auto size = static_cast<std::size_t>(args.size);
  const auto timeout = std::chrono::seconds{args.time_s};
  // The channel's own as soon as it takes data.
  const auto upload = std::make_shared<std::weak_ptr<Upload>>();
  auto first = call.hold(kNeverThatLong, [=](Call& held, const std::optional<Ftp::Result>& failed) {
    if (failed) return result_of_put(held, *failed);
    auto begun = std::make_shared<Upload>(held.me().ftp(), held.channel());
    *upload = begun;
    return take_upload(held, begun, size, timeout);
  });
  const auto go_on = [upload] {
    if (const auto there = upload->lock()) there->go_on();
  };
  const auto started =
      call.me().ftp().put(args.name, size,
                          {.begun = [first]() mutable { first(std::optional<Ftp::Result>{}); },
                           .ready = go_on,
                           .done = [first](const Ftp::Result& result) mutable { first(std::optional{result}); }});
  if (!started) return begun(call, FtpCommand::put, started);
  call.write_result(ResultCode::ok);
  return Reply::held();
}

Reply put(Call& call, const Put& args) {
  auto& ftp = call.me().ftp();
  if (ftp.to_port()) return put_from_port(call, args);
  return begun(call, FtpCommand::put, ftp.put(args.name, static_cast<std::uint64_t>(args.size), {}));
}

// ---- files of the server's ----

struct Name {
  std::string_view name;
};
constexpr std::array kName{atcmd::text<&Name::name>("name", 1, kLongestName)};

Reply size(Call& call, const Name& args) { return begun(call, FtpCommand::size, call.me().ftp().size(args.name)); }
template <FtpCommand Which>
Reply change(Call& call, const Name& args) {
  return begun(call, Which, call.me().ftp().change(Which, args.name));
}

struct Names {
  std::string_view from;
  std::string_view to;
};
constexpr std::array kNames{
    atcmd::text<&Names::from>("old_name", 1, kLongestName),
    atcmd::text<&Names::to>("new_name", 1, kLongestName),
};
Reply rename(Call& call, const Names& args) {
  return begun(call, FtpCommand::rename, call.me().ftp().rename(args.from, args.to));
}

// ---- how it goes ----

std::string_view word_of(Ftp::State state) {
  switch (state) {
    case Ftp::State::idle: return "IDLE";
    case Ftp::State::opening: return "OPENING";
    case Ftp::State::opened: return "OPENED";
    case Ftp::State::working: return "WORKING";
    case Ftp::State::transfer: return "TRANSFER";
    case Ftp::State::closing: return "CLOSING";
    case Ftp::State::closed: return "CLOSED";
  }
  return "";
}

Reply show_state(Call& call) {
  const auto* const blank = call.me().firmware().ftp_blank ? " " : "";
  call.respond(fmt::format("+QFTPSTAT:{}{}", blank, word_of(call.me().ftp().state())));
  return Reply::ok();
}

// The blank is there in every firmware: the maker's SDK skips it.
Reply show_length(Call& call) {
  call.respond(fmt::format("+QFTPLEN: {}", call.me().ftp().length()));
  return Reply::ok();
}

// ---- the table ----

constexpr std::string_view kDrivers = "drivers (services.md 3)";

constexpr Command ftp_command(std::string_view name, std::string_view summary, Form write, Form execution = {}) {
  return {.name = name,
          .summary = summary,
          .manual = kDrivers,
          .confidence = Confidence::seen,
          .write = write,
          .execution = execution,
          .test = atcmd::answers_ok(),
          .invalid_parameter = cme::kInvalidInput};
}

constexpr Command with_read(Form read, Command command) {
  command.read = read;
  return command;
}

constexpr Line kGetLines[] = {{"CONNECT", Line::result, "with \"/COM/\": the data follows, then +QFTPGET:<n>"},
                              {"+QFTPGET:<n>", Line::urc, "the transfer has ended: octets, or negative"}};
constexpr Line kPutLines[] = {
    {"CONNECT", Line::result, "with \"/COM/\": the module takes the data, then says +QFTPPUT:<n>"},
    {"+QFTPPUT:<n>", Line::urc, "the transfer has ended: octets, or negative"}};
constexpr Line kListLines[] = {{"+QFTPLIST:<n>", Line::urc, "the listing has ended: octets, or negative"}};
constexpr Line kNameListLines[] = {{"+QFTPNLST:<n>", Line::urc, "the listing has ended: octets, or negative"}};
constexpr Line kOpenLines[] = {{"+QFTPOPEN:<n>", Line::urc, "0: logged in; negative: not"}};
constexpr Line kCloseLines[] = {{"+QFTPCLOSE:<n>", Line::urc, "0: there is no connection any more"}};
constexpr Line kPathLines[] = {{"+QFTPPATH:<n>", Line::urc, "0: the server has gone there; negative: not"}};
constexpr Line kSettingLines[] = {{"+QFTPCFG:<n>", Line::urc, "0: it is set"}};
constexpr Line kSizeLines[] = {{"+QFTPSIZE:<n>", Line::urc, "octets of the file, or negative"}};
constexpr Line kRenameLines[] = {{"+QFTPRENAME:<n>", Line::urc, "0: done; negative: not"}};
constexpr Line kDeleteLines[] = {{"+QFTPDELETE:<n>", Line::urc, "0: done; negative: not"}};
constexpr Line kMakeLines[] = {{"+QFTPMKDIR:<n>", Line::urc, "0: done; negative: not"}};
constexpr Line kRemoveLines[] = {{"+QFTPRMDIR:<n>", Line::urc, "0: done; negative: not"}};
constexpr Line kStateLines[] = {
    {"+QFTPSTAT:<state>", Line::result, "IDLE, OPENING, OPENED, WORKING, TRANSFER, CLOSING or CLOSED"}};
constexpr Line kLengthLines[] = {{"+QFTPLEN: <n>", Line::result, "octets of the transfer under way, or of the last"}};

// ASSUMED: what a host stores is its own affair, and no key.
constexpr atcmd::Payload kSized{.content = atcmd::Payload::Content::ordinary, .size_in = 1};

constexpr std::array kCommands{
    with_read(atcmd::plain<&show_user>(),
              ftp_command("+QFTPUSER", "User name for FTP", atcmd::write<&set_user>(kUser))),
    with_read(atcmd::plain<&show_password>(),
              ftp_command("+QFTPPASS", "Password for FTP", atcmd::write<&set_password>(kPassword))),
    saying(kSettingLines, ftp_command("+QFTPCFG", "Settings of transfers", atcmd::write<&configure>(kSetting))),
    saying(kOpenLines, with_read(atcmd::plain<&show_server>(),
                                 ftp_command("+QFTPOPEN", "Connect and log in", atcmd::write<&open>(kServer)))),
    saying(kPathLines, with_read(atcmd::plain<&show_path>(),
                                 ftp_command("+QFTPPATH", "Directory on the server", atcmd::write<&set_path>(kPath)))),
    saying(kGetLines, ftp_command("+QFTPGET", "Fetch a file", atcmd::write<&get>(kGet))),
    taking(kSized, saying(kPutLines, ftp_command("+QFTPPUT", "Store a file", atcmd::write<&put>(kPut)))),
    saying(kSizeLines, ftp_command("+QFTPSIZE", "Size of a file", atcmd::write<&size>(kName))),
    saying(kLengthLines, ftp_command("+QFTPLEN", "How much was transferred", {}, atcmd::plain<&show_length>())),
    saying(kStateLines, ftp_command("+QFTPSTAT", "State of the connection", {}, atcmd::plain<&show_state>())),
    saying(kRenameLines, ftp_command("+QFTPRENAME", "Rename a file", atcmd::write<&rename>(kNames))),
    saying(kDeleteLines, ftp_command("+QFTPDELETE", "Delete a file", atcmd::write<&change<FtpCommand::remove>>(kName))),
    saying(kMakeLines,
           ftp_command("+QFTPMKDIR", "Make a directory", atcmd::write<&change<FtpCommand::make_directory>>(kName))),
    saying(kRemoveLines,
           ftp_command("+QFTPRMDIR", "Remove a directory", atcmd::write<&change<FtpCommand::remove_directory>>(kName))),
    saying(kListLines, ftp_command("+QFTPLIST", "List a directory", atcmd::write<&list<FtpCommand::list>>(kDirectory),
                                   atcmd::plain<&list_here<FtpCommand::list>>())),
    saying(kNameListLines, ftp_command("+QFTPNLST", "List the names in a directory",
                                       atcmd::write<&list<FtpCommand::name_list>>(kDirectory),
                                       atcmd::plain<&list_here<FtpCommand::name_list>>())),
    saying(kCloseLines, ftp_command("+QFTPCLOSE", "Log out and disconnect", {}, atcmd::plain<&close>())),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

std::vector<std::string> ftp_result(const device::MobileEquipment& me, const device::FtpFinished& event) {
  const auto& firmware = me.firmware();
  const auto prefix = fmt::format("{}:{}", prefix_of(event.command), has_blank(event.command, firmware) ? " " : "");
  if (event.result) return {fmt::format("{}{}", prefix, *event.result)};
  const int number = me.configuration().error_numbers.of(event.result.error());
  std::vector<std::string> lines;
  // OBSERVED: on one M95, and in a driver's table.
  if (firmware.ftp_error_line && moves_data(event.command)) lines.push_back(fmt::format("+QFTPERROR:{}", -number));
  lines.push_back(fmt::format("{}{}", prefix, number));
  return lines;
}

const atcmd::Family kFtpFamily{"FTP", kCommands};

}  // namespace quasimodem::commands
