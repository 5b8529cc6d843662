// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/server.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/core.h>

#include "core/same_word.hpp"
#include "core/whole_number.hpp"
#include "net/ftp/address.hpp"

namespace quasimodem::net::ftp {

namespace {

constexpr std::string_view kNoWay = "425 PASV or PORT first.";

std::string long_line(const Files::Entry& entry) {
  return fmt::format("{} 1 ftp ftp {:>12} Jan 01 00:00 {}\r\n", entry.directory ? "drwxr-xr-x" : "-rw-r--r--",
                     entry.size, entry.name);
}

/// A text as it goes over.
class Listing final : public OpenFile {
 public:
  explicit Listing(Bytes text) : text_{std::move(text)} {}

  std::size_t size() const override { return text_.size(); }
  Bytes read(std::size_t position, std::size_t most) override {
    const auto rest = ByteSpan{text_}.subspan(std::min(position, text_.size()));
    const auto piece = rest.first(std::min(most, rest.size()));
    return {piece.begin(), piece.end()};
  }
  bool append(ByteSpan) override { return false; }

 private:
  Bytes text_;
};

std::string short_line(const Files::Entry& entry) { return entry.name + "\r\n"; }

}  // namespace

struct Server::Command {
  std::string_view verb;
  void (Server::*handler)(std::string_view);
  bool for_anybody = false;  ///< without a log-in
};

const Server::Command* Server::find(std::string_view verb) {
  static constexpr std::array kCommands{
      Command{"USER", &Server::user, true}, Command{"PASS", &Server::pass, true}, Command{"QUIT", &Server::quit, true},
      Command{"NOOP", &Server::noop, true}, Command{"SYST", &Server::syst, true}, Command{"TYPE", &Server::type},
      Command{"PWD", &Server::pwd},         Command{"CWD", &Server::cwd},         Command{"SIZE", &Server::size},
      Command{"REST", &Server::rest},       Command{"PASV", &Server::pasv},       Command{"PORT", &Server::port},
      Command{"RETR", &Server::retr},       Command{"STOR", &Server::stor},       Command{"APPE", &Server::appe},
      Command{"LIST", &Server::list},       Command{"NLST", &Server::nlst},       Command{"DELE", &Server::dele},
      Command{"MKD", &Server::mkd},         Command{"RMD", &Server::rmd},         Command{"RNFR", &Server::rnfr},
      Command{"RNTO", &Server::rnto},
  };
  const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                  [verb](const Command& command) { return same_word(command.verb, verb); });
  return found == kCommands.end() ? nullptr : &*found;
}

Server::Server(std::shared_ptr<Site> site, IpAddress address, DataCarrier& carrier)
    : site_{std::move(site)}, address_{address}, carrier_{carrier} {}

// The control connection

void Server::start() { say(site_->greeting); }

void Server::receive(ByteSpan bytes) {
  for (const auto byte : bytes) {
    if (over_) return;
    if (byte != '\n') {
      if (line_.size() < kLineLimit) {
        line_ += static_cast<char>(byte);
        continue;
      }
      say("500 Line too long.");
      over_ = true;
      return;
    }
    auto line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    take_line(line);
  }
}

void Server::input_ended() {
  over_ = true;
  transfer_.reset();
  carrier_.close(false);
}

Bytes Server::take_outgoing() { return std::exchange(outgoing_, {}); }

void Server::say(std::string_view line) {
  append(outgoing_, line);
  append(outgoing_, "\r\n");
}

void Server::say_if(bool done, std::string_view well, std::string_view otherwise) { say(done ? well : otherwise); }

void Server::take_line(std::string_view line) {
  const auto verb = line.substr(0, line.find(' '));
  const auto argument = line.substr(std::min(line.size(), verb.size() + 1));
  if (misbehaves(verb)) return;
  const auto* const command = find(verb);
  if (!command) return say("502 Not implemented.");
  if (!logged_in_ && !command->for_anybody) return say("530 Log in with USER and PASS first.");
  if (transfer_) return say("503 A transfer is under way.");
  (this->*command->handler)(argument);
}

