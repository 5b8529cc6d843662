// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/ftp.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "core/same_word.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/file_writer.hpp"
#include "emulator/device/stream.hpp"

namespace quasimodem::device {
namespace {

using net::NetError;
using net::ftp::Cause;
using net::ftp::Client;

// Drivers wait 10–120 s for AT+QFTPOPEN. ASSUMED: what is tried in it.
constexpr Duration kConnecting = 60s;
constexpr std::size_t kReceiveBuffer = 8192;
constexpr std::size_t kPortion = 4096;  // of a file on its way out
// ASSUMED: without AT+QFTPUSER.
constexpr std::string_view kNobody = "anonymous";
// ASSUMED: the file of a listing, when nobody has named one.
constexpr std::string_view kListing = "list.txt";
// Ports of active mode: those that are nobody's (RFC 6335).
constexpr std::uint16_t kFirstPort = 49152;
constexpr int kPortsTried = 8;

FtpError error_of(Cause cause) {
  switch (cause) {
    case Cause::not_connected: return FtpError::not_open;
    case Cause::busy: return FtpError::busy;
    case Cause::bad_name: return FtpError::name;
    case Cause::log_in_refused: return FtpError::log_in;
    case Cause::refused: return FtpError::refused;
    case Cause::protocol: return FtpError::protocol;
    case Cause::data_connection: return FtpError::data_connection;
    case Cause::broken: return FtpError::network;
    case Cause::timed_out: return FtpError::timed_out;
  }
  return FtpError::protocol;
}

/// The last word of a path.
std::string_view name_in(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool is_download(FtpCommand command) {
  return command == FtpCommand::get || command == FtpCommand::list || command == FtpCommand::name_list;
}

}  // namespace

std::string_view name_of(Ftp::State state) {
  switch (state) {
    case Ftp::State::idle: return "idle";
    case Ftp::State::opening: return "opening";
    case Ftp::State::opened: return "opened";
    case Ftp::State::working: return "working";
    case Ftp::State::transfer: return "transfer";
    case Ftp::State::closing: return "closing";
    case Ftp::State::closed: return "closed";
  }
  return "";
}

std::string_view name_of(FtpCommand command) {
  switch (command) {
    case FtpCommand::open: return "open";
    case FtpCommand::close: return "close";
    case FtpCommand::path: return "path";
    case FtpCommand::size: return "size";
    case FtpCommand::get: return "get";
    case FtpCommand::put: return "put";
    case FtpCommand::list: return "list";
    case FtpCommand::name_list: return "name list";
    case FtpCommand::rename: return "rename";
    case FtpCommand::remove: return "delete";
    case FtpCommand::make_directory: return "make directory";
    case FtpCommand::remove_directory: return "remove directory";
  }
  return "";
}

std::optional<Ftp::Place> Ftp::Place::parse(std::string_view text) {
  const bool path = text.starts_with('/');
  if (path) text.remove_prefix(1);
  const auto end = text.find(path ? '/' : ':');
  const auto volume = text.substr(0, end);
  const auto file = end == text.npos ? std::string_view{} : text.substr(end + 1);
  if (same_word(volume, "COM")) return Place{};
  const bool ram = same_word(volume, "RAM");
  if (!ram && !same_word(volume, "UFS")) return std::nullopt;
  if (!file.empty() && !FileName::parse(fmt::format("UFS:{}", file))) return std::nullopt;
  return Place{ram ? FileVolume::ram : FileVolume::ufs, std::string{file}};
}

/// One control connection, and the data connection that belongs to it.
struct Ftp::Session {
  Session(PdpContext& on, std::string to, std::uint16_t at) : context{on}, host{std::move(to)}, port{at} {}

