// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/secret_bytes.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/number_row.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/service_errors.hpp"
#include "net/smtp/mail.hpp"

namespace quasimodem::net::smtp {
class Client;
struct Failure;
}  // namespace quasimodem::net::smtp

namespace quasimodem::device {

// What a mail is made of, for those who need not know the protocol.
using MailCharset = net::smtp::Charset;
using MailField = net::smtp::Field;
using MailRecipient = net::smtp::Recipient;
using net::smtp::sendable;

/// Mail of AT+QSMTP*: what it is made of, and the sending of one at a time, over a connection of its own that no socket
/// index knows.
class Mailer final : private Tenant {
 public:
  static constexpr std::size_t kMostRecipients = 20;         // ASSUMED
  static constexpr std::size_t kLargestBody = 10240;         // as in later families of the maker
  static constexpr std::size_t kMostAttachments = 10;        // OBSERVED: a table of the maker's commands
  static constexpr std::size_t kLargestAttachment = 102400;  // the same

  struct Surroundings {
    Timeline& timeline;
    const FileStore& files;
    const SslContexts& ssl;
    const VoiceCalls& calls;
    const Rtc& rtc;
    EventSink& events;
    Logger log;
    Journal journal{};
  };

  explicit Mailer(Surroundings surroundings);
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  struct Settings {
    std::string server;
    std::uint16_t port = 25;
    std::string user;
    std::string password;
    net::smtp::Mail mail;  ///< attachments apart
  };
  /// None of them may be changed while a mail is under way.
  Settings settings;
  bool authenticate = true;  ///< AT+QSMTPCFG

  /// AT+QSMTPCLR: all but `authenticate`.
  void clear();

  struct Attached {
    std::string name;
    std::size_t size = 0;            ///< when it was attached
    std::optional<FileName> file{};  ///< it is read when it is sent; none: `content`
    SecretBytes content{};           ///< what came from the TE
  };
  const std::vector<Attached>& attachments() const { return attachments_; }
  bool may_attach() const { return attachments_.size() < kMostAttachments; }
  /// Its size.
  tl::expected<std::size_t, MailError> attach(const FileName& file);
  tl::expected<std::size_t, MailError> attach(std::string name, SecretBytes content);
  /// From 0 on; there must be one.
  void detach(std::size_t index) { attachments_.erase(attachments_.begin() + static_cast<std::ptrdiff_t>(index)); }
  void detach_all() { attachments_.clear(); }
  /// As they were, whatever has become of their files.
  void put_back(std::vector<Attached> attachments) { attachments_ = std::move(attachments); }

  /// AT+QSMTPPUT; `MailSent` follows, in `limit` at the latest. False when another mail is under way.
  bool send(PdpContext& context, Duration limit);
  bool busy() const { return job_ != nullptr; }
  /// Why the last one was not sent, in one line; empty when it was.
  const std::string& failure() const { return failure_; }

  void power_off();

  /// What befalls a command of SMTP; none: nothing does. The server refuses it with this code.
  std::function<std::optional<int>(std::string_view command)> on_command;

 private:
  struct Job;

  std::optional<std::string_view> missing() const;
  tl::expected<std::vector<net::smtp::Attachment>, std::string> content_of_attachments() const;
  tl::expected<SecretBytes, MailError> read(const FileName& file) const;
  void note_begin(const PdpContext& context) const;
  void up(bool succeeded);
  void connect();
  bool make_stream();
  bool take_stream(PdpContext::Made made);
  void make_client();
  void opened(Stream::Outcome outcome);
  void pull();
  void push();
  void follow();
  void time_is_over();

  void conclude_by_client();
  void sent();
  void fail(MailError error, std::string why);
  /// After the answer of the command that began it.
  void fail_soon(MailError error, std::string why);
  void drop();
  void evicted() override;

  Surroundings surroundings_;
  std::vector<Attached> attachments_;
  std::unique_ptr<Job> job_;
  Timer deadline_;
  Timer farewell_;
  Timer failing_;
  std::uint64_t count_ = 0;
  std::string failure_;
};

// Its settings but for what a mail has more than one of, for snapshots.
inline constexpr NumberRow<Mailer::Settings> kMailRows[] = {number_row<&Mailer::Settings::port>("port", 1, 65535)};
inline constexpr TextRow<Mailer::Settings> kMailTexts[] = {
    {"server", &Mailer::Settings::server},
    {"user", &Mailer::Settings::user},
    {"password", &Mailer::Settings::password},
};

}  // namespace quasimodem::device