bool Server::misbehaves(std::string_view verb) {
  const auto found = std::find_if(site_->misbehaviour.answers.begin(), site_->misbehaviour.answers.end(),
                                  [verb](const auto& answer) { return same_word(answer.first, verb); });
  if (found == site_->misbehaviour.answers.end()) return false;
  append(outgoing_, found->second);
  return true;
}

// Commands

void Server::user(std::string_view argument) {
  user_ = argument;
  logged_in_ = false;
  say("331 Password, please.");
}

void Server::pass(std::string_view argument) {
  const auto known = site_->users.find(user_);
  logged_in_ = site_->anybody || (known != site_->users.end() && known->second == argument);
  say_if(logged_in_, "230 Logged in.", "530 Not with this name and password.");
}

void Server::quit(std::string_view) {
  say("221 Goodbye.");
  over_ = true;
}

void Server::noop(std::string_view) { say("200 Done."); }
void Server::syst(std::string_view) { say("215 UNIX Type: L8"); }

void Server::type(std::string_view argument) {
  const bool ascii = same_word(argument, "A"), image = same_word(argument, "I");
  if (!ascii && !image) return say("504 A or I.");
  ascii_ = ascii;
  say("200 Done.");
}

void Server::pwd(std::string_view) { say(fmt::format("257 \"{}\"", directory_)); }

void Server::cwd(std::string_view argument) {
  const auto path = path_of(argument);
  if (!files().is_directory(path)) return say("550 No such directory.");
  directory_ = path;
  say("250 Done.");
}

void Server::size(std::string_view argument) {
  if (ascii_) return say("550 Not in ASCII mode.");
  const auto file = files().open(path_of(argument));
  say(file ? fmt::format("213 {}", file->size()) : "550 No such file.");
}

void Server::rest(std::string_view argument) {
  const auto offset = whole_number<std::size_t>(argument);
  if (!offset) return say("501 A number of octets.");
  restart_ = *offset;
  say(fmt::format("350 From {} on.", *offset));
}

void Server::pasv(std::string_view) {
  const auto number = carrier_.listen();
  if (!number) return say("425 No port.");
  way_ = Way::passive;
  data_up_ = false;
  const Endpoint here{site_->misbehaviour.passive_address.value_or(address_), *number};
  say(fmt::format("227 Entering Passive Mode ({}).", comma_form(here)));
}

void Server::port(std::string_view argument) {
  const auto client = find_comma_form(argument);
  if (!client) return say("501 Six numbers.");
  carrier_.close(false);
  way_ = Way::active;
  data_up_ = false;
  client_ = *client;
  say("200 Done.");
}

void Server::retr(std::string_view argument) {
  auto file = files().open(path_of(argument));
  if (!file) return say("550 No such file.");
  const auto from = std::exchange(restart_, 0);
  if (from > file->size()) return say("554 It is not that long.");
  begin({.file = std::move(file), .position = from});
}

// ASSUMED: REST before STOR cuts the file there; RFC 3659 5.3 leaves open what becomes of what was behind.
void Server::stor(std::string_view argument) { write(path_of(argument), std::exchange(restart_, 0)); }

void Server::appe(std::string_view argument) {
  const auto path = path_of(argument);
  const auto file = files().open(path);
  write(path, file ? file->size() : 0);
}

void Server::write(std::string_view path, std::size_t kept) {
  if (way_ == Way::none) return say(kNoWay);
  auto file = files().open_for_writing(path, kept);
  if (!file) return say("553 Not there.");
  begin({.file = std::move(file), .upload = true});
}

void Server::list(std::string_view argument) { show(argument, &long_line); }
void Server::nlst(std::string_view argument) { show(argument, &short_line); }

void Server::show(std::string_view argument, std::string (*line)(const Files::Entry&)) {
  const auto path = path_of(argument);
  const auto file = files().open(path);
  if (!file && !files().is_directory(path)) return say("550 No such file or directory.");
  Bytes text;
  if (file) {
    append(text, line({std::string{argument}, file->size(), false}));
  } else {
    const auto entries = files().entries(path);
    if (!entries) return say("450 Too many to list.");
    for (const auto& entry : *entries) append(text, line(entry));
  }
  begin({.file = std::make_shared<Listing>(std::move(text))});
}