  PdpContext& context;
  std::string host;
  std::uint16_t port;
  std::unique_ptr<Stream> control{};
  std::unique_ptr<Client> client{};
  Bytes unsent{};
  std::unique_ptr<Stream> data{};
  std::unique_ptr<net::Operation> listening{};
  std::uint16_t listening_port = 0;
  int ports_tried = 0;
  bool data_link_ended = false;
};

/// What a command of the TE is about.
struct Ftp::Job {
  FtpCommand command;
  std::string name{};
  Port port{};
  bool on_port = false;
  std::string path{};              ///< the one that it goes to
  std::optional<FileName> file{};  ///< local
  std::optional<FileWriter> writer{};
  std::uint64_t most = 0;  ///< of a download, 0: all; of an upload: what is to come
  bool begun = false;
  bool input_over = false;                      ///< of an upload from the TE
  bool stopped = false;                         ///< this side has ended it
  bool abandoned = false;                       ///< by the TE
  Bytes portion{};                              ///< of a file on its way out
  std::size_t position = 0;                     ///< in it
  std::optional<std::size_t> left_until_cut{};  ///< a fault
  std::optional<Failure> failure{};             ///< this side's, whatever the server says

  bool transfer() const { return is_download(command) || command == FtpCommand::put; }
  bool takes_input() const { return command == FtpCommand::put && on_port && begun && !input_over; }
};

Ftp::Ftp(Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, last_port_{kFirstPort - 1}, moving_{surroundings_.timeline} {}

Ftp::~Ftp() { drop_session(); }

// ---- from the TE ----

Ftp::Started Ftp::may_begin() const {
  if (job_ || parked_) return tl::unexpected{FtpError::busy};
  if (!session_) return tl::unexpected{FtpError::not_open};
  return {};
}

Ftp::Started Ftp::begin(Job job, const Client::Started& started) {
  if (!started) {
    explain(name_of(job.command), started.error().line());
    return tl::unexpected{error_of(started.error().cause)};
  }
  failure_.clear();
  ++tickets_;
  job_ = std::make_unique<Job>(std::move(job));
  if (job_->transfer()) {
    length_ = 0;
    if (on_transfer) job_->left_until_cut = on_transfer(job_->name);
  }
  go_on_soon();  // the handler has not said OK yet
  return {};
}

Ftp::Started Ftp::open(PdpContext& context, std::string host, std::uint16_t port) {
  if (job_ || parked_ || session_) return tl::unexpected{FtpError::busy};
  if (context.state() == TcpIpState::pdp_deact) {
    explain("open", "the context is in PDP DEACT");
    return tl::unexpected{FtpError::network};
  }
  failure_.clear();
  ++tickets_;
  was_open_ = true;
  job_ = std::make_unique<Job>(Job{.command = FtpCommand::open, .name = host, .path = settings.path});
  session_ = std::make_shared<Session>(context, std::move(host), port);
  context.enter(*this);
  context.when_up([this, session = std::weak_ptr{session_}](bool succeeded) { up(session, succeeded); });
  return {};
}

bool Ftp::close() {
  if (job_) conclude(tl::unexpected{Failure{FtpError::interrupted, "closed by AT command"}});
  if (!session_) return false;
  auto& client = session_->client;
  const bool quits = client && client->quit();
  if (!quits) {
    drop_session();
    return false;
  }
  ++tickets_;
  job_ = std::make_unique<Job>(Job{.command = FtpCommand::close});
  go_on_soon();
  return true;
}

tl::expected<bool, FtpError> Ftp::change_path(std::string path) {
  if (job_ || parked_) return tl::unexpected{FtpError::busy};
  if (!session_) {
    settings.path = std::move(path);
    return true;
  }
  const auto started = session_->client->change_directory(path);
  const auto begun = begin({.command = FtpCommand::path, .name = path, .path = path}, started);
  if (!begun) return tl::unexpected{begun.error()};
  return false;
}

Ftp::Started Ftp::size(std::string_view name) {
  if (const auto possible = may_begin(); !possible) return possible;
  return begin({.command = FtpCommand::size, .name = std::string{name}}, session_->client->size(name));
}

Ftp::Started Ftp::rename(std::string_view from, std::string_view to) {
  if (const auto possible = may_begin(); !possible) return possible;
  return begin({.command = FtpCommand::rename, .name = std::string{from}}, session_->client->rename(from, to));
}

Ftp::Started Ftp::change(FtpCommand command, std::string_view name) {
  if (const auto possible = may_begin(); !possible) return possible;
  auto& client = *session_->client;
  const auto started = command == FtpCommand::remove           ? client.remove(name)
                       : command == FtpCommand::make_directory ? client.make_directory(name)
                                                               : client.remove_directory(name);
  return begin({.command = command, .name = std::string{name}}, started);
}

std::optional<FileName> Ftp::local_name(std::string_view remote) const {
  const auto own = settings.place.file.empty() ? name_in(remote) : std::string_view{settings.place.file};
  const auto* const volume = settings.place.volume == FileVolume::ram ? "RAM:" : "UFS:";
  return FileName::parse(fmt::format("{}{}", volume, own));
}

Ftp::Started Ftp::get(FtpCommand command, std::string_view name, std::uint64_t most, Port port) {
  if (const auto possible = may_begin(); !possible) return possible;
  Job job{.command = command, .name = std::string{name}, .port = std::move(port), .on_port = to_port(), .most = most};
  if (!job.on_port) {
    job.file = local_name(name_in(name).empty() ? kListing : name);
    if (!job.file || surroundings_.files.is_open(*job.file)) {
      explain(name_of(command), job.file ? "the local file is open" : "that is no name of a local file");
      return tl::unexpected{FtpError::file};
    }
  }
  auto& client = *session_->client;
  const auto how = settings.transfer;
  const auto started = command == FtpCommand::list        ? client.list(name, how.mode)
                       : command == FtpCommand::name_list ? client.name_list(name, how.mode)
                                                          : client.get(name, settings.offset, how);
  return begin(std::move(job), started);
}

Ftp::Started Ftp::put(std::string_view name, std::uint64_t size, Port port) {
  if (const auto possible = may_begin(); !possible) return possible;
  Job job{.command = FtpCommand::put,
          .name = std::string{name},
          .port = std::move(port),
          .on_port = to_port(),
          .most = size};
  if (!job.on_port) {
    job.file = local_name(name);
    if (!job.file || !surroundings_.files.present(*job.file)) {
      explain("put", "there is no such local file");
      return tl::unexpected{FtpError::file};
    }
  }
  auto& client = *session_->client;
  // ASSUMED: with an offset it is appended, wherever the file on the server ends.
  return begin(std::move(job),
               settings.offset > 0 ? client.append_to(name, settings.transfer) : client.put(name, settings.transfer));
}

// ---- the control connection ----

void Ftp::up(const std::weak_ptr<Session>& session, bool succeeded) {
  if (session.lock() != session_ || !session_ || session_->control) return;
  if (succeeded) return connect();
  conclude(tl::unexpected{Failure{FtpError::network, "the context could not be activated"}});
}

void Ftp::connect() {
  auto stream = session_->context.make_stream(
      "ftp", {.host = session_->host, .port = session_->port, .timeout = kConnecting, .receive_buffer = kReceiveBuffer},
      {.opened =
           [this](Stream::Outcome outcome) {
             outcome == Stream::Outcome::connected ? connected() : connection_failed();
           },
       .arrived = [this] { control_arrived(); },
       .packet = {},
       .ended = [this] { control_ended(); },
       .writable = [this] { push_control(); }});
  session_->control = std::move(*stream);
  session_->control->open();
}

void Ftp::connection_failed() {
  const auto& reason = session_->control->reason();
  conclude(tl::unexpected{Failure{FtpError::network, reason.empty() ? "nobody answered there" : reason}});
}

void Ftp::connected() {
  const auto peer = session_->control->peer();
  session_->client = std::make_unique<Client>(surroundings_.timeline, surroundings_.log,
                                              Client::Options{.server = peer ? peer->address : net::IpAddress{}});
  auto& client = *session_->client;
  client.on_change = [this] { follow(); };
  client.on_reply = [this](const net::ftp::Reply& reply) {
    surroundings_.journal.write(RecordKind::ftp,
                                {{"event", "reply"}, {"code", reply.code}, {"text", escaped(reply.text)}});
  };
  const auto started =
      client.log_in(settings.user.empty() ? kNobody : std::string_view{settings.user}, settings.password);
  if (!started) return conclude(tl::unexpected{Failure{FtpError::name, started.error().line()}});
  control_arrived();
  follow();
}

void Ftp::control_arrived() {
  const auto session = session_;
  while (session == session_ && session_->client && session_->control && session_->control->available() > 0) {
    session_->client->receive(session_->control->receive(kPortion));
    follow();
  }
}

void Ftp::control_ended() {
  const auto session = session_;
  control_arrived();
  if (session != session_ || !session_ || !session_->client) return;
  session_->client->input_ended(session_->control->failure().error);
  follow();
}

/// Draws the consequences of whatever has happened to the client.
void Ftp::follow() {
  const auto session = session_;
  if (!session || !session->client) return;
  auto& client = *session->client;
  send_command();
  while (const auto order = client.take_data_order()) obey(*order);
  if (job_ && !job_->begun && client.transferring()) begin_transfer();
  if (session != session_) return;
  const auto outcome = client.take_outcome();
  if (outcome && job_) take_outcome(*outcome);
  if (session != session_ || !client.over() || job_) return;
  if (client.reason()) explain("the connection ended", client.reason()->line());
  drop_session();
}

void Ftp::send_command() {
  auto& client = *session_->client;
  for (auto line = client.take_outgoing(); !line.empty(); line = client.take_outgoing()) {
    const auto words = as_text(line).substr(0, line.size() - 2);
    const auto shown = words.starts_with("PASS ") ? std::string{"PASS ****"} : escaped(words);
    surroundings_.journal.write(RecordKind::ftp, {{"event", "command"}, {"command", shown}});
    if (const auto answer = on_command ? on_command(shown) : std::nullopt) {
      client.receive(as_bytes(*answer + "\n"));
      continue;
    }
    append(session_->unsent, line);
  }
  push_control();
}

void Ftp::push_control() {
  auto& unsent = session_->unsent;
  if (!unsent.empty()) drop_front(unsent, session_->control->send_some(unsent));
}

void Ftp::take_outcome(const Client::Outcome& outcome) {
  if (!outcome) {
    // What this side has stopped, or knows better, is not the server's to explain.
    if (job_->failure) return conclude(tl::unexpected{*job_->failure});
    return conclude(tl::unexpected{Failure{error_of(outcome.error().cause), outcome.error().line()}});
  }
  if (job_->failure) return conclude(tl::unexpected{*job_->failure});
  if (job_->command == FtpCommand::open && !job_->path.empty()) {
    const auto started = session_->client->change_directory(std::exchange(job_->path, {}));
    if (started) return follow();
    return conclude(tl::unexpected{Failure{FtpError::name, started.error().line()}});
  }
  if (job_->command == FtpCommand::path) settings.path = job_->path;
  conclude(job_->transfer() ? length_ : outcome->size);
}

// ---- the data connection ----

void Ftp::obey(const Client::DataOrder& order) {
  if (const auto* const to = std::get_if<Client::Connect>(&order)) return connect_data(to->peer);
  if (std::holds_alternative<Client::Drop>(order)) return drop_data();
  session_->ports_tried = 0;
  listen();
}

Stream::Callbacks Ftp::data_callbacks() {
  return {.opened = [this](Stream::Outcome outcome) { data_opened(outcome); },
          .arrived = [this] { data_arrived(); },
          .packet = {},
          .ended = [this] { data_ended(); },
          .writable = [this] { move_data(); }};
}

void Ftp::connect_data(net::Endpoint peer) {
  drop_data();
  session_->data = std::move(*session_->context.make_stream(
      "ftp.data",
      {.host = peer.address.text(), .port = peer.port, .timeout = kConnecting, .receive_buffer = kReceiveBuffer},
      data_callbacks()));
  session_->data->open();
}

void Ftp::listen() {
  last_port_ = last_port_ == std::numeric_limits<std::uint16_t>::max() ? kFirstPort : last_port_ + 1;
  session_->listening_port = last_port_;
  ++session_->ports_tried;
  session_->listening = session_->context.bearer().listen(net::Transport::tcp, last_port_, *this);
}

void Ftp::listening() {
  const auto server = session_->control->peer();
  auto address = session_->context.address().value_or(net::IpAddress{});
  // To a server on this machine the module is not behind its operator: that is where the host opens the port.
  if (server && server->address.octets[0] == 127) address = net::IpAddress{{127, 0, 0, 1}};
  session_->client->data_listening({address, session_->listening_port});
  follow();
}

void Ftp::listen_failed(NetError error) {
  if (error != NetError::no_bearer && session_->ports_tried < kPortsTried) return listen();
  session_->client->data_failed(error);
  follow();
}

void Ftp::connection_arrived(net::Endpoint peer, const Accept& accept) {
  const auto server = session_->control->peer();
  if (session_->data || !server || peer.address != server->address) {
    surroundings_.log.warning("{}: refused, it is not the server", peer.text());
    return;
  }
  session_->data = std::move(*session_->context.make_stream(
      "ftp.data", {.host = peer.address.text(), .port = peer.port, .receive_buffer = kReceiveBuffer},
      data_callbacks()));
  session_->data->adopt(peer, accept);
}

void Ftp::data_opened(Stream::Outcome outcome) {
  const auto error = session_->data->failure().error.value_or(NetError::timed_out);
  outcome == Stream::Outcome::connected ? session_->client->data_connected() : session_->client->data_failed(error);
  follow();
}

void Ftp::data_arrived() {
  session_->client->data_moved();
  move_data();
}

void Ftp::data_ended() {
  session_->data_link_ended = true;
  move_data();
}

void Ftp::drop_data() {
  session_->listening.reset();
  session_->data_link_ended = false;
  if (session_->data) session_->data->close();
  session_->data.reset();
}

// ---- a transfer ----

void Ftp::begin_transfer() {
  job_->begun = true;
  if (is_download(job_->command) && !job_->on_port) {
    auto writer = FileWriter::begin(surroundings_.files, *job_->file);
    if (!writer) return stop_transfer(FtpError::file, "the local file cannot be made");
    job_->writer = std::move(*writer);
  }
  // The TE has time-outs of its own.
  if (job_->takes_input()) session_->client->data_held(true);
  if (job_->on_port && job_->port.begun) job_->port.begun();
  go_on_soon();
}

void Ftp::go_on_soon() {
  moving_.start({}, [this] {
    follow();
    move_data();
  });
}

void Ftp::move_data() {
  if (!moving()) return;
  if (cut_now()) return break_data();
  if (job_->command == FtpCommand::put) {
    job_->on_port ? push_input() : push_file();
    if (moving() && session_->data_link_ended) lose_upload();
    return;
  }
  if (job_->abandoned) return stop_download();
  job_->on_port ? hand_over() : store();
}

bool Ftp::moving() const { return job_ && job_->begun && !job_->stopped && session_ && session_->data; }

/// Who takes it has no use for more of it.
void Ftp::stop_download() {
  job_->stopped = true;
  session_->client->data_enough();
  drop_data();
  follow();
}

/// The end of an upload is this side's to make.
void Ftp::lose_upload() {
  session_->client->data_ended(session_->data->failure().error.value_or(NetError::reset));
  follow();
}

void Ftp::push_input() {
  if (job_->input_over) return end_upload();
  if (job_->port.ready) job_->port.ready();
}

Bytes Ftp::next_of_data(std::size_t most) {
  if (job_->most > 0) most = static_cast<std::size_t>(std::min<std::uint64_t>(most, job_->most - length_));
  if (job_->left_until_cut) most = std::min(most, *job_->left_until_cut);
  auto octets = session_->data->receive(most);
  count(octets.size());
  return octets;
}

void Ftp::count(std::size_t octets) {
  length_ += octets;
  if (job_->left_until_cut) *job_->left_until_cut -= octets;
}

bool Ftp::cut_now() const { return job_->left_until_cut == std::size_t{0}; }
bool Ftp::has_enough() const { return job_->most > 0 && length_ >= job_->most; }

/// A fault: as if the network had cut it.
void Ftp::break_data() {
  job_->left_until_cut.reset();
  drop_data();
  session_->client->data_ended(NetError::reset);
  follow();
}

void Ftp::store() {
  auto& file = *job_->writer;
  while (session_->data->available() > 0 && !has_enough() && !cut_now()) {
    const auto octets = next_of_data(kPortion);
    const auto written = file.write(octets);
    if (!written) return stop_transfer(FtpError::file, "the local file cannot be written");
    if (*written < octets.size()) {
      length_ -= octets.size() - *written;
      return stop_transfer(FtpError::store_full, "the store is full");
    }
  }
  tell_data_end();
}

void Ftp::hand_over() {
  if (session_->data->available() > 0 && !has_enough() && !cut_now()) {
    job_->port.ready();
    if (!moving()) return;
    // What waits now waits for the TE.
    session_->client->data_held(session_->data->available() > 0);
  }
  tell_data_end();
}

/// All that is to be had of it has been taken.
void Ftp::tell_data_end() {
  auto& data = *session_->data;
  if (cut_now()) return break_data();
  if (has_enough()) return stop_download();
  if (!session_->data_link_ended || data.available() > 0) return;
  session_->client->data_ended(data.failure().error);
  follow();
}

Bytes Ftp::take(int ticket, std::size_t most) {
  if (ticket != tickets_ || !moving()) return {};
  auto octets = next_of_data(most);
  if (!octets.empty()) go_on_soon();
  return octets;
}

void Ftp::push_file() {
  while (moving()) {
    auto& portion = job_->portion;
    if (portion.empty()) {
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(kPortion, job_->most - job_->position));
      const auto read = surroundings_.files.read_part(*job_->file, job_->position, most);
      if (!read) return stop_transfer(FtpError::file, "the local file cannot be read");
      if (read->empty()) return end_upload();
      portion.assign(read->begin(), read->end());
      job_->position += portion.size();
    }
    const auto sent = send_data(portion);
    drop_front(portion, sent);
    if (cut_now()) return break_data();
    if (!portion.empty()) return;
  }
}

std::size_t Ftp::send_data(ByteSpan data) {
  if (job_->left_until_cut) data = data.first(std::min(data.size(), *job_->left_until_cut));
  const auto sent = session_->data->send_some(data);
  if (sent > 0) session_->client->data_moved();
  count(sent);
  return sent;
}

std::size_t Ftp::give(int ticket, ByteSpan data) {
  if (ticket != tickets_ || !moving() || cut_now()) return data.size();
  const auto sent = send_data(data);
  session_->client->data_held(sent == data.size());  // otherwise it is the server's turn
  if (cut_now()) go_on_soon();
  return sent;
}

void Ftp::end_input(int ticket, Done done) {
  if (ticket != tickets_) return done(tl::unexpected{FtpError::interrupted});
  if (parked_) {
    const auto result = *std::exchange(parked_, std::nullopt);
    surroundings_.timeline.post([done = std::move(done), result] { done(result); });
    return;
  }
  job_->port.done = std::move(done);
  job_->input_over = true;
  session_->client->data_held(false);
  go_on_soon();
}

void Ftp::end_upload() {
  job_->stopped = true;
  drop_data();  // in order: what was sent still goes out
  session_->client->data_ended({});
  follow();
}

/// This side ends it; the server's last word is awaited, and does not count.
void Ftp::stop_transfer(FtpError error, std::string why) {
  job_->failure = Failure{error, std::move(why)};
  job_->stopped = true;
  session_->client->data_enough();
  drop_data();
  follow();
}

void Ftp::abandon(int ticket) {
  if (ticket != tickets_) return;
  parked_.reset();
  if (!job_ || !job_->on_port) return;
  job_->port = {.begun = {}, .ready = {}, .done = [](const Result&) {}};
  job_->input_over = true;  // what came of an upload is stored
  job_->abandoned = true;
  go_on_soon();
}

// ---- the end ----

void Ftp::explain(std::string_view what, std::string_view why) {
  failure_ = session_ ? fmt::format("{}: {}: {}", session_->host, what, why) : fmt::format("{}: {}", what, why);
  surroundings_.log.warning("{}", failure_);
  surroundings_.journal.write(RecordKind::ftp, {{"event", "failed"}, {"what", what}, {"reason", why}});
}

/// Everything else first: what hears of it may begin the next.
void Ftp::conclude(tl::expected<std::uint64_t, Failure> result) {
  const auto job = std::move(job_);
  const auto what = job->name.empty() ? std::string{name_of(job->command)}
                                      : fmt::format("{} {}", name_of(job->command), escaped(job->name));
  if (job->writer) {
    if (!job->writer->finish() && result) result = tl::unexpected{Failure{FtpError::store_full, "the store is full"}};
    length_ = job->writer->size();
  }
  if (job->transfer()) {
    settings.offset = 0;  // ASSUMED: it was for this one, however it ended
    if (result) result = length_;
    surroundings_.journal.write(RecordKind::ftp, {{"event", "transferred"},
                                                  {"name", job->name},
                                                  {"size", length_},
                                                  {"file", job->file ? job->file->text() : ""}});
  } else if (result) {
    surroundings_.journal.write(RecordKind::ftp, {{"event", name_of(job->command)}, {"name", job->name}});
  }
  if (!result) explain(what, result.error().why);
  const bool over = session_ && session_->client && session_->client->over();
  if (over || job->command == FtpCommand::close || (job->command == FtpCommand::open && !result)) drop_session();
  const Result told = result ? Result{*result} : Result{tl::unexpected{result.error().error}};
  if (job->takes_input()) {
    parked_ = told;
    if (job->port.ready) job->port.ready();
    return;
  }
  if (job->port.done) return job->port.done(told);
  surroundings_.events.on_event(FtpFinished{job->command, told});
}

void Ftp::drop_session() {
  moving_.cancel();
  if (!session_) return;
  const auto session = std::exchange(session_, nullptr);
  session->context.leave(*this);
  session->listening.reset();
  if (session->data) session->data->close();
  if (session->control) session->control->close();
}

void Ftp::evicted() {
  if (job_) conclude(tl::unexpected{Failure{FtpError::network, "the context ended"}});
  if (session_) explain("the connection ended", "the context ended");
  drop_session();
}

void Ftp::power_off() {
  job_.reset();
  parked_.reset();
  drop_session();
  settings = {};
  was_open_ = false;
  length_ = 0;
  failure_.clear();
}

Ftp::State Ftp::state() const {
  if (job_) {
    if (job_->command == FtpCommand::open) return State::opening;
    if (job_->command == FtpCommand::close) return State::closing;
    return job_->begun ? State::transfer : State::working;
  }
  if (session_) return State::opened;
  return was_open_ ? State::closed : State::idle;
}

std::optional<std::pair<std::string, std::uint16_t>> Ftp::server() const {
  if (!session_ || (job_ && job_->command == FtpCommand::open)) return std::nullopt;
  return std::pair{session_->host, session_->port};
}

}  // namespace quasimodem::device