void Server::dele(std::string_view argument) {
  say_if(files().remove(path_of(argument)), "250 Done.", "550 No such file.");
}

void Server::mkd(std::string_view argument) {
  const auto path = path_of(argument);
  if (!files().make_directory(path)) return say("550 Not there.");
  say(fmt::format("257 \"{}\"", path));
}

void Server::rmd(std::string_view argument) {
  say_if(files().remove_directory(path_of(argument)), "250 Done.", "550 No such directory, or not empty.");
}

void Server::rnfr(std::string_view argument) {
  const auto path = path_of(argument);
  const bool there = files().open(path) || files().is_directory(path);
  renamed_ = there ? path : "";
  say_if(there, "350 And the new name?", "550 No such file.");
}

void Server::rnto(std::string_view argument) {
  const auto from = std::exchange(renamed_, {});
  if (from.empty()) return say("503 RNFR first.");
  say_if(files().rename(from, path_of(argument)), "250 Done.", "553 Not to that name.");
}

// Transfers

void Server::begin(Transfer transfer) {
  const auto way = std::exchange(way_, Way::none);
  restart_ = 0;
  if (way == Way::none) return say(kNoWay);
  transfer_ = std::move(transfer);
  if (way == Way::active) return carrier_.connect(client_);
  if (data_up_) agree();
}

void Server::data_connected() {
  data_up_ = true;
  if (transfer_) agree();
}

void Server::agree() {
  say("150 Here it comes.");
  if (!transfer_->upload) carrier_.data_ready();
}

void Server::data_failed() {
  if (!transfer_) way_ = Way::none;
  if (!transfer_) return;
  transfer_.reset();
  say("425 No data connection.");
}

Bytes Server::take_data(std::size_t most) {
  if (!transfer_ || transfer_->upload || !data_up_ || stalls_now()) return {};
  auto& [file, position, upload, moved] = *transfer_;
  const auto left = file->size() - std::min(position, file->size());
  const auto now = left_to_move(std::min(most, left));
  auto taken = file->read(position, now);
  position += taken.size();
  moved += taken.size();
  if (taken.size() < now) {
    finish("451 The file cannot be read.", false);
  } else if (breaks_now()) {
    finish("426 The data connection broke.", false);
  } else if (now == left && !stalls_now()) {
    finish("226 Done.", true);
  }
  return taken;
}

void Server::data_received(ByteSpan bytes) {
  if (!transfer_ || !transfer_->upload) return;
  const auto taken = bytes.first(left_to_move(bytes.size()));
  transfer_->moved += taken.size();
  if (!transfer_->file->append(taken)) return finish("452 There is no more room.", false);
  if (breaks_now()) finish("426 The data connection broke.", false);
}

void Server::data_ended(bool in_order) {
  data_up_ = false;
  if (!transfer_) way_ = Way::none;
  if (!transfer_ || stalls_now()) return;
  const bool done = transfer_->upload && in_order;
  finish(done ? "226 Done." : "426 The data connection broke.", true);
}

void Server::finish(std::string_view reply, bool in_order) {
  transfer_.reset();
  data_up_ = false;
  say(reply);
  carrier_.close(in_order);
}

// Misbehaviour

std::size_t Server::left_to_move(std::size_t most) const {
  const auto& how = site_->misbehaviour;
  const auto limit = [&](const std::optional<std::size_t>& after) {
    if (after) most = std::min(most, *after - std::min(*after, transfer_->moved));
  };
  if (how.breaks > 0) limit(how.break_data_after);
  limit(how.stall_data_after);
  return most;
}

bool Server::breaks_now() {
  auto& how = site_->misbehaviour;
  if (!how.break_data_after || how.breaks == 0 || transfer_->moved < *how.break_data_after) return false;
  if (how.breaks != Misbehaviour::kAlways) --how.breaks;
  return true;
}

bool Server::stalls_now() const {
  const auto& after = site_->misbehaviour.stall_data_after;
  return after && transfer_->moved >= *after;
}

}  // namespace quasimodem::net::ftp
